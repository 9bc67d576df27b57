// figures.cc: what is shown of a number, and in which unit.
#include "app/figures.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string_view>

#include "core/cat.h"

namespace innduct::app {

using core::cat;

std::string count_text(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) {
    text.insert(at - 3, ",");
  }
  return text;
}

std::string decimal_text(double number) {
  if (number == 0 || number >= 9.95) {
    return count_text(static_cast<std::uint64_t>(std::round(std::fmin(number, 1e18))));
  }
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.*f", number < 0.995 ? 2 : 1, std::fmax(number, 0.01));
  return text.data();
}

std::string bytes_text(double bytes) {
  static constexpr std::array<std::string_view, 6> units{"B", "KB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (; bytes >= 999.5 && unit + 1 < units.size(); ++unit) {
    bytes /= 1000;
  }
  return unit == 0 ? cat(count_text(static_cast<std::uint64_t>(std::round(bytes))), " B")
                   : cat(decimal_text(bytes), " ", units[unit]);
}

std::string seconds_text(double seconds) {
  if (seconds > 0 && seconds < 0.9995) {
    return cat(decimal_text(seconds * 1000), " ms");
  }
  if (seconds < 9.95) {
    return cat(decimal_text(seconds), " s");
  }
  const auto whole = static_cast<std::uint64_t>(std::round(std::fmin(seconds, 1e18)));
  if (whole < 60) {
    return cat(whole, " s");
  }
  struct Unit {
    std::uint64_t seconds;
    char name;
  };
  static constexpr std::array<Unit, 4> units{{{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
  std::size_t unit = 0;
  while (whole < units[unit].seconds) {
    ++unit;
  }
  const std::uint64_t rest = whole % units[unit].seconds / units[unit + 1].seconds;
  return cat(count_text(whole / units[unit].seconds), units[unit].name,
             rest == 0 ? "" : cat(" ", rest, units[unit + 1].name));
}

}  // namespace innduct::app
