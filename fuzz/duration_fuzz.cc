// duration_fuzz.cc: any text as interval: it is positive and within the limit, or the error is a
// printable sentence; what is shown of it can be shown to people and is read again where it has
// the form of an option.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/duration.h"

using namespace innduct::core;

namespace {

void check_printable(std::string_view text) {
  check(!text.empty() && text.size() < 400, "a text for people is short and not empty");
  for (const char c : text) {
    check(c >= ' ' && c <= '~', "a text for people is printable");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto duration = parse_duration(text);
  if (!duration) {
    check_printable(duration.error());
    return 0;
  }
  check(*duration > Duration::zero() && *duration <= duration_max, "an interval is within limits");
  check_printable(to_text(*duration));
  const std::int64_t seconds = *duration / std::chrono::seconds(1);
  if (std::chrono::seconds(seconds) == *duration) {
    check(parse_duration(std::to_string(seconds)) == duration, "whole seconds are read exactly");
  }
  return 0;
}
