// inn_messages.cc: libinn's message handlers are global functions, so what they collect is, too.
#include "io/inn/inn_messages.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "core/check.h"
#include "core/escape.h"
#include "io/inn/inn_headers.h"

namespace innduct::io {
namespace {

constexpr std::size_t collected_size_max = 400;
std::string collected;

std::string formatted(const char* format, va_list arguments, int error) {
  std::array<char, collected_size_max> text{};
  const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
  const auto shown = std::min(text.size() - 1, static_cast<std::size_t>(std::max(length, 0)));
  std::string message = core::escaped({text.data(), shown}, collected_size_max);
  if (error != 0) {
    message += ": " + std::system_category().message(error);
  }
  return message;
}

extern "C" void collect(std::size_t, const char* format, va_list arguments, int error) {
  if (collected.size() < collected_size_max) {
    collected += (collected.empty() ? "" : "; ") + formatted(format, arguments, error);
  }
}

extern "C" void fail(std::size_t, const char* format, va_list arguments, int error) {
  core::check_failed("libinn gave up: " + formatted(format, arguments, error),
                     std::source_location::current());
}

}  // namespace

void capture_inn_messages() {
  message_handlers_debug(0);
  message_handlers_notice(0);
  message_handlers_warn(1, collect);
  message_handlers_die(1, fail);
}

std::string take_inn_messages() { return std::exchange(collected, {}); }

}  // namespace innduct::io
