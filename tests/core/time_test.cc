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

std::string text_of(WallTime time) {
  std::string text = "at ";
  append_time(text, time);
  return text;
}

TEST(TimeTest, AWallTimeIsShownToTheMillisecond) {
  using namespace std::chrono;
  EXPECT_EQ(text_of({}), "at 1970-01-01T00:00:00.000Z");
  EXPECT_EQ(text_of(sys_days(2024y / February / 29) + 23h + 59min + 59s + 999'999us),
            "at 2024-02-29T23:59:59.999Z");
  EXPECT_EQ(text_of(sys_days(2000y / 1 / 2) + 3h + 4min + 5s + 6ms), "at 2000-01-02T03:04:05.006Z");
  EXPECT_EQ(text_of(WallTime(-1ns)), "at 1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace innduct::core
