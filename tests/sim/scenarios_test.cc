// scenarios_test.cc: every move of a file from name to name, cut short at every step.
//
// A seed hits a move now and then. Here one small world after the other makes one move, and the
// process is killed, or the power goes, just before each change that it makes to the disk; then the
// next process, which finds what is left, loses its power as well, just before each change of its
// own (rule 0: a kill and a power cut behind it must not be worse than either alone). Whatever
// survives, the judge must find every article, and all must be finished in the end.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include "engine/rules.h"
#include "sim/engine_subject.h"
#include "sim/power_cut.h"
#include "sim/runner.h"

namespace innduct::sim {

static void PrintTo(Survival survival, std::ostream* out) { *out << to_text(survival); }

namespace {

using namespace std::chrono_literals;
using engine::Rule;

constexpr std::uint64_t seed = 3;
// The next process has made sure of what it found, and finished what was cut short, by then.
constexpr unsigned steps_of_start_up = 10;

struct Scenario {
  std::string name;
  void (*provoke)(Options&);
  std::vector<std::string> steps;  // parts of its history, in this order, if nothing goes wrong
  std::vector<Rule> rules;         // without any one of which it goes wrong
};

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

// A world in which nothing goes wrong: a few articles, a peer that takes them.
Options calm_world() {
  Options o;
  o.articles = 8;
  o.wall_start = core::WallTime(1'700'000'000s);
  o.cruelty = 400s;
  o.config.site = "peer";
  o.config.fqdn = "peer.example";
  o.config.feed_path = "/outgoing/peer";
  o.config.feed_name = "peer";
  o.config.outcome_log = true;
  o.config.connections_max = 1;
  o.config.period = 10s;
  o.config.reconnect_interval = 10s;
  o.config.flush_retry_interval = 20s;
  o.config.earliest_deferred_retry = 10s;
  o.config.backlog_rescan_interval = 30s;
  o.config.flush_size_bytes = 100'000;
  o.innd = {.pause = 20s, .burst = 3};
  return o;
}

void flush(Options& o) { o.config.flush_size_bytes = 100; }

void cut_line(Options& o) {
  flush(o);
  o.innd.flush_cuts = 1000;
}

void slow_flush(Options& o) {
  flush(o);
  o.config.flush_finish_timeout = 20s;
  o.peer.stalls = 1000;
}

void deferrals(Options& o) {
  o.cruelty = 60s;
  o.peer.defers = 500;
}

void bad_lines(Options& o) {
  flush(o);
  o.innd.bad_lines = 500;
}

void damaged_articles(Options& o) {
  o.cruelty = 60s;
  o.spool.damaged = 1000;
  o.people.judgements = 6;
  o.retries_quarantine = true;
}

void batches(Options& o) { o.people.batches = 2; }

void dropped_feed(Options& o) {
  deferrals(o);
  o.cruelty = 200s;
  o.config.max_flush_interval = 20s;
  o.innd.drops = 1;
}

Options options_of(const Scenario& scenario, std::vector<Blow> blows = {}) {
  Options o = calm_world();
  scenario.provoke(o);
  o.process.blows = std::move(blows);
  return o;
}

std::string text_of(const std::vector<Blow>& blows) {
  std::string text;
  for (const Blow& blow : blows) {
    text += core::cat(text.empty() ? "" : ", then ", blow.power ? "power cut" : "SIGKILL",
                      " before change ", blow.step, blow.power ? ", leaving " : "",
                      blow.power ? to_text(*blow.power) : "");
  }
  return text;
}

// What strikes last: SIGKILL, or a power cut that leaves so much.
using End = std::optional<Survival>;
const std::vector<End> ends{std::nullopt, Survival::none, Survival::prefix, Survival::any,
                            Survival::adverse};

std::string name_of(End end) { return end ? std::string(to_text(*end)) : "killed"; }

// The scenario with that end before each of its changes, and, killed there, before each of the
// first changes of the next process. Calls `see` with each, and what came of it, until that returns
// false.
template <class See>
void each_time(const Scenario& scenario, End end, Rule left_out, See see) {
  const auto run = [&](const std::vector<Blow>& blows) {
    Options options = options_of(scenario, blows);
    options.config.left_out = left_out;
    return run_seed(seed, make_engine, Trace::off, options);
  };
  for (unsigned step = 0;; ++step) {
    const std::vector<Blow> once{{step, end}};
    const Verdict struck = run(once);
    if (struck.tally.crashes == 0) return;  // it makes no more changes
    if (!see(once, struck)) return;
    for (unsigned next = 0; next < steps_of_start_up; ++next) {
      const std::vector<Blow> twice{{step, {}}, {next, end}};
      if (!see(twice, run(twice))) return;
    }
  }
}

class Scenarios : public testing::TestWithParam<Scenario> {};

// Else the others would prove nothing.
TEST_P(Scenarios, TakePlace) {
  const Verdict verdict = run_seed(seed, make_engine, Trace::kept, options_of(GetParam()));
  ASSERT_FALSE(verdict.failure) << *verdict.failure;
  auto line = verdict.trace.begin();
  for (const std::string& step : GetParam().steps) {
    line = std::find_if(line, verdict.trace.end(), [&](const std::string& each) {
      return each.find(step) != std::string::npos;
    });
    ASSERT_NE(line, verdict.trace.end()) << step;
  }
}

TEST_P(Scenarios, AreNotSurvivedWithoutTheirRules) {
  for (const Rule rule : GetParam().rules) {
    bool found = false;
    for (const End end : ends) {
      each_time(GetParam(), end, rule, [&](const std::vector<Blow>&, const Verdict& verdict) {
        found = found || verdict.failure.has_value();
        return !found;
      });
    }
    EXPECT_TRUE(found) << std::ranges::find(engine::rule_table, rule, &engine::RuleRow::rule)->name;
  }
}

// Each is a test of its own, since all together take a processor with sanitizers half a minute.
class CutShort : public testing::TestWithParam<std::tuple<Scenario, End>> {};

TEST_P(CutShort, IsSurvivedAtEachStep) {
  const auto& [scenario, end] = GetParam();
  unsigned times = 0;
  each_time(scenario, end, Rule::none, [&](const std::vector<Blow>& blows, const Verdict& verdict) {
    EXPECT_FALSE(verdict.failure) << text_of(blows) << ": " << *verdict.failure;
    // Each process syncs the directory at its start, so there is a first change to strike at.
    if (!verdict.failure && blows.back().step == 0) {
      EXPECT_EQ(verdict.tally.crashes, blows.size()) << text_of(blows) << ": not all were dealt";
    }
    ++times;
    return !verdict.failure;
  });
  EXPECT_GT(times, 100U) << "ten changes at least, each with what may follow it";
}

const std::vector<Scenario> scenarios{
    {"Flush",
     flush,
     {"action  Link op", "SyncDirectory", "Unlink op", "SyncDirectory", "Flush op",
      "FLUSHING -> SEPARATED", "Unlink op", "FINISHING -> NORMAL"},
     {Rule::sync_flush_link, Rule::sync_flush_unlink, Rule::sync_directory_at_start,
      Rule::finish_cut_flush, Rule::remove_when_settled}},
    {"FlushThatCutsALine",
     cut_line,
     {"a part of its line", "was joined", "FINISHING -> NORMAL"},
     {Rule::half_waits}},
    {"MoveOfFlushing",
     slow_flush,
     {"takes too long", "peer_flushing -> peer_backlog", "Unlink op", "FINISHING -> NORMAL",
      "backlog file peer_backlog"},
     {Rule::sync_link_of_flushing_move, Rule::sync_unlink_of_flushing_move}},
    {"MoveOfDefer",
     deferrals,
     {"OpenFile", "peer_defer append_exclusive", "Append op", "Sync op", "SyncDirectory",
      "Overwrite op", "peer_defer -> peer_backlog", "SyncDirectory", "Unlink op", "SyncDirectory"},
     {Rule::sync_records, Rule::sync_name_of_records, Rule::sync_records_at_start,
      Rule::sync_link_of_defer_move, Rule::sync_unlink_of_defer_move,
      Rule::finish_cut_move_of_defer, Rule::cut_half_record_at_start}},
    {"BadLines",
     bad_lines,
     {"bad line", "peer_bad append_or_create", "Append op", "Sync op", "Unlink op"},
     {Rule::keep_bad_lines}},
    {"Quarantine",
     damaged_articles,
     {"peer_quarantine append_or_create", "Append op", "Sync op", "Overwrite op",
      "quarantine retry all"},
     {Rule::record_damaged}},
    {"BatchOfPeople", batches, {"drop in peer_backlog", "Unlink op"}, {}},
    {"DroppedFeed",
     dropped_feed,
     {"-> DROPPING", "peer_defer -> peer_backlog", "peer_lock", "Exit 4", "STARTING"},
     {Rule::end_after_backlog}},
};

INSTANTIATE_TEST_SUITE_P(Sim, Scenarios, testing::ValuesIn(scenarios),
                         [](const auto& each) { return each.param.name; });
INSTANTIATE_TEST_SUITE_P(Sim, CutShort,
                         testing::Combine(testing::ValuesIn(scenarios), testing::ValuesIn(ends)),
                         [](const auto& each) {
                           return std::get<Scenario>(each.param).name + "_" +
                                  name_of(std::get<End>(each.param));
                         });

}  // namespace
}  // namespace innduct::sim
