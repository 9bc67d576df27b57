// main.cc: the simulator's command line.
//
//   sim --seeds N [--from S]   runs N seeds, from S on (default 1)
//   sim --minutes M [--from S] as many as fit
//   sim --seed S [--trace]     one, telling everything as it happens
//
// Ends with 1 at the first seed that fails, after a report on it; --keep-going counts them instead.
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/cat.h"
#include "sim/engine_subject.h"
#include "sim/runner.h"

namespace innduct::sim {
namespace {

using core::cat;
using Clock = std::chrono::steady_clock;

struct Wish {
  std::uint64_t from = 1;
  std::uint64_t seeds = 1000;
  double minutes = 0;
  bool single = false;
  bool trace = false;
  bool keep_going = false;
};

[[noreturn]] void usage() {
  std::fputs(
      "usage: sim [--seeds N | --minutes M] [--from S] [--keep-going]\n"
      "       sim --seed S [--trace]\n",
      stderr);
  std::exit(8);
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) usage();
  return value;
}

Wish parse(int argc, char** argv) {
  Wish wish;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--trace") {
      wish.trace = true;
    } else if (option == "--keep-going") {
      wish.keep_going = true;
    } else if (i + 1 == argc) {
      usage();
    } else if (option == "--seeds") {
      wish.seeds = number(argv[++i]);
    } else if (option == "--from") {
      wish.from = number(argv[++i]);
    } else if (option == "--minutes") {
      wish.minutes = static_cast<double>(number(argv[++i]));
    } else if (option == "--seed") {
      wish.from = number(argv[++i]);
      wish.seeds = 1;
      wish.single = true;
    } else {
      usage();
    }
  }
  return wish;
}

// Which seed to blame when the program dies of a signal.
char current_seed[64];

void died(int signal) {
  constexpr std::string_view text = "\ndied of a signal in seed ";
  [[maybe_unused]] auto ignored = write(2, text.data(), text.size());
  ignored = write(2, current_seed, std::char_traits<char>::length(current_seed));
  ignored = write(2, "\n", 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

struct Sum {
  std::uint64_t seeds = 0;
  std::uint64_t failed = 0;
  std::uint64_t hash = 0;
  std::uint64_t articles = 0;
  std::uint64_t taken_again = 0;
  std::uint64_t crashes = 0;
  std::uint64_t turns = 0;
  std::uint64_t events = 0;
  double hours = 0;

  void add(const Tally& tally) {
    ++seeds;
    hash = hash * 0x9fb21c651e98df25U ^ tally.hash;
    articles += tally.articles;
    taken_again += tally.taken_again;
    crashes += tally.crashes;
    turns += tally.turns;
    events += tally.events;
    hours += std::chrono::duration<double, std::ratio<3600>>(tally.simulated).count();
  }
};

void print(const Sum& sum, Clock::time_point start, const char* ending) {
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const double rate = seconds > 0 ? static_cast<double>(sum.seeds) / seconds : 0;
  std::printf(
      "%llu seeds, %llu failed, %.0f seeds/s, %.1f simulated hours, %llu crashes, "
      "%llu articles (%.0f/s), %llu taken twice, %llu turns, %llu events, hash %016llx%s",
      static_cast<unsigned long long>(sum.seeds), static_cast<unsigned long long>(sum.failed), rate,
      sum.hours, static_cast<unsigned long long>(sum.crashes),
      static_cast<unsigned long long>(sum.articles),
      seconds > 0 ? static_cast<double>(sum.articles) / seconds : 0,
      static_cast<unsigned long long>(sum.taken_again), static_cast<unsigned long long>(sum.turns),
      static_cast<unsigned long long>(sum.events), static_cast<unsigned long long>(sum.hash),
      ending);
  std::fflush(stdout);
}

int run(const Wish& wish) {
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double, std::ratio<60>>(wish.minutes));
  auto shown = start;
  const bool terminal = isatty(1) != 0;
  Sum sum;
  for (std::uint64_t seed = wish.from;
       wish.minutes > 0 ? Clock::now() < end : seed < wish.from + wish.seeds; ++seed) {
    std::snprintf(current_seed, sizeof current_seed, "%llu", static_cast<unsigned long long>(seed));
    const Trace trace = wish.trace ? Trace::printed : Trace::off;
    const Verdict verdict = run_seed(seed, make_engine, trace);
    sum.add(verdict.tally);
    if (wish.single && !verdict.failure) std::fputs(verdict.options.c_str(), stdout);
    if (verdict.failure) {
      ++sum.failed;
      if (!wish.keep_going) {
        std::fputs(cat('\n', report(seed, verdict, make_engine)).c_str(), stdout);
        return 1;
      }
      std::fputs(cat("seed ", seed, ": ", verdict.failure->substr(0, 300), '\n').c_str(), stdout);
    }
    if (terminal && Clock::now() - shown > std::chrono::milliseconds(500)) {
      shown = Clock::now();
      print(sum, start, "  \r");
    }
  }
  print(sum, start, "\n");
  return sum.failed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace innduct::sim

int main(int argc, char** argv) {
  using namespace innduct::sim;
  for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS}) std::signal(signal, died);
  return run(parse(argc, argv));
}
