// workers.h: the same work for many numbers, in several processes at once.
//
// Processes, not threads: a seed that brings its process down is found and named, and nothing
// that a seed leaves behind in memory meets another one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace innduct::sim {

struct Job {
  std::uint64_t number = 0;
  std::string result;
  int died_of = 0;  // the signal that ended its process; then there is no result
};

// Calls work(number) for first, first + 1 ... as long as `more(number)` holds, in `processes` at
// once, and took(job) here for each in the order in which they end. When took() says false,
// nothing more is begun. `idle` is called now and then. A process that died is replaced.
void share_out(unsigned processes, std::uint64_t first,
               const std::function<bool(std::uint64_t)>& more,
               const std::function<std::string(std::uint64_t)>& work,
               const std::function<bool(const Job&)>& took, const std::function<void()>& idle);

// As many as there are processors.
unsigned processors();

}  // namespace innduct::sim
