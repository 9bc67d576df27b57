// dice_test.cc: proves that chance is the same everywhere, stays within its bounds, and reaches
// both of them.
#include "sim/dice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace innduct::sim {
namespace {

using namespace std::chrono_literals;

TEST(Dice, GiveTheSameNumbersForTheSameSeedOnEveryMachine) {
  Dice dice(1);
  EXPECT_EQ(dice.next(), 0x910a2dec89025cc1U);
  EXPECT_EQ(dice.next(), 0xbeeb8da1658eec67U);
}

TEST(Dice, BranchesAreIndependentOfEachOtherAndOfWhatWasThrown) {
  Dice dice(7);
  const std::uint64_t first = dice.branch(1).next();
  EXPECT_EQ(Dice(7).branch(1).next(), first);
  EXPECT_NE(dice.branch(2).next(), first);
}

TEST(Dice, BelowReachesEveryNumberAndNoOther) {
  Dice dice(3);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(dice.below(7));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST(Dice, IntervalsStayWithinTheirBounds) {
  struct Row {
    core::Duration low;
    core::Duration high;
  };
  for (const Row row : {Row{0s, 0s}, Row{1us, 1ms}, Row{10s, 20'000s}, Row{1ms, 1ms}}) {
    Dice dice(5);
    for (int i = 0; i < 1000; ++i) {
      const core::Duration evenly = dice.evenly(row.low, row.high);
      EXPECT_GE(evenly, row.low);
      EXPECT_LE(evenly, row.high);
      if (row.low == 0s) continue;
      const core::Duration widely = dice.widely(row.low, row.high);
      EXPECT_GE(widely, row.low);
      EXPECT_LE(widely, row.high);
    }
  }
}

TEST(Dice, WidelyIsOftenNearTheLowerBound) {
  Dice dice(5);
  int short_ones = 0;
  for (int i = 0; i < 1000; ++i) short_ones += dice.widely(1ms, 1000s) < 1s ? 1 : 0;
  EXPECT_GT(short_ones, 400);
  EXPECT_LT(short_ones, 600);
}

TEST(Dice, WeightsDecide) {
  Dice dice(9);
  constexpr std::array<unsigned, 4> weights{0, 3, 0, 1};
  std::array<int, 4> seen{};
  for (int i = 0; i < 4000; ++i) ++seen[dice.weighed(weights)];
  EXPECT_EQ(seen[0] + seen[2], 0);
  EXPECT_NEAR(seen[1], 3000, 150);
}

TEST(Dice, ShufflingKeepsEverything) {
  Dice dice(9);
  std::vector<int> cards{1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<int> sorted = cards;
  dice.shuffle(cards);
  EXPECT_NE(cards, sorted);
  std::ranges::sort(cards);
  EXPECT_EQ(cards, sorted);
}

}  // namespace
}  // namespace innduct::sim
