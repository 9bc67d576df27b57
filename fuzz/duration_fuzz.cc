// duration_fuzz.cc: any text as interval: it is positive and within the limit, or the error is a
// printable sentence; what is shown of it can be shown to people and is read again where it has
// the form of an option.
#include <string>

#include "core/duration.h"
#include "input.h"

using namespace innduct::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto duration = parse_duration(innduct::fuzz::as_text(data, size));
  if (!duration) {
    innduct::fuzz::check_printable(duration.error(), 400);
    return 0;
  }
  check(*duration > Duration::zero() && *duration <= duration_max, "an interval is within limits");
  innduct::fuzz::check_printable(to_text(*duration), 40);
  const std::int64_t seconds = *duration / std::chrono::seconds(1);
  if (std::chrono::seconds(seconds) == *duration) {
    check(parse_duration(std::to_string(seconds)) == duration, "whole seconds are read exactly");
  }
  return 0;
}
