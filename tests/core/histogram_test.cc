// histogram_test.cc: proves that what is told of a share is never less than what it took, and at
// most an eighth more; that bounds belong to what is within them; and what recent means.
#include "core/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace innduct::core {
namespace {

using namespace std::chrono_literals;

TEST(HistogramTest, NothingTookNoTime) {
  const Histogram none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.permille(990), 0s);
  EXPECT_EQ(none.within(Histogram::doublings_max), 0U);
}

TEST(HistogramTest, IsAtMostAnEighthAbove) {
  for (Duration took = 1us; took < 6 * 24h; took += took / 7) {
    Histogram one;
    one.add(took);
    for (const unsigned share : {1U, 500U, 1000U}) {
      EXPECT_GE(one.permille(share), took);
      EXPECT_LE(one.permille(share), took + took / 8 + 1us) << took.count();
    }
    EXPECT_EQ(one.sum(), took);
  }
}

TEST(HistogramTest, WhatIsOutOfItIsAtItsEnds) {
  Histogram two;
  two.add(-5s);
  two.add(core::Duration::max());
  EXPECT_EQ(two.count(), 2U);
  EXPECT_LE(two.permille(500), 1us);
  EXPECT_GT(two.permille(1000), 6 * 24h);
  EXPECT_EQ(two.within(0), 1U);
}

// The truth, by sorting.
TEST(HistogramTest, SharesAreThoseOfAll) {
  Histogram all;
  std::vector<Duration> sorted;
  std::uint64_t dice = 7;
  for (int i = 0; i < 1234; ++i) {
    dice = dice * 6364136223846793005U + 1442695040888963407U;
    sorted.emplace_back(static_cast<std::int64_t>(dice >> (24 + dice % 20)));
    all.add(sorted.back());
  }
  std::ranges::sort(sorted);
  for (const unsigned share : {1U, 10U, 500U, 900U, 990U, 999U, 1000U}) {
    const Duration truth = sorted[(sorted.size() * share + 999) / 1000 - 1];
    EXPECT_GE(all.permille(share), truth) << share;
    EXPECT_LE(all.permille(share), truth + truth / 8 + 1us) << share;
  }
}

TEST(HistogramTest, ABoundIsWithin) {
  Histogram all;
  Duration bound = 1ms;
  for (unsigned doublings = 0; doublings <= Histogram::doublings_max; ++doublings, bound *= 2) {
    all.add(bound);
    all.add(bound + 1ns);
    EXPECT_EQ(all.within(doublings), 2 * doublings + 1) << doublings;
  }
}

TEST(RecentHistogramTest, ForgetsAfterFiveStretchesButNotInAll) {
  RecentHistogram all;
  all.add(1ms);
  for (int i = 0; i < 4; ++i) {
    all.turn();
    all.add(1s);
  }
  EXPECT_EQ(all.recent().count(), 5U);
  EXPECT_EQ(all.recent().permille(1), 1ms);
  all.turn();
  EXPECT_EQ(all.recent().count(), 4U);
  EXPECT_GE(all.recent().permille(1), 1s);
  EXPECT_EQ(all.in_all().count(), 5U);
  for (int i = 0; i < 20; ++i) {
    all.turn();
  }
  EXPECT_EQ(all.recent().count(), 0U);
  EXPECT_EQ(all.in_all().count(), 5U);
  EXPECT_EQ(all.in_all().sum(), 4s + 1ms);
}

}  // namespace
}  // namespace innduct::core
