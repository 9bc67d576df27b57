// suite.cc: adding up, and saying so.
#include "sim/suite.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <string_view>

#include "core/cat.h"
#include "sim/canaries.h"
#include "sim/engine_subject.h"
#include "sim/runner.h"
#include "sim/workers.h"

namespace innduct::sim {
namespace {

using core::cat;
using Clock = std::chrono::steady_clock;

// A seed's tally, the landmarks that its process has reached so far, and its failure, as bytes.
std::string packed(const Verdict& verdict, const Landmarks& landmarks) {
  std::string text(sizeof(Tally), '\0');
  std::memcpy(text.data(), &verdict.tally, sizeof(Tally));
  return text + landmarks.packed() + verdict.failure.value_or(std::string());
}

// What all seeds so far amount to. In whatever order they are added, the sum is the same.
class Sum {
 public:
  // What packed() said of the seed; returns its failure, or nothing.
  std::string add(std::uint64_t seed, std::string_view text) {
    Tally tally;
    std::memcpy(static_cast<void*>(&tally), text.data(), sizeof tally);
    text.remove_prefix(sizeof tally);
    landmarks.add_packed(text.substr(0, landmarks.size()));
    text.remove_prefix(landmarks.size());
    ++seeds;
    failed += text.empty() ? 0U : 1U;
    hash += tally.hash * (2 * seed + 1);
    articles += tally.articles;
    taken_again += tally.taken_again;
    crashes += tally.crashes;
    turns += tally.turns;
    events += tally.events;
    hours += std::chrono::duration<double, std::ratio<3600>>(tally.simulated).count();
    return std::string(text);
  }

  void print(Clock::time_point start, const char* ending) const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const auto rate = [&](std::uint64_t count) {
      return seconds > 0 ? static_cast<double>(count) / seconds : 0;
    };
    const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
    std::printf(
        "%llu seeds (%.0f/s), %llu failed, %.0f simulated hours, %llu crashes, %llu articles "
        "(%.0f/s), %llu taken twice, %llu turns, %llu events, hash %016llx%s",
        number(seeds), rate(seeds), number(failed), hours, number(crashes), number(articles),
        rate(articles), number(taken_again), number(turns), number(events), number(hash), ending);
    std::fflush(stdout);
  }

  Landmarks landmarks;
  std::uint64_t seeds = 0;
  std::uint64_t failed = 0;

 private:
  std::uint64_t hash = 0;
  std::uint64_t articles = 0;
  std::uint64_t taken_again = 0;
  std::uint64_t crashes = 0;
  std::uint64_t turns = 0;
  std::uint64_t events = 0;
  double hours = 0;
};

void say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void say_what_failed(std::uint64_t seed, const std::string& failure, bool at_length) {
  if (!at_length) {
    say(cat("seed ", seed, ": ", failure.substr(0, 300), '\n'));
    return;
  }
  const Verdict verdict = run_seed(seed, make_engine);
  if (verdict.failure) {
    say(cat('\n', report(seed, verdict, make_engine)));
  } else {
    say(cat("\nseed ", seed, " FAILED: ", failure,
            "\n\nIt was run again and passed: something is not deterministic.\n"));
  }
}

unsigned processes_or_all(unsigned processes) { return processes > 0 ? processes : processors(); }

}  // namespace

int run_suite(const Wish& wish) {
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double, std::ratio<60>>(wish.minutes));
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  const auto between = terminal ? std::chrono::milliseconds(500) : std::chrono::seconds(20);
  auto shown = start;
  Sum sum;
  std::map<std::uint64_t, std::string> first_failure;  // at most one, unless wish.keep_going
  const auto more = [&](std::uint64_t seed) {
    return wish.minutes > 0 ? Clock::now() < end : seed < wish.from + wish.seeds;
  };
  Landmarks reached;  // by the seeds of one process
  const auto work = [&](std::uint64_t seed) {
    const Verdict verdict = run_seed(seed, make_engine, Trace::off, std::nullopt, &reached);
    return packed(verdict, reached);
  };
  const auto took = [&](const Job& job) {
    const std::string failure = job.died_of != 0 ? cat("the process died of signal ", job.died_of)
                                                 : sum.add(job.number, job.result);
    if (job.died_of != 0) ++sum.failed;
    if (failure.empty()) return true;
    if (wish.keep_going) {
      say_what_failed(job.number, failure, false);
    } else {
      first_failure.emplace(job.number, failure);
    }
    return wish.keep_going;
  };
  const auto idle = [&] {
    if (Clock::now() - shown < between) return;
    shown = Clock::now();
    sum.print(start, terminal ? "  \r" : "\n");
  };
  share_out(processes_or_all(wish.processes), wish.from, more, work, took, idle);
  sum.print(start, "\n");
  for (const auto& [seed, failure] : first_failure) say_what_failed(seed, failure, true);
  if (sum.failed > 0) return 1;
  if (!wish.landmarks) return 0;
  const std::vector<std::string> unreached = sum.landmarks.unreached();
  for (const std::string& landmark : unreached) say(cat("not reached: ", landmark, '\n'));
  return unreached.empty() ? 0 : 1;
}

int run_single(std::uint64_t seed, bool trace) {
  const auto start = Clock::now();
  Landmarks reached;
  const Verdict verdict =
      run_seed(seed, make_engine, trace ? Trace::printed : Trace::off, std::nullopt, &reached);
  if (verdict.failure) {
    say(cat('\n', report(seed, verdict, make_engine)));
    return 1;
  }
  say(verdict.options);
  Sum sum;
  sum.add(seed, packed(verdict, reached));
  sum.print(start, "\n");
  return 0;
}

int run_canaries(unsigned processes) {
  constexpr std::uint64_t seeds_max = 300;
  std::size_t survived = 0;
  std::map<std::uint64_t, std::string> rows;
  const auto row_of = [](std::uint64_t number) { return engine::rule_table[number]; };
  share_out(
      processes_or_all(processes), 0,
      [](std::uint64_t number) { return number < engine::rule_table.size(); },
      [&](std::uint64_t number) {
        const auto death = sing(canary_of(row_of(number).rule), seeds_max);
        return death ? cat(death->seeds, '\n', death->failure) : std::string();
      },
      [&](const Job& job) {
        rows[job.number] = job.result;
        return true;
      },
      [] {});
  for (const auto& [number, result] : rows) {
    const std::string name(row_of(number).name);
    const auto line = result.find('\n');
    if (line == std::string::npos) {
      ++survived;
      std::printf("%-32s SURVIVES %llu seeds\n", name.c_str(),
                  static_cast<unsigned long long>(seeds_max));
    } else {
      const std::string failure = result.substr(line + 1, result.find('\n', line + 1) - line - 1);
      std::printf("%-32s dies in seed %3s: %s\n", name.c_str(), result.substr(0, line).c_str(),
                  failure.substr(0, 120).c_str());
    }
  }
  std::printf("%zu rules, %zu canaries survive\n", rows.size(), survived);
  return survived == 0 && rows.size() == engine::rule_table.size() ? 0 : 1;
}

}  // namespace innduct::sim
