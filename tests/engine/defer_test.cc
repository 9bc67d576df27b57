// defer_test.cc: proves that a deferred entry is settled only when its record, and the name of the
// file that holds it, are durable (I1, I2); that a full disk and a half-written record lose
// nothing; and the order in which the defer file becomes a backlog file (I3).
#include "engine/defer.h"

#include <cerrno>

#include "desk.h"

namespace innduct::engine {
namespace {

struct DeferDesk : Desk {
  void take(Turn& turn, const Event& event) override { defer.on(turn, event); }
  void look(Turn& turn) override { defer.work(turn); }
  Place& deferring() override { return defer.waiting(); }

  void put(unsigned number) { make(defer.waiting(), number); }
  // Records `number` in a defer file that is already open, up to the sync's answer.
  void recorded(unsigned number) {
    put(number);
    turn();
    if (defer.size() == 0) {
      opened({.inode = 77});
    }
    while (!defer.idle()) {
      done();
    }
  }
  void adopt(std::string_view found) {
    turn([&](Turn& t) { defer.adopt(t); });
    FileStat stat;
    stat.inode = 77;
    stat.size = found.size();
    opened(stat);
  }
  // The move, from being asked for to the answer of its link.
  std::string move() {
    return turn([&](Turn& t) { defer.move_to_backlog(t); });
  }

