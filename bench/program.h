// program.h: what the programs that measure have in common: the clock, and the way out.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace innduct::bench {

// Says that `what` failed, by errno.
[[noreturn]] inline void die(const char* what, int status = 12) {
  std::perror(what);
  std::exit(status);
}

// Nanoseconds of the monotonic clock, which all programs of a machine share.
inline std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace innduct::bench
