// rate_test.cc: the smoothed proportion starts at 0, halves a sample's weight after the
// half-life and stays between 0 and 1; the recent volume counts whole periods of its window and
// no more.
#include "core/rate.h"

#include <gtest/gtest.h>

namespace innduct::core {
namespace {

using namespace std::chrono_literals;

TEST(AcceptedProportionTest, StartsAtNothing) { EXPECT_EQ(AcceptedProportion(100).value(), 0.0); }

TEST(AcceptedProportionTest, OnesReachOneHalfAfterTheHalfLife) {
  for (const int half_life : {1, 2, 100, 1000}) {
    AcceptedProportion proportion(half_life);
    for (int i = 0; i < half_life; ++i) {
      proportion.sample(true);
    }
    EXPECT_NEAR(proportion.value(), 0.5, 1e-9) << half_life;
    for (int i = 0; i < half_life; ++i) {
      proportion.sample(true);
    }
    EXPECT_NEAR(proportion.value(), 0.75, 1e-9) << half_life;
    for (int i = 0; i < half_life; ++i) {
      proportion.sample(false);
    }
    EXPECT_NEAR(proportion.value(), 0.375, 1e-9) << half_life;
  }
}

TEST(AcceptedProportionTest, SettlesAtTheProportionOfTheSamples) {
  AcceptedProportion proportion(1000);
  for (int i = 0; i < 100'000; ++i) {
    proportion.sample(i % 4 != 0);
  }
  EXPECT_NEAR(proportion.value(), 0.75, 0.001);
}

TEST(AcceptedProportionTest, StaysBetweenZeroAndOne) {
  AcceptedProportion proportion(0.5);
  for (int i = 0; i < 10'000; ++i) {
    proportion.sample(true);
    ASSERT_LE(proportion.value(), 1.0);
  }
  EXPECT_GT(proportion.value(), 0.999);
  for (int i = 0; i < 10'000; ++i) {
    proportion.sample(false);
    ASSERT_GE(proportion.value(), 0.0);
  }
  EXPECT_LT(proportion.value(), 0.001);
}

TEST(RecentVolumeTest, CountsTheWindowAndTheRunningPeriod) {
  RecentVolume volume(90s, 30s);
  volume.count(1);
  EXPECT_EQ(volume.in_window(), 1u);
  EXPECT_EQ(volume.in_last_period(), 1u);
  volume.tick();
  volume.count(10);
  EXPECT_EQ(volume.in_window(), 11u);
  EXPECT_EQ(volume.in_last_period(), 11u);
  volume.tick();
  volume.count(100);
  EXPECT_EQ(volume.in_window(), 111u);
  EXPECT_EQ(volume.in_last_period(), 110u);
  EXPECT_FALSE(volume.full());
  volume.tick();
  EXPECT_TRUE(volume.full());
  EXPECT_EQ(volume.in_window(), 111u);
  volume.tick();
  EXPECT_EQ(volume.in_window(), 110u);  // the oldest period left
  volume.tick();
  volume.tick();
  EXPECT_EQ(volume.in_window(), 0u);
  EXPECT_EQ(volume.in_last_period(), 0u);
  EXPECT_TRUE(volume.full());
}

TEST(RecentVolumeTest, TheWindowIsRoundedUpToPeriods) {
  struct Case {
    Duration window;
    Duration period;
    int ticks;
  };
  for (const Case& c :
       {Case{1000s, 30s, 34}, Case{990s, 30s, 33}, Case{30s, 30s, 1}, Case{1s, 30s, 1},
        Case{0s, 30s, 1}, Case{31s, 30s, 2}, Case{Duration::max(), Duration::max(), 1}}) {
    RecentVolume volume(c.window, c.period);
    int ticks = 0;
    while (!volume.full()) {
      volume.tick();
      ASSERT_LE(++ticks, c.ticks);
    }
    EXPECT_EQ(ticks, c.ticks);
  }
}

}  // namespace
}  // namespace innduct::core
