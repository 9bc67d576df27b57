// main.cc: the simulator's command line.
//
//   sim [--seeds N | --minutes M] [--from S]   runs seeds, from S on (default 1)
//   sim --seed S [--trace]                     one, telling everything as it happens
//   sim --canaries                             leaves out each rule once; all must be missed
//
//   --jobs J       so many at once (default: one for each processor)
//   --keep-going   counts the seeds that fail; without it the first one ends the run, with a report
//   --landmarks    fails if a rare path was never taken (sim/landmarks.h)
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "sim/suite.h"

namespace innduct::sim {
namespace {

[[noreturn]] void usage() {
  std::fputs(
      "usage: sim [--seeds N | --minutes M] [--from S] [--jobs J] [--keep-going] [--landmarks]\n"
      "       sim --seed S [--trace]\n"
      "       sim --canaries [--jobs J]\n",
      stderr);
  std::exit(8);
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) usage();
  return value;
}

int run(int argc, char** argv) {
  Wish wish;
  bool single = false;
  bool trace = false;
  bool canaries = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--trace") {
      trace = true;
    } else if (option == "--keep-going") {
      wish.keep_going = true;
    } else if (option == "--landmarks") {
      wish.landmarks = true;
    } else if (option == "--canaries") {
      canaries = true;
    } else if (i + 1 == argc) {
      usage();
    } else if (option == "--seeds") {
      wish.seeds = number<std::uint64_t>(argv[++i]);
    } else if (option == "--from") {
      wish.from = number<std::uint64_t>(argv[++i]);
    } else if (option == "--minutes") {
      wish.minutes = number<double>(argv[++i]);
    } else if (option == "--jobs") {
      wish.processes = number<unsigned>(argv[++i]);
    } else if (option == "--seed") {
      wish.from = number<std::uint64_t>(argv[++i]);
      single = true;
    } else {
      usage();
    }
  }
  if (canaries) return run_canaries(wish.processes);
  return single ? run_single(wish.from, trace) : run_suite(wish);
}

}  // namespace
}  // namespace innduct::sim

int main(int argc, char** argv) { return innduct::sim::run(argc, argv); }
