// time_test.cc: the pure floors can compute with time, but not ask for it.
#include "core/time.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace innduct::core {
namespace {

template <class Clock>
constexpr bool can_be_asked = requires {
  Clock::now();
};

TEST(TimeTest, MonotonicCannotBeAsked) { EXPECT_FALSE(can_be_asked<Monotonic>); }

TEST(TimeTest, TheTwoTimesDoNotMix) {
  EXPECT_FALSE((std::is_convertible_v<Instant, WallTime>));
  EXPECT_FALSE((std::is_convertible_v<WallTime, Instant>));
}

TEST(TimeTest, InstantsAreOrderedAndSubtracted) {
  using std::chrono::seconds;
  const Instant start{};
  EXPECT_LT(start, start + seconds(1));
  EXPECT_EQ((start + seconds(3)) - (start + seconds(1)), seconds(2));
}

}  // namespace
}  // namespace innduct::core
