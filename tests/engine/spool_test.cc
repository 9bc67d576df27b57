// spool_test.cc: proves that an article counts as missing only when a store that was opened since
// says so (I1), that trouble of one article is told from trouble of the store, and that a store in
// trouble is left in peace.
#include "engine/spool.h"

#include <algorithm>

#include "desk.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;

struct SpoolDesk : Desk {
  void take(Turn& turn, const Event& event) override { spool.on(turn, event); }
  void look(Turn& turn) override { spool.work(turn); }

  // An entry whose line has existed since now.
  EntryId entry(unsigned number) {
    const EntryId id = make(queue, number);
    entries[id].known_since = now.monotonic;
    return id;
  }
  std::string fetched(EntryId id, FetchOutcome outcome) {
    return turn([&](Turn& t) { spool.failed(t, id, outcome, "the reason"); });
  }
  std::size_t allowed(std::size_t under_way = 0) const { return spool.fetches_allowed(under_way); }

  Spool spool;
  Place queue;
};
struct SpoolTest : testing::Test, SpoolDesk {};

constexpr FetchOutcome absent = FetchOutcome::absent;
constexpr FetchOutcome trouble = FetchOutcome::trouble;

TEST(SpoolTableTest, AbsentProvesNothingBeforeAReopening) {
  for (const FetchOutcome outcome : {absent, FetchOutcome::unknown}) {
    SpoolDesk d;
    EXPECT_EQ(d.fetched(d.entry(1), outcome), "reopen store");
    EXPECT_EQ(d.in(d.to_settle), "") << "I1";
    EXPECT_EQ(d.in(d.to_requeue), "<1@x>");
    EXPECT_EQ(d.allowed(), 0U) << "until it is open";
    d.done();
    EXPECT_GT(d.allowed(), 1U);
  }
}

TEST_F(SpoolTest, AfterAReopeningItIsMissing) {
  const EntryId id = entry(1);
  pass(1s);
  fetched(id, absent);
  done();
  EXPECT_EQ(fetched(id, absent), "");
  EXPECT_EQ(in(to_settle), "<1@x>");
  EXPECT_EQ(entries[id].fate, Fate::missing);
}

TEST_F(SpoolTest, AReopeningBeforeTheLineWasWrittenProvesNothing) {
  const EntryId first = entry(1);
  pass(1s);
  fetched(first, absent);
  done();
  const EntryId second = entry(2);
  EXPECT_EQ(fetched(second, absent), "") << "at most once in a period";
  EXPECT_EQ(in(to_settle), "");
  EXPECT_EQ(spool.deadline(), now.monotonic + config.period);
  EXPECT_EQ(tick(), "reopen store");
  done();
  fetched(second, absent);
  EXPECT_EQ(in(to_settle), "<2@x>");
}

TEST_F(SpoolTest, OneReopeningServesAllThatWait) {
  const EntryId one = entry(1);
  const EntryId two = entry(2);
  pass(1s);
  turn([&](Turn& t) {
    spool.failed(t, one, absent, {});
    spool.failed(t, two, absent, {});
  });
  EXPECT_EQ(unanswered.size(), 1U);
  EXPECT_EQ(in(to_requeue), "<1@x> <2@x>");
}

// A method that the store does not know is trouble, whatever was reopened.
TEST_F(SpoolTest, UnknownIsNeverMissing) {
  const EntryId id = entry(1);
  pass(1s);
  fetched(id, FetchOutcome::unknown);
  done();
  fetched(id, FetchOutcome::unknown);
  EXPECT_EQ(in(to_settle), "");
  EXPECT_EQ(spool.in_core(), 1U);
}

TEST_F(SpoolTest, AnotherArticleInItsPlaceIsMissing) {
  const EntryId id = entry(1);
  EXPECT_EQ(fetched(id, FetchOutcome::other), "");
  EXPECT_EQ(in(to_settle), "<1@x>");
  EXPECT_EQ(entries[id].fate, Fate::missing);
}

TEST_F(SpoolTest, ADamagedOneIsQuarantined) {
  const EntryId id = entry(1);
  EXPECT_EQ(fetched(id, FetchOutcome::damaged), "");
  EXPECT_EQ(in(to_quarantine), "<1@x>");
  EXPECT_EQ(entries[id].why, "not fit to be sent: the reason");
}

TEST_F(SpoolTest, TroubleThatIsItsOwnMakesItDamaged) {
  const EntryId id = entry(1);
  for (int period = 0; period < 3; ++period) {
    spool.succeeded();
    fetched(id, trouble);
    EXPECT_EQ(in(to_quarantine), "");
    tick();
    EXPECT_EQ(in(to_requeue_last), "<1@x>") << "tried again in the next period";
    entries.move_back(id, queue);
  }
  spool.succeeded();
  fetched(id, trouble);
  EXPECT_EQ(in(to_quarantine), "<1@x>");
}

TEST_F(SpoolTest, TroubleWithoutASuccessInBetweenIsNotItsOwn) {
  const EntryId id = entry(1);
  for (int period = 0; period < 20; ++period) {
    fetched(id, trouble);
    tick();
    entries.move_back(id, queue);
  }
  EXPECT_EQ(in(to_quarantine), "");
  EXPECT_FALSE(spool.resting()) << "nor is it the store's: it is one article";
}

TEST_F(SpoolTest, TenDifferentOnesAreTheStores) {
  for (unsigned number = 1; number <= 9; ++number) {
    fetched(entry(number), trouble);
    EXPECT_FALSE(spool.resting());
  }
  fetched(entry(10), trouble);
  EXPECT_TRUE(spool.resting());
  EXPECT_EQ(allowed(), 0U);
  EXPECT_EQ(spool.deadline(), now.monotonic + config.period);
  EXPECT_EQ(said("the article store is in trouble"), 1);
}

TEST_F(SpoolTest, ASuccessInBetweenSpeaksForTheStore) {
  for (unsigned number = 1; number <= 9; ++number) {
    fetched(entry(number), trouble);
  }
  spool.succeeded();
  fetched(entry(10), trouble);
  EXPECT_FALSE(spool.resting());
}

TEST_F(SpoolTest, ItRestsLongerEachTimeAndIsTriedWithOneArticle) {
  for (unsigned number = 1; number <= 10; ++number) {
    fetched(entry(number), trouble);
  }
  unsigned number = 11;
  for (const core::Duration rest : {30s, 60s, 120s, 240s, 480s, 600s, 600s}) {
    EXPECT_TRUE(spool.resting());
    EXPECT_EQ(spool.deadline(), now.monotonic + rest);
    pass(rest - 1s);
    turn();
    EXPECT_TRUE(spool.resting());
    pass(1s);
    turn();
    EXPECT_FALSE(spool.resting());
    EXPECT_EQ(allowed(0), 1U);
    EXPECT_EQ(allowed(1), 0U);
    fetched(entry(number++), trouble);  // never the same
  }
  pass(600s);
  turn();
  spool.succeeded();
  EXPECT_GT(allowed(1), 1U);
  for (; number < 40; ++number) {
    fetched(entry(number), trouble);
  }
  EXPECT_EQ(spool.deadline(), now.monotonic + config.period) << "a success begins anew";
}

TEST_F(SpoolTest, AStoreThatCannotBeReopenedRests) {
  const EntryId id = entry(1);
  fetched(id, absent);
  EXPECT_EQ(failed(5), "");
  EXPECT_TRUE(spool.resting());
  pass(config.period);
  EXPECT_EQ(turn(), "reopen store");
  done();
  EXPECT_FALSE(spool.resting());
}

}  // namespace
}  // namespace innduct::engine
