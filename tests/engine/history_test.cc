// history_test.cc: proves that what was counted of late is what was counted in that time, however
// seldom turns are, and that no more than ten minutes are kept.
#include "engine/history.h"

#include <gtest/gtest.h>

#include <numeric>

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;

struct HistoryTest : testing::Test {
  HistoryTest() { history.begin(now); }
  // A turn after so long; it counts.
  std::size_t turn(core::Duration after, std::uint64_t accepted, std::uint64_t backlog_read = 0) {
    now += after;
    const std::size_t minutes = history.advance(now, all);
    all.counters.accepted += accepted;
    all.backlog_read += backlog_read;
    return minutes;
  }
  std::vector<std::uint64_t> accepted() const { return history.in_each(&core::Counters::accepted); }

  History history;
  core::Instant now{1h};
  Counted all;
};

TEST_F(HistoryTest, NothingIsKnownAtFirst) {
  turn(0s, 5);
  EXPECT_TRUE(accepted().empty());
  const auto lately = history.lately(6, now + 4s, all);
  EXPECT_EQ(lately.time, 4s);
  EXPECT_EQ(lately.counted.counters.accepted, 5U);
}

TEST_F(HistoryTest, WhatWasCountedBelongsToTheStepInWhichItWas) {
  turn(9s, 1);
  turn(1s, 2);   // at 10 s: of the second step
  turn(35s, 3);  // at 45 s
  turn(5s, 4, 100);
  EXPECT_EQ(accepted(), (std::vector<std::uint64_t>{1, 2, 0, 0, 3}));
  const auto lately = history.lately(2, now + 1s, all);
  EXPECT_EQ(lately.time, 21s);
  EXPECT_EQ(lately.counted.counters.accepted, 7U);
  EXPECT_EQ(lately.counted.backlog_read, 100U);
  EXPECT_EQ(history.lately(60, now, all).time, 50s) << "there is no more";
  EXPECT_EQ(history.lately(60, now, all).counted.counters.accepted, 10U);
}

TEST_F(HistoryTest, TenMinutesAreKept) {
  for (std::uint64_t step = 0; step < 200; ++step) {
    turn(10s, step);
  }
  std::vector<std::uint64_t> last(60);
  std::iota(last.begin(), last.end(), 139);
  EXPECT_EQ(accepted(), last);
  EXPECT_EQ(history.lately(100, now, all).time, 600s);
}

TEST_F(HistoryTest, ALongSleepLeavesNothing) {
  turn(1s, 5);
  EXPECT_EQ(turn(24h * 365, 7), 10U) << "no more than are kept";
  EXPECT_EQ(accepted(), std::vector<std::uint64_t>(60));
  EXPECT_EQ(history.lately(6, now, all).counted.counters.accepted, 7U);
}

TEST_F(HistoryTest, SaysWhenMinutesAreOver) {
  std::size_t minutes = 0;
  for (int i = 0; i < 60; ++i) {
    minutes += turn(3s, 0);
  }
  EXPECT_EQ(minutes, 3U);
  EXPECT_EQ(turn(150s, 0), 2U);
}

TEST(DoneInTest, IsWhatIsLeftAtTheSameSpeed) {
  using namespace std::chrono_literals;
  EXPECT_EQ(done_in(0, 5, 1min), std::nullopt) << "nothing is left";
  EXPECT_EQ(done_in(5, 0, 1min), std::nullopt) << "it never ends";
  EXPECT_EQ(done_in(3'000'000, 1'000'000, 1min), 3min);
  EXPECT_EQ(done_in(1, 3, 9s), 3s);
  EXPECT_EQ(done_in(std::uint64_t{1} << 63, 1, 1ms), std::chrono::days(1000)) << "not longer";
}

}  // namespace
}  // namespace innduct::engine
