// figures_test.cc: proves what is shown of numbers, at the limits of each unit.
#include "app/figures.h"

#include <gtest/gtest.h>

#include <limits>

namespace innduct::app {
namespace {

TEST(FiguresTest, CountsAreWhole) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(123456), "123,456");
  EXPECT_EQ(count_text(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(FiguresTest, SmallDecimalsHaveTwoDigits) {
  EXPECT_EQ(decimal_text(0), "0");
  EXPECT_EQ(decimal_text(0.0001), "0.01");
  EXPECT_EQ(decimal_text(0.017), "0.02");
  EXPECT_EQ(decimal_text(0.994), "0.99");
  EXPECT_EQ(decimal_text(0.996), "1.0");
  EXPECT_EQ(decimal_text(9.94), "9.9");
  EXPECT_EQ(decimal_text(9.96), "10");
  EXPECT_EQ(decimal_text(1234.5), "1,235");
  EXPECT_EQ(decimal_text(1e300), "1,000,000,000,000,000,000");
}

TEST(FiguresTest, BytesHaveAUnit) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(0.4), "0 B");
  EXPECT_EQ(bytes_text(999.4), "999 B");
  EXPECT_EQ(bytes_text(999.6), "1.0 KB");
  EXPECT_EQ(bytes_text(12345), "12 KB");
  EXPECT_EQ(bytes_text(1.55e6), "1.6 MB");
  EXPECT_EQ(bytes_text(2e9), "2.0 GB");
  EXPECT_EQ(bytes_text(3e12), "3.0 TB");
  EXPECT_EQ(bytes_text(18e18), "18,000 PB");
}

TEST(FiguresTest, TimesHaveAtMostTwoUnits) {
  EXPECT_EQ(seconds_text(0), "0 s");
  EXPECT_EQ(seconds_text(0.00003), "0.03 ms");
  EXPECT_EQ(seconds_text(0.0025), "2.5 ms");
  EXPECT_EQ(seconds_text(0.12), "120 ms");
  EXPECT_EQ(seconds_text(0.9996), "1.0 s");
  EXPECT_EQ(seconds_text(2.44), "2.4 s");
  EXPECT_EQ(seconds_text(59.4), "59 s");
  EXPECT_EQ(seconds_text(59.6), "1m");
  EXPECT_EQ(seconds_text(61), "1m 1s");
  EXPECT_EQ(seconds_text(3600), "1h");
  EXPECT_EQ(seconds_text(86399), "23h 59m");
  EXPECT_EQ(seconds_text(86400 + 7200), "1d 2h");
  EXPECT_EQ(seconds_text(86400 * 1000.0), "1,000d");
  EXPECT_FALSE(seconds_text(1e300).empty());
}

}  // namespace
}  // namespace innduct::app
