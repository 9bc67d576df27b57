// tally_test.cc: proves that what is counted is counted in all and for its file, and that a file
// that comes into a slot begins at zero.
#include "engine/tally.h"

#include <gtest/gtest.h>

namespace innduct::engine {
namespace {

using core::Counters;
using namespace std::chrono_literals;

TEST(TallyTest, OneCallCountsInBoth) {
  Tally tally;
  tally.count(0, &Counters::read);
  tally.count(7, &Counters::read, 3);
  tally.count(7, &Counters::bytes, 5000);
  EXPECT_EQ(tally.of(0).read, 1U);
  EXPECT_EQ(tally.of(7).read, 3U);
  EXPECT_EQ(tally.of(7).bytes, 5000U);
  EXPECT_EQ(tally.all().read, 4U);
  EXPECT_EQ(tally.all().bytes, 5000U);
}

TEST(TallyTest, WhatHasNoFileIsCountedInAll) {
  Tally tally;
  tally.count(no_source, &Counters::returned);
  EXPECT_EQ(tally.all().returned, 1U);
  for (Slot slot = 0; slot < slots_max; ++slot) {
    EXPECT_EQ(tally.of(slot), Counters());
  }
}

TEST(TallyTest, ASlotBeginsAnew) {
  Tally tally;
  tally.count(1, &Counters::read);
  tally.count(2, &Counters::read);
  tally.begin(1, core::Instant(5s));
  EXPECT_EQ(tally.of(1), Counters());
  EXPECT_EQ(tally.begun(1), core::Instant(5s));
  EXPECT_EQ(tally.of(2).read, 1U);
  EXPECT_EQ(tally.all().read, 2U);
}

TEST(TallyTest, TimesAreForgottenMinuteByMinute) {
  Tally tally;
  tally.answered(core::Instant(1s), core::Instant(3s), core::Instant(5s));
  EXPECT_GE(tally.delays().recent().permille(1000), 4s);
  EXPECT_LT(tally.answers().recent().permille(1000), 3s);
  for (int minute = 0; minute < 5; ++minute) {
    tally.begin_minute();
  }
  EXPECT_EQ(tally.delays().recent().count(), 0U);
  EXPECT_EQ(tally.answers().recent().count(), 0U);
  EXPECT_EQ(tally.answers().in_all().count(), 1U);
}

}  // namespace
}  // namespace innduct::engine
