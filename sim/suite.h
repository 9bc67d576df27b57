// suite.h: many seeds: their sum, their failures, and the landmarks that they reached.
#pragma once

#include <cstdint>
#include <string>

namespace innduct::sim {

struct Wish {
  std::uint64_t from = 1;
  std::uint64_t seeds = 1000;
  double minutes = 0;       // instead of a number of seeds
  bool keep_going = false;  // tells of each seed that fails, rather than stop at the first
  bool landmarks = false;   // demands that all were reached
  unsigned processes = 0;   // at once; 0: one for each processor
};

// Runs them, shows how far they are, and says at length what failed. Returns the exit status.
int run_suite(const Wish& wish);
// One seed, here, telling everything as it happens if `trace`.
int run_single(std::uint64_t seed, bool trace);
// Every canary (sim/canaries.h), as rows of a table.
int run_canaries(unsigned processes);

}  // namespace innduct::sim
