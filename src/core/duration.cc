// duration.cc: reading intervals exactly, without floating point, and writing them shortly.
#include "core/duration.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/escape.h"

namespace innduct::core {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};

constexpr std::array<Unit, 13> units{{{"", 1},
                                      {"s", 1},
                                      {"sec", 1},
                                      {"m", 60},
                                      {"min", 60},
                                      {"h", 3600},
                                      {"hour", 3600},
                                      {"d", 86400},
                                      {"day", 86400},
                                      {"das", 10},
                                      {"hs", 100},
                                      {"ks", 1000},
                                      {"Ms", 1'000'000}}};

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the start of `text` off it.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto size = static_cast<std::size_t>(end - text.begin());
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

// The value of `digits`, or `limit` + 1 if it is larger than `limit`.
std::int64_t value_up_to(std::int64_t limit, std::string_view digits) {
  std::int64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
    if (value > limit) {
      return limit + 1;
    }
  }
  return value;
}

// `5` of 1.5 means 500,000,000.
std::int64_t fraction_nanoseconds(std::string_view digits) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  }
  return value;
}

std::unexpected<std::string> wrong(std::string_view text, std::string_view why) {
  return std::unexpected("`" + escaped(text, 60) +
                         "` is not a usable interval: " + std::string(why));
}

}  // namespace

std::expected<Duration, std::string> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const std::string_view whole_digits = take_digits(rest);
  std::string_view fraction_digits;
  bool has_number = !whole_digits.empty();
  if (has_number && rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction_digits = take_digits(rest);
    has_number = !fraction_digits.empty();
  }
  if (!has_number) {
    return wrong(text, "it must begin with a positive number, like `100s` or `2.5 min`");
  }
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));

  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&](const Unit& candidate) { return candidate.name == rest; });
  if (unit == units.end()) {
    return wrong(text, "the units are s m h d, sec min hour day, das hs ks Ms");
  }

  // Cutting the number off where it exceeds the limit keeps the products below small.
  const std::int64_t limit_seconds = duration_max / std::chrono::seconds(1);
  const std::int64_t whole = value_up_to(limit_seconds / unit->seconds, whole_digits);
  const Duration duration = std::chrono::seconds(whole * unit->seconds) +
                            Duration(fraction_nanoseconds(fraction_digits) * unit->seconds);
  if (duration > duration_max) {
    return wrong(text, "the longest is 36500 d");
  }
  if (duration <= Duration::zero()) {
    return wrong(text, "it must be longer than zero");
  }
  return duration;
}

std::string to_text(Duration duration) {
  if (duration < Duration::zero()) {
    // The smallest Duration has no positive counterpart.
    return "-" + to_text(-std::max(duration, -Duration::max()));
  }
  const std::int64_t nanoseconds = duration.count();
  const std::int64_t seconds = nanoseconds / nanoseconds_per_second;
  if (nanoseconds == 0) {
    return "0s";
  }
  if (nanoseconds < 1000) {
    return std::to_string(nanoseconds) + "ns";
  }
  if (nanoseconds < 1'000'000) {
    return std::to_string(nanoseconds / 1000) + "us";
  }
  if (seconds == 0) {
    return std::to_string(nanoseconds / 1'000'000) + "ms";
  }
  if (seconds < 60) {
    std::string text = std::to_string(seconds);
    const std::int64_t milliseconds = nanoseconds % nanoseconds_per_second / 1'000'000;
    if (milliseconds != 0) {
      const std::string digits = std::to_string(1000 + milliseconds).substr(1);
      text += "." + digits.substr(0, digits.find_last_not_of('0') + 1);
    }
    return text + "s";
  }
  std::string text;
  if (seconds >= 3600) {
    text += std::to_string(seconds / 3600) + "h";
  }
  if (seconds % 3600 >= 60) {
    text += std::to_string(seconds % 3600 / 60) + "m";
  }
  if (seconds % 60 != 0) {
    text += std::to_string(seconds % 60) + "s";
  }
  return text;
}

}  // namespace innduct::core
