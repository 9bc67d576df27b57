// quarantine_test.cc: proves that an article's line goes only when its record stands durably in the
// file that bears the name F_quarantine (I1, I2), that nothing a peer says can look like a record
// there, and that people see how many articles there are.
#include "engine/quarantine.h"

#include <cerrno>

#include "core/line.h"
#include "desk.h"
#include "scene.h"

namespace innduct::engine {
namespace {

struct QuarantineDesk : Desk {
  void take(Turn& turn, const Event& event) override { quarantine.on(turn, event); }
  void look(Turn& turn) override { quarantine.work(turn); }
  Place& quarantining() override { return quarantine.waiting(); }

  QuarantineDesk() {
    // At first the file is counted.
    EXPECT_EQ(turn(), "lstat F_quarantine");
    failed(ENOENT);
  }
  void put(unsigned number, std::string_view why = "for a reason") {
    entries[make(quarantine.waiting(), number)].why = why;
  }
  // Records article 1 up to the question whose the name is.
  std::string record_one() {
    put(1);
    turn();
    opened({.inode = 77});
    done();  // append
    done();  // sync
    return done();
  }
  Names names{"F"};
  Quarantine quarantine{names};
};
struct QuarantineTest : testing::Test, QuarantineDesk {};

TEST_F(QuarantineTest, AnArticleIsSettledWhenItsRecordIsDurable) {
  put(1);
  put(2, "for another");
  EXPECT_EQ(turn(), "open F_quarantine append_or_create");
  EXPECT_EQ(opened({.inode = 77}),
            "append F_quarantine \"@1@ <1@x> 864000000 for a reason\\n"
            "@2@ <2@x> 864000000 for another\\n\"");
  EXPECT_EQ(done(), "sync F_quarantine");
  EXPECT_EQ(done(), "sync directory");
  EXPECT_EQ(done(), "lstat F_quarantine");
  EXPECT_EQ(in(to_settle), "") << "I2";
  EXPECT_EQ(statted({.inode = 77}), "close F_quarantine");
  EXPECT_EQ(in(to_settle), "<1@x> <2@x>") << "I1";
  EXPECT_EQ(entries[to_settle.front()].fate, Fate::quarantined);
  EXPECT_EQ(said("article quarantined: "), 2);
  EXPECT_FALSE(quarantine.idle());
  EXPECT_EQ(done(), "lstat F_quarantine") << "to count it again";
  statted({.inode = 77});
  EXPECT_EQ(quarantine.in_core(), 0U);
}

// Somebody renames it between our open and our append: perhaps it was read already.
TEST_F(QuarantineTest, ARecordInAFileThatWasTakenAwayDoesNotCount) {
  struct Case {
    const char* what;
    std::optional<FileStat> found;
  };
  for (const Case& c : {Case{"another file", FileStat{.inode = 78}}, Case{"none", {}}}) {
    SCOPED_TRACE(c.what);
    QuarantineDesk d;
    d.record_one();
    EXPECT_EQ(c.found ? d.statted(*c.found) : d.failed(ENOENT), "close F_quarantine");
    EXPECT_EQ(d.in(d.to_settle), "") << "I1";
    EXPECT_EQ(d.done(), "open F_quarantine append_or_create") << "once more";
    EXPECT_FALSE(d.exit);
  }
}

TEST_F(QuarantineTest, AFullDiskMakesThemWait) {
  put(1);
  turn();
  opened({.inode = 77});
  EXPECT_EQ(failed(ENOSPC), "truncate F_quarantine 0");
  EXPECT_EQ(done(), "close F_quarantine");
  EXPECT_EQ(in(to_settle), "");
  done();
  failed(ENOENT);  // it is counted
  EXPECT_EQ(quarantine.in_core(), 1U);
  EXPECT_EQ(said("1 articles wait to be quarantined"), 1);
  EXPECT_EQ(turn(), "") << "not before the next period";
  EXPECT_EQ(tick(), "open F_quarantine append_or_create");
}

TEST_F(QuarantineTest, WhatCannotBeOpenedIsSaidAndTriedAgain) {
  for (const int error : {EACCES, ENOSPC, EISDIR, ELOOP}) {
    SCOPED_TRACE(error_text(error));
    QuarantineDesk d;
    d.put(1);
    d.turn();
    d.failed(error);
    EXPECT_EQ(d.said(error_text(error)), 1);
    EXPECT_FALSE(d.exit) << "the others are fed";
    EXPECT_EQ(d.tick(), "open F_quarantine append_or_create");
  }
}

TEST_F(QuarantineTest, NothingThatAPeerSaysLooksLikeARecord) {
  const std::string hostile =
      token(7) + " <7@x> and news/x/1 <8@x>" + std::string("\n\r\0\xff", 4) + token(9);
  put(1, hostile);
  turn();
  std::string line = opened({.inode = 77});
  EXPECT_EQ(line.find("\\n", 0), line.rfind("\\n")) << "one line";
  EXPECT_EQ(line.find(token(7)), line.npos);
  EXPECT_EQ(line.find("@7@"), line.npos);
  EXPECT_NE(line.find("\\x40"), line.npos) << line;
}

TEST(QuarantineFileTest, ItsLinesAreThoseOfABacklogFile) {
  Scene s;
  s.config.max_suspicions = 1;
  s.file("F_suspects", "1 charge 1 peer <1@x> 400 " + token(7) +
                           " <7@x> \\x00 and news/x/1 <8@x>\n"
                           "1 charge 1 peer <2@x> it said <9@x>\n");
  s.file("F", lines(1, 1) + "news/x/2 <2@x>\n");
  s.start();
  const std::string& text = s.text("F_quarantine");
  const auto end = text.find('\n');
  const std::string first = text.substr(0, end);
  const std::string second = text.substr(end + 1, text.size() - end - 2);
  std::vector<core::Record> records;
  ASSERT_EQ(core::parse_line(first, core::Dialect::backlog, records), core::LineKind::entries);
  ASSERT_EQ(records.size(), 1U) << text;
  EXPECT_EQ(records[0].message_id, "<1@x>");
  ASSERT_EQ(core::parse_line(second, core::Dialect::backlog, records), core::LineKind::entries);
  ASSERT_EQ(records.size(), 1U) << text;
  EXPECT_EQ(records[0].locator, "news/x/2");
}

// In a backlog file nothing may stand behind a locator without a message-id.
TEST_F(QuarantineTest, AnArticleOfUnknownMessageIdHasALineOfItsLocator) {
  const EntryId id = make(quarantine.waiting(), 1);
  entries[id].text = token(1);
  entries[id].why = "not fit to be sent: it is empty";
  turn();
  EXPECT_EQ(opened({.inode = 77}), "append F_quarantine \"@1@\\n\"");
}

TEST_F(QuarantineTest, TheArticlesInItAreCountedWhenItChanges) {
  EXPECT_EQ(tick(), "lstat F_quarantine");
  EXPECT_EQ(statted({.inode = 77, .size = 100}), "open F_quarantine read");
  EXPECT_EQ(opened({.inode = 77, .size = 100}), "read F_quarantine 0");
  EXPECT_EQ(read(line(1) + blanked(line(2)) + "what is this\n" + record(3) + " 17 a reason\n" +
                 record(4)),
            "close F_quarantine");
  done();
  EXPECT_EQ(quarantine.articles(), 3U);
  EXPECT_EQ(tick(), "lstat F_quarantine");
  EXPECT_EQ(statted({.inode = 77, .size = 100}), "") << "as it was";
  tick();
  EXPECT_EQ(statted({.inode = 77, .size = 101}), "open F_quarantine read");
  failed(ENOENT);
  tick();
  EXPECT_EQ(failed(ENOENT), "");
  EXPECT_EQ(quarantine.articles(), 0U);
}

TEST_F(QuarantineTest, WhoeverIsBeingRecordedStaysInCore) {
  put(1);
  const EntryId id = quarantine.waiting().front();
  EXPECT_FALSE(quarantine.has(entries, id)) << "its line is as it was, and may be read again";
  turn();
  EXPECT_TRUE(quarantine.has(entries, id));
}

// ---------------------------------------------------------------- damaged articles

TEST(QuarantinedTest, ADamagedArticleIsQuarantinedAtOnce) {
  Scene s;
  s.store["@1@"] = FetchOutcome::damaged;
  s.answers = {{"CHECK", "238"}, {"TAKETHIS", "239"}};
  s.file("F", lines(1, 2));
  s.start();
  EXPECT_TRUE(s.text("F_quarantine").starts_with(record(1) + " 864000000 not fit to be sent: "));
  EXPECT_EQ(s.text("F"), blanked(lines(1, 2)));
  EXPECT_EQ(s.status().counters.quarantined, 1U);
  EXPECT_EQ(s.status().counters.accepted, 1U);
  EXPECT_FALSE(s.exists("F_defer"));
}

// The file moves on while the disk of the quarantine is full: its lines are owed.
TEST(QuarantinedTest, AFlushThatIsForcedTakesThoseThatWaitWithIt) {
  Scene s;
  s.config.low_volume_thresh = 0;
  s.store["@1@"] = FetchOutcome::damaged;
  s.answers = {{"CHECK", "238"}};
  s.fail("append F_quarantine", ENOSPC, 1000);
  s.file("F", lines(1, 1));
  s.start();
  s.ask("flush");
  s.innd_flushes();
  s.period();
  EXPECT_TRUE(s.backlog().empty());
  s.ask("flush");
  s.run();
  ASSERT_EQ(s.backlog().size(), 1U);
  EXPECT_EQ(s.text(s.backlog().front()), line(1)) << "I4";
  EXPECT_EQ(s.status().counters.quarantined, 0U);
}

}  // namespace
}  // namespace innduct::engine
