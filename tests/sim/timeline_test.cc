// timeline_test.cc: proves that deeds happen in the order of their instants, and of their planning.
#include "sim/timeline.h"

#include <gtest/gtest.h>

#include <string>

namespace innduct::sim {
namespace {

using namespace std::chrono_literals;

TEST(Timeline, RunsDeedsInOrderAndLetsTimePass) {
  Timeline time;
  const core::Instant start = time.now().monotonic;
  std::string order;
  time.after(2s, [&] { order += 'c'; });
  time.after(1s, [&] {
    order += 'a';
    time.after(1s, [&] { order += 'd'; });  // at the same instant as c, but planned later
  });
  time.after(1s, [&] { order += 'b'; });
  while (time.next()) time.run_next();
  EXPECT_EQ(order, "abcd");
  EXPECT_EQ(time.now().monotonic - start, 2s);
}

TEST(Timeline, NeverGoesBack) {
  Timeline time;
  const core::Instant start = time.now().monotonic;
  time.advance(start - 1s);
  EXPECT_EQ(time.now().monotonic, start);
  time.at(start - 5s, [] {});
  EXPECT_EQ(time.next(), start);
}

TEST(Timeline, JumpsOfTheWallClockTouchNoInterval) {
  Timeline time;
  const core::Now before = time.now();
  time.jump_wall(-100s);
  time.advance(before.monotonic + 1s);
  EXPECT_EQ(time.now().wall - before.wall, -99s);
}

}  // namespace
}  // namespace innduct::sim