  Names names{"F"};
  Defer defer{names};
  Place& later = defer.returned();
};
struct DeferTest : testing::Test, DeferDesk {};

constexpr std::size_t record_and_newline = core::token_size + 1 + 5 + 1;  // of articles 1 to 9

TEST_F(DeferTest, SettlesWhenTheRecordAndItsNameAreDurable) {
  put(1);
  put(2);
  EXPECT_EQ(turn(), "open F_defer append_exclusive");
  EXPECT_EQ(opened(), "append F_defer \"@1@ <1@x>\\n@2@ <2@x>\\n\"");
  EXPECT_EQ(done(), "sync F_defer");
  EXPECT_EQ(in(to_settle), "") << "I2: written is not durable";
  EXPECT_EQ(done(), "sync directory");
  EXPECT_EQ(in(to_settle), "") << "I2: the file's name may still be lost";
  EXPECT_EQ(done(), "");
  EXPECT_EQ(in(to_settle), "<1@x> <2@x>") << "I1";
  EXPECT_EQ(defer.size(), 2 * record_and_newline);
}

TEST_F(DeferTest, TheNameIsSyncedOnce) {
  recorded(1);
  put(2);
  EXPECT_EQ(turn(), "append F_defer \"@2@ <2@x>\\n\"");
  EXPECT_EQ(done(), "sync F_defer");
  EXPECT_EQ(done(), "");
  EXPECT_EQ(in(to_settle), "<1@x> <2@x>");
}

TEST_F(DeferTest, WhatComesMeanwhileSharesTheNextSync) {
  put(1);
  turn();
  put(2);
  EXPECT_EQ(opened(), "append F_defer \"@1@ <1@x>\\n\"");
  put(3);
  done();  // append
  done();  // sync
  EXPECT_EQ(done(), "append F_defer \"@2@ <2@x>\\n@3@ <3@x>\\n\"");
  EXPECT_EQ(in(to_settle), "<1@x>") << "I2: the others are not recorded yet";
  done();
  done();
  EXPECT_EQ(in(to_settle), "<1@x> <2@x> <3@x>");
}

// I1, I7: the article keeps its line, and the file holds whole records only.
TEST(DeferDiskTest, AFullDiskIsCutBackAndTheArticlesPutBack) {
  for (const int error : {ENOSPC, EDQUOT}) {
    SCOPED_TRACE(error_text(error));
    DeferDesk d;
    d.recorded(1);
    d.put(2);
    EXPECT_EQ(d.turn(), "append F_defer \"@2@ <2@x>\\n\"");
    EXPECT_EQ(d.failed(error), "truncate F_defer " + std::to_string(record_and_newline));
    d.put(3);
    EXPECT_EQ(d.done(), "") << "not before the next period";
    EXPECT_EQ(d.in(d.later), "<2@x> <3@x>");
    EXPECT_EQ(d.said("make room"), 1);
    d.tick();
    d.put(4);
    EXPECT_EQ(d.turn(), "append F_defer \"@4@ <4@x>\\n\"");
    d.failed(error);
    d.done();
    EXPECT_EQ(d.said("make room"), 2) << "once a period";
    EXPECT_EQ(d.in(d.to_settle), "<1@x>");
  }
}

TEST_F(DeferTest, ADeferFileThatCannotBeMadeIsTriedAgain) {
  for (const int error : {ENOSPC, EMFILE, ENFILE, ENOMEM}) {
    put(1);
    EXPECT_EQ(turn(), "open F_defer append_exclusive");
    failed(error);
    EXPECT_EQ(in(later), "<1@x>") << error_text(error);
    entries.destroy(later.front());
    tick();
  }
  EXPECT_FALSE(exit);
}

TEST_F(DeferTest, NothingIsTruncatedThatWasSynced) {
  recorded(1);
  put(2);
  turn();
  done();
  done();
  EXPECT_EQ(defer.size(), 2 * record_and_newline);
  put(3);
  turn();
  EXPECT_EQ(failed(ENOSPC), "truncate F_defer " + std::to_string(2 * record_and_newline));
}

// I9: after a failed sync nobody knows what is on the disk.
TEST(DeferDiskTest, WhatCannotBeRepairedEndsTheProcess) {
  struct Case {
    const char* what;
    int answers;  // after the file was opened, before the one that fails
    int error;
  };
  const Case cases[] = {{"append", 0, EIO},
                        {"append", 0, EROFS},
                        {"sync", 1, EIO},
                        {"sync", 1, ENOSPC},
                        {"sync of the directory", 2, EIO}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    DeferDesk d;
    d.put(1);
    d.turn();
    d.opened();
    for (int i = 0; i < c.answers; ++i) {
      d.done();
    }
    EXPECT_EQ(d.failed(c.error), "");
    ASSERT_TRUE(d.exit);
    EXPECT_EQ(d.exit->code, 12);
    EXPECT_EQ(d.in(d.to_settle), "") << "nothing is blanked any more";
  }
}

TEST(DeferDiskTest, SoDoesADeferFileThatCannotBeOpenedOrCutBack) {
  DeferDesk closed;
  closed.put(1);
  closed.turn();
  closed.failed(EACCES);
  ASSERT_TRUE(closed.exit);
  EXPECT_EQ(closed.exit->code, 12);

  DeferDesk uncut;
  uncut.recorded(1);
  uncut.put(2);
  uncut.turn();
  uncut.failed(ENOSPC);
  uncut.failed(EIO);
  ASSERT_TRUE(uncut.exit);
  EXPECT_EQ(uncut.exit->code, 12);
}

// ---------------------------------------------------------------- what is found at start

// I2: a record without its newline was never synced, so its article's line still stands.
TEST(DeferDiskTest, AdoptionCutsAHalfRecord) {
  struct Case {
    std::string found;
    std::size_t kept;
  };
  const std::string whole = lines(1, 2);
  const Case cases[] = {
      {whole, whole.size()},
      {whole + record(3), whole.size()},
      {whole + "@", whole.size()},
      {record(3), 0},
      {"\n", 1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(readable(c.found));
    DeferDesk d;
    d.adopt(c.found);
    const std::string asked = d.read(c.found);
    if (c.kept == c.found.size()) {
      EXPECT_EQ(asked, "");
    } else {
      EXPECT_EQ(asked, "truncate F_defer " + std::to_string(c.kept));
      d.done();
    }
    EXPECT_EQ(d.defer.size(), c.kept);
    EXPECT_TRUE(d.defer.idle());
  }
}

TEST_F(DeferTest, AdoptionLooksBackAsFarAsNeeded) {
  const std::string half(100'000, 'x');  // two reads without a newline
  const std::string found = line(1) + half;
  adopt(found);
  EXPECT_EQ(known.files.size(), 1U);
  const auto tail = [&](std::size_t from, std::size_t size) { return found.substr(from, size); };
  constexpr std::size_t read_size = 65536;
  EXPECT_EQ(read(tail(found.size() - read_size, read_size)), "read F_defer 0");
  EXPECT_EQ(read(tail(0, found.size() - read_size)),
            "truncate F_defer " + std::to_string(line(1).size()));
}

TEST_F(DeferTest, AfterAdoptionItIsAppendedTo) {
  adopt(lines(1, 1));
  read(lines(1, 1));
  put(2);
  EXPECT_EQ(turn(), "append F_defer \"@2@ <2@x>\\n\"");
  EXPECT_EQ(done(), "sync F_defer");
  EXPECT_EQ(done(), "") << "start-up has synced the directory";
  EXPECT_EQ(in(to_settle), "<2@x>");
}

TEST_F(DeferTest, AdoptionWaitsForADiskThatCannotBeRead) {
  EXPECT_EQ(turn([&](Turn& t) { defer.adopt(t); }), "open F_defer append");
  EXPECT_EQ(failed(EMFILE), "");
  put(1);
  EXPECT_EQ(turn(), "") << "what is in the file is not known yet";
  EXPECT_EQ(tick(), "open F_defer append");
  opened({.size = 5});
  EXPECT_EQ(failed(EIO), "");
  EXPECT_EQ(tick(), "read F_defer 0");
  EXPECT_EQ(read("1234\n"), "append F_defer \"@1@ <1@x>\\n\"");
}

TEST_F(DeferTest, AFileThatWasTakenAwayBeforeItsAdoptionIsMadeAnew) {
  turn([&](Turn& t) { defer.adopt(t); });
  failed(ENOENT);
  put(1);
  EXPECT_EQ(turn(), "open F_defer append_exclusive");
}

// ---------------------------------------------------------------- becoming a backlog file

// I3: the name goes only after the other name is durable.
TEST_F(DeferTest, TheMoveKeepsItsOrder) {
  recorded(1);
  const std::string target = "F_backlog.864000000.77";
  EXPECT_EQ(move(), "sync F_defer");
  EXPECT_EQ(done(), "close F_defer");
  EXPECT_EQ(done(), "link F_defer " + target);
  EXPECT_EQ(done(), "sync directory");
  EXPECT_EQ(done(), "unlink F_defer");
  EXPECT_EQ(done(), "sync directory");
  EXPECT_FALSE(defer.take_moved());
  EXPECT_EQ(done(), "");
  EXPECT_TRUE(defer.take_moved());
  EXPECT_EQ(defer.size(), 0U);
}

TEST_F(DeferTest, WhileItMovesDeferralsWait) {
  recorded(1);
  move();
  put(2);
  for (int step = 0; step < 5; ++step) {
    done();
    EXPECT_EQ(in(defer.waiting()), "<2@x>");
    EXPECT_EQ(in(to_settle), "<1@x>");
  }
  EXPECT_EQ(done(), "open F_defer append_exclusive") << "another file, though of the same name";
}

TEST_F(DeferTest, ANameThatIsTakenIsNotUsed) {
  recorded(1);
  move();
  done();
  EXPECT_EQ(done(), "link F_defer F_backlog.864000000.77");
  EXPECT_EQ(failed(EEXIST), "link F_defer F_backlog.864000001.77");
  EXPECT_EQ(failed(EEXIST), "link F_defer F_backlog.864000002.77");
  EXPECT_EQ(done(), "sync directory");
}

TEST_F(DeferTest, AFullDirectoryPutsTheMoveOff) {
  recorded(1);
  move();
  done();
  done();
  EXPECT_EQ(failed(ENOSPC), "open F_defer append");
  FileStat stat;
  stat.size = record_and_newline;
  stat.inode = 77;
  EXPECT_EQ(opened(stat), "read F_defer 0");
  EXPECT_EQ(read(line(1)), "");
  EXPECT_EQ(defer.size(), record_and_newline);
  EXPECT_EQ(move(), "sync F_defer") << "in a later period";
}

TEST(DeferDiskTest, AMoveThatFailsEndsTheProcess) {
  struct Case {
    int done;  // steps
    int error;
    const char* step;
  };
  const Case cases[] = {{0, EIO, "sync"},      {1, EIO, "close"},
                        {2, EACCES, "link"},   {3, EIO, "sync directory"},
                        {4, EACCES, "unlink"}, {5, EIO, "sync directory"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.step);
    DeferDesk d;
    d.recorded(1);
    d.move();
    for (int step = 0; step < c.done; ++step) {
      d.done();
    }
    EXPECT_FALSE(d.exit);
    EXPECT_EQ(d.failed(c.error), "");
    ASSERT_TRUE(d.exit);
    EXPECT_EQ(d.exit->code, 12);
  }
}

TEST_F(DeferTest, AnUnlinkOfWhatIsGoneIsDone) {
  recorded(1);
  move();
  for (int step = 0; step < 3; ++step) {
    done();
  }
  EXPECT_EQ(done(), "unlink F_defer");
  EXPECT_EQ(failed(ENOENT), "sync directory");
}

TEST_F(DeferTest, NothingIsMovedWhenNothingIsRecorded) {
  EXPECT_EQ(move(), "");
  put(1);
  turn();
  opened();
  failed(ENOSPC);
  done();  // cut back to nothing
  EXPECT_TRUE(defer.empty_file());
  EXPECT_EQ(move(), "");
}

// Under load there is always something to record; the file must become backlog all the same.
TEST_F(DeferTest, AMoveThatWasAskedForComesBeforeTheNextBatch) {
  recorded(1);
  put(2);
  turn();
  put(3);
  EXPECT_EQ(move(), "") << "a batch is under way";
  EXPECT_EQ(done(), "sync F_defer");
  EXPECT_EQ(done(), "sync F_defer") << "the move begins";
  EXPECT_EQ(done(), "close F_defer");
  EXPECT_EQ(in(defer.waiting()), "<3@x>");
  EXPECT_EQ(in(to_settle), "<1@x> <2@x>");
}

}  // namespace
}  // namespace innduct::engine
