// world_test.cc: proves the simulator itself: a feeder that is known to be right passes, the same
// one with a planted mistake fails, for the right reason, and the same seed is the same history.
#include "sim/world.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "plain_feeder.h"
#include "sim/runner.h"

namespace innduct::sim {
namespace {

using namespace std::chrono_literals;

// A world that a feeder without a flush can master: crashes, power cuts, a peer that streams and
// sometimes defers, declines or goes away.
Options modest(std::uint64_t seed) {
  Dice dice(seed);
  Options o = Options::draw(dice);
  o.calm();
  o.articles = 40;
  o.cruelty = 500s;
  o.config.period = 10s;
  o.config.earliest_deferred_retry = 10s;
  o.ends_with_drop = false;
  o.innd = {
      .pause = 200s, .burst = 3, .half_lines = 50, .starts_late = dice.one_in(4), .crashes = 1};
  o.process = {.kills = 3, .power_cuts = 2};
  o.spool = {.expired = 20, .trouble = 20};
  o.peer = {.streams = true,
            .away_spells = 1,
            .refuses = 100,
            .has = 100,
            .defers = 50,
            .rejects = 30,
            .closes = 30,
            .splits = true};
  o.disk = {.garbage = true};
  return o;
}

Verdict run(std::uint64_t seed, Mistake mistake, Trace trace = Trace::off) {
  Options options = modest(seed);
  // Whoever sleeps does not sync either, which a power cut may find first.
  if (mistake == Mistake::sleeps) options.process.power_cuts = 0;
  return run_seed(seed, plain_feeders(mistake), trace, options);
}

TEST(World, LetsAFeederPassThatLosesNothing) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Verdict verdict = run(seed, Mistake::none);
    ASSERT_FALSE(verdict.failure) << "seed " << seed << ": " << *verdict.failure;
    EXPECT_GE(verdict.tally.articles, 40U);
  }
}

TEST(World, IsTheSameForTheSameSeedWithAndWithoutATrace) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Verdict once = run(seed, Mistake::none);
    const Verdict again = run(seed, Mistake::none, Trace::kept);
    EXPECT_EQ(once.tally.hash, again.tally.hash);
    EXPECT_EQ(once.tally.events, again.tally.events);
    EXPECT_NE(once.tally.hash, run(seed + 1, Mistake::none).tally.hash);
  }
}

struct Row {
  Mistake mistake;
  std::string_view said;  // in the failure
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.said; }

class PlantedMistake : public testing::TestWithParam<Row> {};

TEST_P(PlantedMistake, IsFoundWithinFewSeeds) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Verdict verdict = run(seed, GetParam().mistake);
    if (!verdict.failure) continue;
    EXPECT_NE(verdict.failure->find(GetParam().said), std::string::npos) << *verdict.failure;
    return;
  }
  FAIL() << "30 seeds passed";
}

INSTANTIATE_TEST_SUITE_P(
    World, PlantedMistake,
    testing::Values(Row{Mistake::blanks_when_sent, "C1: the line of"},
                    Row{Mistake::blanks_when_deferred, "C1: the line of"},
                    Row{Mistake::blanks_newlines, "C2: an overwrite of"},
                    Row{Mistake::forgets_when_lost, "not finished"},
                    Row{Mistake::offers_twice, "C4:"}, Row{Mistake::sends_other_article, "C5:"},
                    Row{Mistake::removes_feed, "C3: the program removes the feed file"},
                    Row{Mistake::creates_feed, "C3: the program creates peer"},
                    Row{Mistake::spins, "C6:"}, Row{Mistake::sleeps, "not finished"},
                    Row{Mistake::exits, "C7: exit 12"}, Row{Mistake::never_syncs, "rule 7:"},
                    Row{Mistake::fails_a_check, "a mistake was planted"},
                    Row{Mistake::forgets_the_marks, "before it has emptied the table"},
                    Row{Mistake::quarantines, "the program quarantines <"}));

TEST(Report, TellsWhatIsNeededToUnderstandAFailure) {
  const Verdict failed = run(1, Mistake::blanks_when_sent);
  ASSERT_TRUE(failed.failure);
  const std::string text = report(1, failed, plain_feeders(Mistake::blanks_when_sent), modest(1));
  for (const std::string_view part :
       {"seed 1 FAILED: C1:", "what befell <", "lines of its history", "the feed directory",
        "peer: file", "world: articles=40", "innd      appends", "action  Overwrite"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(text.find("ANOTHER WAY"), std::string::npos);
}

}  // namespace
}  // namespace innduct::sim
