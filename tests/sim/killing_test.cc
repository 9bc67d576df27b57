// killing_test.cc: proves that seeds find it when a rule about articles that kill is left out, and
// that where nothing else goes wrong everybody else is fed at once. The real engine, in worlds full
// of articles that kill.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "sim/engine_subject.h"
#include "sim/runner.h"

namespace innduct::sim {
namespace {

using namespace std::chrono_literals;
using engine::Rule;

Options deadly(std::uint64_t seed) {
  Dice dice(seed);
  Options o = Options::draw(dice);
  o.calm();
  o.articles = 60;
  o.cruelty = 4000s;
  o.config.period = 10s;
  o.config.reconnect_interval = 20s;
  o.config.earliest_deferred_retry = 10s;
  o.config.backlog_rescan_interval = 60s;
  o.config.max_suspicions = 2;
  o.innd.pause = 60s;
  o.process = {.kills = 20, .crash_again_soon = true};
  o.spool.poison = 50;
  o.peer.closes = 20;
  o.peer.refuses_one = 20;
  o.peer.killers = 30;
  o.peer.sick_spells = 3;
  o.retries_quarantine = true;
  return o;
}

Verdict run(std::uint64_t seed, Rule left_out) {
  Options options = deadly(seed);
  options.config.left_out = left_out;
  return run_seed(seed, make_engine, Trace::off, options);
}

TEST(Killing, NobodyIsLostAndNobodyIsQuarantinedForNothing) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Verdict verdict = run(seed, Rule::none);
    ASSERT_FALSE(verdict.failure) << "seed " << seed << ": " << *verdict.failure;
    EXPECT_GT(verdict.tally.crashes, 0U);
  }
}

// One article in fifty makes the peer close; nothing else goes wrong. Others may lose the connection
// on which they were with it, and wait for the next one; that is all.
TEST(Killing, TheOthersAreFedAtOnce) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Options o = deadly(seed);
    o.process = {};
    o.spool = {};
    o.peer = {.streams = o.peer.streams, .killers = 20};
    o.innd.burst = 20;
    o.config.connections_max = 10;
    o.config.queue_per_conn_max = 200;
    o.config.queue_per_file_max = 400;
    o.config.low_volume_thresh = 0;
    const Verdict verdict = run_seed(seed, make_engine, Trace::off, o);
    ASSERT_FALSE(verdict.failure) << "seed " << seed << ": " << *verdict.failure;
    EXPECT_LT(verdict.tally.longest_wait, 3 * o.config.reconnect_interval) << "seed " << seed;
  }
}

struct Row {
  Rule rule;
  std::string_view said;  // in the failure
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.said; }

class LeftOut : public testing::TestWithParam<Row> {};

TEST_P(LeftOut, IsFoundWithinFewSeeds) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Verdict verdict = run(seed, GetParam().rule);
    if (!verdict.failure) continue;
    EXPECT_NE(verdict.failure->find(GetParam().said), std::string::npos) << *verdict.failure;
    return;
  }
  FAIL() << "200 seeds passed";
}

INSTANTIATE_TEST_SUITE_P(
    Killing, LeftOut,
    testing::Values(Row{Rule::charge_when_alone, "which alone did harm no more than"},
                    Row{Rule::charge_when_peer_is_well, "which alone did harm no more than"},
                    Row{Rule::suspect_after_crash_only, "which it never had in hand when"},
                    Row{Rule::be_alone_in_hand, "in hand as a probe, and others besides"},
                    Row{Rule::charge_a_crash_once, "which alone did harm no more than"}));

}  // namespace
}  // namespace innduct::sim
