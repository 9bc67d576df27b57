// ring_test.cc: proves that a ring is a queue, whatever wraps or grows, and that its slots keep
// what they own.
#include "nntp/ring.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace innduct::nntp {
namespace {

TEST(RingTest, IsAQueueAtEveryFillAndTurn) {
  for (int fill = 0; fill < 70; ++fill) {
    Ring<int> ring;
    std::deque<int> queue;
    int next = 0;
    for (int turn = 0; turn < 200; ++turn) {
      while (queue.size() < static_cast<std::size_t>((turn * 7) % (fill + 1))) {
        ring.push() = next;
        queue.push_back(next++);
      }
      ASSERT_EQ(ring.size(), queue.size());
      if (!queue.empty()) {
        ASSERT_EQ(ring.front(), queue.front());
        ASSERT_EQ(ring.pop(), queue.front());
        queue.pop_front();
      }
      ASSERT_EQ(ring.empty(), queue.empty());
    }
  }
}

TEST(RingTest, ASlotKeepsItsStringsMemory) {
  Ring<std::string> ring;
  for (int i = 0; i < 16; ++i) {
    ring.push().assign(100, 'x');
  }
  while (!ring.empty()) {
    ring.pop();
  }
  for (int i = 0; i < 16; ++i) {
    EXPECT_GE(ring.push().capacity(), 100U);
  }
}

TEST(RingDeathTest, NothingComesOutOfAnEmptyRing) {
  Ring<int> ring;
  EXPECT_DEATH(ring.front(), "");
  EXPECT_DEATH(ring.pop(), "");
}

}  // namespace
}  // namespace innduct::nntp
