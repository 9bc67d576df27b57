// chart_test.cc: proves which bars there are, how high they are, and what becomes of them where
// there is little or much room.
#include "app/chart.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace innduct::app {
namespace {

using Counted = std::vector<std::uint64_t>;

std::vector<std::string> drawn(const Counted& counted, const ChartForm& form) {
  std::vector<std::string> texts;
  for (const Line& line : chart(counted, 10, form)) {
    texts.push_back(text_of(line));
  }
  return texts;
}

// So many steps, the last of them with these figures.
Counted steps(std::size_t count, const Counted& last) {
  Counted all(count);
  std::copy_backward(last.begin(), last.end(), all.end());
  return all;
}

std::string bars(std::size_t before, const std::string& text) {
  return std::string(before, ' ') + text;
}

TEST(ChartTest, ABarForEachStepTheNewestAtTheEnd) {
  EXPECT_EQ(drawn(steps(60, {1, 0, 400, 799, 800}), {.columns = 80}),
            std::vector{bars(55, ". =## max 80 /s in 10m")});
  EXPECT_EQ(drawn(steps(60, {1, 0, 400, 799, 800}), {.columns = 80, .unicode = true}),
            std::vector{bars(55, "\u2581 \u2584\u2588\u2588 max 80 /s in 10m")});
}

TEST(ChartTest, LevelsGoUpByEighths) {
  EXPECT_EQ(drawn({0, 1, 2, 3, 4, 5, 6, 7, 8}, {.columns = 80}),
            std::vector{bars(51, " .:-=+*%# max 0.80 /s in 10m")});
}

TEST(ChartTest, FewStepsStandAtTheEnd) {
  EXPECT_EQ(drawn({}, {.columns = 80}), std::vector{bars(60, " max 0 /s in 10m")});
  EXPECT_EQ(drawn({0, 0}, {.columns = 80}), std::vector{bars(60, " max 0 /s in 10m")});
  EXPECT_EQ(drawn({10}, {.columns = 80}), std::vector{bars(59, "# max 1.0 /s in 10m")});
}

TEST(ChartTest, ANarrowOneShowsTheLastSteps) {
  EXPECT_EQ(drawn(steps(60, {10, 10}), {.columns = 40}),
            std::vector{bars(17, "## max 1.0 /s in 3m 10s")});
  EXPECT_EQ(drawn(Counted(60, 10), {.columns = 29}).size(), 1U);
  EXPECT_TRUE(drawn(Counted(60, 10), {.columns = 28}).empty());
  EXPECT_TRUE(drawn(Counted(60, 10), {.columns = 0}).empty());
}

TEST(ChartTest, AWideOneHasWiderBars) {
  EXPECT_EQ(drawn(steps(60, {10, 0, 10}), {.columns = 145}),
            std::vector{bars(114, "##  ## max 1.0 /s in 10m")});
  EXPECT_EQ(drawn(steps(60, {10, 0, 10, 0}), {.columns = 115}),
            std::vector{bars(84, "## ##  max 1.0 /s in 10m")});
}

TEST(ChartTest, AHighOneHasFinerSteps) {
  EXPECT_EQ(drawn(steps(60, {1, 60, 120, 160}), {.columns = 80, .rows = 2}),
            (std::vector{bars(58, "=# max 16 /s in 10m"), bars(56, ".*##")}));
}

TEST(ChartTest, StrangeFiguresDoNoHarm) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(chart({most, 0, 1}, 0, {.columns = 120}).size(), 1U);
  EXPECT_EQ(chart(Counted(1000, most), 1e19, {.columns = 200, .rows = 3}).size(), 3U);
}

}  // namespace
}  // namespace innduct::app
