// counters_test.cc: every counter takes part in sums and differences, and the counters add up
// if and only if each entry read has one outcome or is in core (I12).
#include "core/counters.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "core/check.h"

namespace innduct::core {
namespace {

Counters counted_up_from(std::uint64_t first) {
  Counters counters;
  for (const NamedCounter& counter : named_counters) {
    counters.*counter.value = first++;
  }
  return counters;
}

TEST(CountersTest, EachNameAndEachCounterAppearsOnce) {
  std::set<std::string_view> names;
  Counters counters;
  for (const NamedCounter& counter : named_counters) {
    names.insert(counter.name);
    EXPECT_EQ(counters.*counter.value, 0u) << counter.name;
    counters.*counter.value = 1;
  }
  EXPECT_EQ(names.size(), named_counters.size());
}

TEST(CountersTest, AnIntervalIsADifference) {
  const Counters earlier = counted_up_from(1);
  const Counters interval = counted_up_from(100);
  const Counters later = earlier + interval;
  for (const NamedCounter& counter : named_counters) {
    EXPECT_EQ(later.*counter.value, earlier.*counter.value + interval.*counter.value);
  }
  EXPECT_EQ(later - earlier, interval);
  EXPECT_EQ(later - later, Counters{});
  EXPECT_NE(later, earlier);
}

TEST(CountersDeathTest, AnIntervalThatRunsBackwardsIsOurMistake) {
  const Counters earlier = counted_up_from(1);
  const Counters later = counted_up_from(2);
  EXPECT_DEATH(static_cast<void>(earlier - later), "");
}

TEST(CountersTest, EachOutcomeTakesOneEntryOutOfCore) {
  const std::set<std::string_view> outcomes{"accepted", "unwanted",    "rejected", "missing",
                                            "deferred", "quarantined", "dropped",  "forgotten"};
  Counters counters;
  counters.read = 10;
  EXPECT_TRUE(counters.add_up(10));
  EXPECT_FALSE(counters.add_up(9));
  std::uint64_t in_core = 10;
  for (const NamedCounter& counter : named_counters) {
    if (counter.name == "read") {
      continue;
    }
    counters.*counter.value += 1;
    in_core -= outcomes.contains(counter.name) ? 1u : 0u;
    EXPECT_TRUE(counters.add_up(in_core)) << counter.name;
    EXPECT_FALSE(counters.add_up(in_core + 1)) << counter.name;
  }
  EXPECT_EQ(in_core, 2u);
  EXPECT_EQ(counters.left_core(), 8u);
}

TEST(CountersTest, EachKnowsItsName) {
  EXPECT_EQ(name_of(&Counters::blank), "blank");
  EXPECT_EQ(name_of(&Counters::quarantined), "quarantined");
  EXPECT_EQ(name_of(&Counters::bytes), "bytes");
}

}  // namespace
}  // namespace innduct::core
