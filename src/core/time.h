// time.h: the two times that the pure code is told, and never asks for.
//
// Pure code has no clock. Whoever drives it passes a Now: `monotonic` for every
// interval, `wall` only where a file's mtime is compared or a name carries a date.
#pragma once

#include <chrono>
#include <string>

namespace innduct::core {

using Duration = std::chrono::nanoseconds;

// Names the time line of Instant. It has no now(): nobody below the shells can read a clock.
struct Monotonic {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};

// A point on a time line that never jumps. Its origin is the shell's choice.
using Instant = Monotonic::time_point;
// Wall-clock time as a file's mtime has it; it may jump either way.
using WallTime = std::chrono::sys_time<Duration>;

struct Now {
  Instant monotonic;
  WallTime wall;
};

// Appends 2026-11-25T10:31:40.123Z: always as long, in the years from 0 to 9999.
void append_time(std::string& text, WallTime time);

}  // namespace innduct::core
