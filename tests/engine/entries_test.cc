// entries_test.cc: proves that an entry is in exactly one place whatever moves it (I5), that places
// keep their order, and that the memory of entries is used again.
#include "engine/entries.h"

#include <gtest/gtest.h>

#include <vector>

namespace innduct::engine {
namespace {

std::vector<EntryId> ids(const Entries& entries, const Place& place) {
  std::vector<EntryId> all;
  for (EntryId id = place.front(); id != no_entry; id = entries.next(id)) {
    all.push_back(id);
  }
  EXPECT_EQ(all.size(), place.size());
  EXPECT_EQ(all.empty() ? no_entry : all.back(), place.back());
  return all;
}

using Ids = std::vector<EntryId>;

struct EntriesTest : testing::Test {
  Entries entries;
  Place a, b;
  const EntryId e0 = entries.create(a);
  const EntryId e1 = entries.create(a);
  const EntryId e2 = entries.create(a);
};

TEST_F(EntriesTest, AreInTheOrderInWhichTheyCame) {
  EXPECT_EQ(ids(entries, a), (Ids{e0, e1, e2}));
  EXPECT_EQ(entries.size(), 3U);
}

TEST_F(EntriesTest, MovingTakesThemOutOfTheirPlace) {
  entries.move_back(e1, b);
  EXPECT_EQ(ids(entries, a), (Ids{e0, e2}));
  EXPECT_EQ(ids(entries, b), (Ids{e1}));
  EXPECT_TRUE(entries.is_in(e1, b));
  EXPECT_FALSE(entries.is_in(e1, a));
  entries.move_front(e2, b);
  entries.move_back(e0, b);
  EXPECT_EQ(ids(entries, a), Ids{});
  EXPECT_EQ(ids(entries, b), (Ids{e2, e1, e0}));
}

TEST_F(EntriesTest, MovingWithinAPlaceOnlyReorders) {
  entries.move_back(e0, a);
  EXPECT_EQ(ids(entries, a), (Ids{e1, e2, e0}));
  entries.move_front(e2, a);
  EXPECT_EQ(ids(entries, a), (Ids{e2, e1, e0}));
}

TEST_F(EntriesTest, MovingAllKeepsTheOrder) {
  const EntryId e3 = entries.create(b);
  entries.move_all_front(a, b);
  EXPECT_EQ(ids(entries, b), (Ids{e0, e1, e2, e3}));
  const EntryId e4 = entries.create(a);
  entries.move_all_back(b, a);
  EXPECT_EQ(ids(entries, a), (Ids{e4, e0, e1, e2, e3}));
  EXPECT_TRUE(b.empty());
}

TEST_F(EntriesTest, ADestroyedOneIsUsedAgainAsNew) {
  entries[e1].text = "something";
  entries[e1].must_check = true;
  entries.destroy(e1);
  EXPECT_FALSE(entries.alive(e1));
  EXPECT_EQ(ids(entries, a), (Ids{e0, e2}));
  const EntryId again = entries.create(b);
  EXPECT_EQ(again, e1);
  EXPECT_EQ(entries[again].text, "");
  EXPECT_FALSE(entries[again].must_check);
  EXPECT_EQ(entries.bound(), 3U);
}

TEST_F(EntriesTest, ReferencesOutliveGrowth) {
  Entry& first = entries[e0];
  first.text = "the first";
  for (int i = 0; i < 10'000; ++i) {
    entries.create(b);
  }
  EXPECT_EQ(&first, &entries[e0]);
}

TEST_F(EntriesTest, TextIsLocatorAndMessageId) {
  entries[e0].text = "a/b <c@d>";
  entries[e0].locator_size = 3;
  EXPECT_EQ(entries[e0].locator(), "a/b");
  EXPECT_EQ(entries[e0].message_id(), "<c@d>");
  entries[e1].text = "a/b";
  entries[e1].locator_size = 3;
  EXPECT_EQ(entries[e1].message_id(), "");
}

using EntriesDeathTest = EntriesTest;

TEST_F(EntriesDeathTest, AnEntryEndsOnce) {
  entries.destroy(e0);
  EXPECT_DEATH(entries.destroy(e0), "");
}

}  // namespace
}  // namespace innduct::engine
