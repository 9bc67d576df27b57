// inn_messages.cc: libinn's message handlers are global functions, so what they collect is, too.
#include "io/inn/inn_messages.h"

#include <algorithm>
#include <array>
#include <exception>
#include <new>
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

// As an exception that nobody caught: none may pass through libinn's frames.
extern "C" void end_out_of_memory(const char*, std::size_t, const char*, int) {
  try {
    throw std::bad_alloc();
  } catch (const std::bad_alloc&) {
    std::terminate();
  }
}

extern "C" void fail(std::size_t, const char* format, va_list arguments, int error) {
  core::check_failed("libinn gave up: " + formatted(format, arguments, error),
                     std::source_location::current());
}

}  // namespace

void capture_inn_messages() {
  xmalloc_error_handler = end_out_of_memory;  // first: the handlers need memory, too
  message_handlers_debug(0);
  message_handlers_notice(0);
  message_handlers_warn(1, collect);
  message_handlers_die(1, fail);
}

std::string take_inn_messages() { return std::exchange(collected, {}); }

}  // namespace innduct::io
