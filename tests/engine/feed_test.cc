// feed_test.cc: proves the dance with innd: every row of feed_table.h is reached as its words say,
// and no move of a file, half a line, false "Ok" or foreign hand makes an article be skipped (I1,
// I3, I4). A whole engine on a stage (scene.h).
#include "engine/feed.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <sstream>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

const Lines moving{"lstat F_", "link", "unlink", "sync directory", "flush"};

// Feed file states, each from a start as a real one would come to it.
struct Feeding : Scene {
  // The peer takes everything.
  void willing() { answers = {{"CHECK", "238"}, {"TAKETHIS", "239"}}; }
  void normal(std::string_view text = {}) {
    file("F", text);
    start();
    ASSERT_EQ(state(), FeedState::normal);
  }
  void flushing(std::string_view text = {}) {
    normal(text);
    ask("flush");
    ASSERT_EQ(state(), FeedState::flushing);
  }
  void flushfail(std::string_view text = {}) {
    flushing(text);
    innd(FlushOutcome::refused, "1 no");
    ASSERT_EQ(state(), FeedState::flushfail);
  }
  // Articles of F_flushing are unanswered.
  void finishing(std::string_view text = lines(1, 2)) {
    flushing(text);
    innd_flushes();
    ASSERT_EQ(state(), FeedState::finishing);
  }
  void dropping(std::string_view text = {}) {
    flushing(text);
    innd(FlushOutcome::no_such_site);
  }
  std::string last_move() const { return moves().empty() ? "" : moves().back(); }
};
struct FeedTest : testing::Test, Feeding {};

// ---------------------------------------------------------------- the rows of the table

TEST_F(FeedTest, NothingThere) {
  start();
  EXPECT_EQ(moves(), Lines{"STARTING -> WAITING"});
  EXPECT_TRUE(flush_asked()) << "innd is asked at once";
}

TEST_F(FeedTest, FeedAlone) {
  file("F", lines(1, 1));
  start();
  EXPECT_EQ(moves(), Lines{"STARTING -> NORMAL"});
  EXPECT_FALSE(flush_asked());
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

TEST_F(FeedTest, FlushingAlone) {
  file("F_flushing", lines(1, 1));
  start();
  EXPECT_EQ(moves(), Lines{"STARTING -> FLUSHING"});
  EXPECT_TRUE(flush_asked());
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

TEST_F(FeedTest, BothThere) {
  file("F_flushing", lines(1, 1));
  file("F", lines(2, 2));
  hold("read F_flushing");
  start();
  EXPECT_EQ(moves(), Lines{"STARTING -> SEPARATED"});
  EXPECT_FALSE(flush_asked());
  let_go("read F_flushing");
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>") << "in the order of the feed";
}

TEST_F(FeedTest, WaitingFeedAppears) {
  start();
  innd_flushes();
  EXPECT_EQ(last_move(), "WAITING -> NORMAL");
}

TEST_F(FeedTest, WaitingNoSuchSite) {
  start();
  hold("lstat F");
  innd(FlushOutcome::no_such_site);
  EXPECT_EQ(last_move(), "WAITING -> DROPPING");
}

TEST_F(FeedTest, FlushDue) {
  normal();
  ask("flush");
  EXPECT_EQ(last_move(), "NORMAL -> FLUSHING");
}

TEST_F(FeedTest, NormalFeedGoneAndNoSuchSite) {
  normal(lines(1, 1));
  remove("F");
  period();
  EXPECT_EQ(state(), FeedState::normal) << "innd still writes to what was F";
  ASSERT_TRUE(flush_asked());
  innd(FlushOutcome::no_such_site);
  EXPECT_EQ(last_move(), "NORMAL -> DROPPING");
}

TEST_F(FeedTest, FlushingNewFeed) {
  flushing();
  hold("read F_flushing");
  innd_flushes();
  EXPECT_EQ(last_move(), "FLUSHING -> SEPARATED");
  let_go("read F_flushing");
  EXPECT_EQ(state(), FeedState::normal) << "nothing was left of it";
}

TEST_F(FeedTest, FlushingFails) {
  for (const FlushOutcome outcome :
       {FlushOutcome::unreachable, FlushOutcome::unknown, FlushOutcome::refused}) {
    Feeding s;
    s.flushing();
    s.innd(outcome, "the reason");
    EXPECT_EQ(s.last_move(), "FLUSHING -> FLUSHFAIL");
    EXPECT_EQ(s.said("the reason"), 1);
  }
}

TEST_F(FeedTest, FlushingNoSuchSite) {
  flushing(lines(1, 1));
  innd(FlushOutcome::no_such_site);
  EXPECT_EQ(last_move(), "FLUSHING -> DROPPING");
}

TEST_F(FeedTest, FlushfailFlushAgain) {
  flushfail();
  pass(config.flush_retry_interval / 2);
  EXPECT_FALSE(flush_asked());
  pass(config.flush_retry_interval / 2 + config.period);
  EXPECT_TRUE(flush_asked());
  EXPECT_EQ(last_move(), "FLUSHFAIL -> FLUSHING");
}

TEST_F(FeedTest, FlushfailFlushAgainByCommand) {
  flushfail();
  ask("flush");
  EXPECT_TRUE(flush_asked());
  EXPECT_EQ(last_move(), "FLUSHFAIL -> FLUSHING");
}

TEST_F(FeedTest, FlushfailNewFeedWhoeverCausedIt) {
  flushfail(lines(1, 1));
  file("F", {});
  period();
  EXPECT_EQ(moves().at(moves().size() - 2), "FLUSHFAIL -> SEPARATED");
}

TEST_F(FeedTest, SeparatedFlushingRead) {
  finishing();
  EXPECT_EQ(last_move(), "SEPARATED -> FINISHING");
}

TEST_F(FeedTest, SeparatedFeedGone) {
  flushing(lines(1, 1));
  hold("open F update");
  innd_flushes();
  remove("F");
  let_go("open F update");
  EXPECT_EQ(last_move(), "SEPARATED -> FLUSHING");
  EXPECT_TRUE(flush_asked());
}

TEST_F(FeedTest, FinishingDone) {
  finishing(lines(1, 1));
  EXPECT_TRUE(exists("F_flushing")) << "I4: an entry of it is not settled";
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(last_move(), "FINISHING -> NORMAL");
  EXPECT_FALSE(exists("F_flushing"));
}

TEST_F(FeedTest, FinishingMoved) {
  finishing(lines(1, 2));
  peer(1).says("438 <1@x>\r\n");
  ask("flush");
  EXPECT_EQ(last_move(), "FINISHING -> NORMAL");
  EXPECT_FALSE(exists("F_flushing"));
  ASSERT_EQ(backlog().size(), 1U);
  EXPECT_EQ(text(backlog().front()), blanked(line(1)) + line(2)) << "I1: the other one is owed";
}

TEST_F(FeedTest, DroppingBegunAgain) {
  flushing(lines(1, 1));
  innd(FlushOutcome::no_such_site);
  file("F", lines(2, 2));
  period();
  EXPECT_TRUE(std::ranges::count(moves(), "DROPPING -> SEPARATED"));
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
}

TEST_F(FeedTest, DroppingFeedAppeared) {
  file("F_backlog.1", lines(1, 1));
  start();
  innd(FlushOutcome::no_such_site);
  ASSERT_EQ(state(), FeedState::dropping);
  file("F", {});
  period();
  EXPECT_EQ(last_move(), "DROPPING -> NORMAL");
}

// ---------------------------------------------------------------- detaching F

// I3: at every moment one of the two names leads to the file, durably.
TEST_F(FeedTest, DetachingKeepsItsOrder) {
  normal(lines(1, 1));
  asked({});
  ask("flush");
  EXPECT_EQ(asked({"lstat F", "link", "unlink", "sync directory", "flush"}),
            (Lines{"lstat F", "link F F_flushing", "lstat F_flushing", "sync directory", "unlink F",
                   "sync directory", "flush"}));
}

TEST_F(FeedTest, AFileThatTookItsPlaceIsNotDetached) {
  normal(lines(1, 1));
  hold("link F");
  ask("flush");
  file("F", lines(2, 2));
  let_go("link F");
  EXPECT_FALSE(exists("F_flushing")) << "the link to the wrong file is gone";
  EXPECT_TRUE(exists("F"));
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
}

TEST_F(FeedTest, AFullDirectoryPutsTheFlushOff) {
  for (const int error : {ENOSPC, EDQUOT, EMFILE}) {
    Feeding s;
    s.normal(lines(1, 1));
    s.fail("link F", error);
    s.ask("flush");
    EXPECT_EQ(s.state(), FeedState::normal);
    EXPECT_FALSE(s.exit());
    s.period();
    EXPECT_EQ(s.state(), FeedState::flushing);
  }
}

TEST_F(FeedTest, DetachingThatFailsEndsTheProcess) {
  struct Case {
    const char* what;
    int error, code;
  };
  for (const Case& c : {Case{"link F", EACCES, 12}, Case{"sync directory", EIO, 12},
                        Case{"unlink F", EACCES, 12}}) {
    SCOPED_TRACE(c.what);
    Feeding s;
    s.normal(lines(1, 1));
    s.fail(c.what, c.error);
    s.ask("flush");
    ASSERT_TRUE(s.exit());
    EXPECT_EQ(s.exit()->code, c.code);
  }
}

// What failed behind the link finds the link there when it is tried again.
TEST_F(FeedTest, DetachingGoesOnBehindItsOwnLink) {
  for (const int error : {ENOMEM, EIO}) {
    Feeding s;
    s.normal(lines(1, 1));
    s.fail("lstat F_flushing", error);
    s.ask("flush");
    EXPECT_EQ(s.state(), FeedState::normal);
    s.period();
    s.ask("flush");
    EXPECT_FALSE(s.exit());
    EXPECT_EQ(s.state(), FeedState::flushing);
    EXPECT_FALSE(s.exists("F"));
    EXPECT_EQ(s.text("F_flushing"), line(1));
  }
}

TEST_F(FeedTest, AFileInTheWayOfDetachingIsLeftAlone) {
  normal(lines(1, 1));
  file("F_flushing", lines(2, 2));
  ask("flush");
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 16);
  EXPECT_EQ(text("F_flushing"), line(2));
  EXPECT_EQ(text("F"), line(1));
}

TEST_F(FeedTest, AFileThatWasInTheWayOfDetachingIsForgotten) {
  normal(lines(1, 1));
  file("F_flushing", lines(2, 2));
  hold("lstat F_flushing");
  ask("flush");
  remove("F_flushing");
  let_go("lstat F_flushing");
  EXPECT_FALSE(exit());
  ask("flush");
  EXPECT_EQ(state(), FeedState::flushing);
}

// Whatever is cut short, the next start carries on, and nothing is offered twice or never.
TEST_F(FeedTest, KilledAtEachStepOfDetaching) {
  for (const char* step : {"link F", "lstat F_flushing", "unlink F", "flush"}) {
    SCOPED_TRACE(step);
    Feeding s;
    s.normal(lines(1, 2));
    s.hold(step);
    s.ask("flush");
    s.willing();
    s.restart();
    if (s.flush_asked()) {
      s.innd_flushes();
    }
    EXPECT_EQ(s.state(), FeedState::normal);
    EXPECT_EQ(s.status().counters.accepted, 2U);
    EXPECT_FALSE(s.exists("F_flushing"));
  }
}

// ---------------------------------------------------------------- when a flush is due

TEST_F(FeedTest, DueBySize) {
  config.flush_size_bytes = 100;
  normal(lines(1, 2));
  EXPECT_EQ(state(), FeedState::normal);
  append("F", lines(3, 3));
  run();
  EXPECT_EQ(state(), FeedState::flushing);
}

TEST_F(FeedTest, BySizeAtMostOnceInTenSeconds) {
  config.flush_size_bytes = 40;
  willing();
  file("F", lines(1, 1));
  start();
  ASSERT_EQ(state(), FeedState::flushing);
  innd_flushes();
  ASSERT_EQ(state(), FeedState::normal);
  append("F", line(2));
  run();
  EXPECT_EQ(state(), FeedState::normal);
  pass(10s);
  append("F", line(3));
  run();
  EXPECT_EQ(state(), FeedState::flushing);
}

TEST_F(FeedTest, DueByAge) {
  config.max_flush_interval = 300s;
  normal();
  pass(290s);
  EXPECT_EQ(state(), FeedState::normal);
  pass(40s);
  EXPECT_EQ(state(), FeedState::flushing);
}

// ---------------------------------------------------------------- innd's answers

// innd says Ok, and does nothing, for a member of a funnel.
TEST_F(FeedTest, OkWithoutANewFeedIsAskedOnceMoreAndThenFails) {
  flushing(lines(1, 1));
  innd(FlushOutcome::ok);
  EXPECT_EQ(state(), FeedState::flushing);
  EXPECT_EQ(flushes, 2);
  innd(FlushOutcome::ok);
  EXPECT_EQ(state(), FeedState::flushfail);
  EXPECT_EQ(said("not a member of a funnel"), 1);
  EXPECT_TRUE(exists("F_flushing")) << "innd may still write to it";
}

TEST_F(FeedTest, NoAnswerInTimeFailsAndALateOneIsNotTaken) {
  flushing(lines(1, 1));
  asked({});
  pass(config.stuck_flush_timeout);
  EXPECT_EQ(state(), FeedState::flushfail);
  EXPECT_EQ(asked({"forget flush"}), Lines{"forget flush"});
  EXPECT_EQ(said("no answer from innd"), 1);
}

TEST_F(FeedTest, ALateFlushIsSeenByItsFile) {
  flushing();
  pass(config.stuck_flush_timeout);
  ASSERT_EQ(state(), FeedState::flushfail);
  file("F", lines(2, 2));
  period();
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>");
}

TEST_F(FeedTest, ATroubleIsSaidOnce) {
  flushfail();
  for (int retry = 0; retry < 5; ++retry) {
    pass(config.flush_retry_interval + config.period);
    innd(FlushOutcome::refused, "1 no");
  }
  EXPECT_EQ(said("cannot flush"), 1);
  EXPECT_GT(flushes, 3);
}

TEST_F(FeedTest, WhileItFlushesWhatInndStillWritesIsRead) {
  flushing(lines(1, 1));
  append("F_flushing", line(2));
  run();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
  innd(FlushOutcome::refused, "1 no");
  append("F_flushing", line(3));
  run();
  EXPECT_EQ(peer(1).said(), "CHECK <3@x>");
}

TEST_F(FeedTest, WhatInndWroteLastIsReadBeforeTheNewFeed) {
  flushing(lines(1, 1));
  config.watch = false;
  hold("watch");
  file("F", lines(3, 3));
  append("F_flushing", line(2));
  innd(FlushOutcome::ok);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>; CHECK <3@x>");
}

// I8: the watch may be deaf.
TEST_F(FeedTest, WithoutAWatchItIsPolled) {
  config.watch = false;
  normal();
  append("F", line(1));
  run();
  EXPECT_EQ(status().counters.read, 0U);
  pass(config.feedfile_poll);
  EXPECT_EQ(status().counters.read, 1U);
}

TEST_F(FeedTest, ALostHintCostsOnlyTime) {
  normal();
  hold("watch");
  rename("F", "x");
  append("x", line(1));
  rename("x", "F");
  run();
  period();
  EXPECT_EQ(status().counters.read, 1U);
}

// ---------------------------------------------------------------- what others do to F

TEST_F(FeedTest, AReplacedFeedIsReadToItsEndAndThenTheOther) {
  normal(lines(1, 1));
  rename("F", "moved_by_an_admin");
  append("moved_by_an_admin", line(2));
  file("F", lines(3, 3));
  period();
  EXPECT_EQ(said("was replaced by another file"), 1);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>; CHECK <3@x>");
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n438 <3@x>\r\n");
  EXPECT_EQ(text("moved_by_an_admin"), blanked(lines(1, 2)));
  EXPECT_EQ(text("F"), blanked(line(3)));
}

TEST_F(FeedTest, AReplacedFeedMayEndInAHalf) {
  normal(line(1) + record(2).substr(0, 20));
  rename("F", "moved");
  file("F", record(2).substr(20) + "\n" + line(3));
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <3@x>; CHECK <2@x>");
}

TEST_F(FeedTest, AFeedThatIsGoneIsStillRead) {
  normal(lines(1, 1));
  rename("F", "moved");
  period();
  EXPECT_EQ(said("was taken away"), 1);
  EXPECT_TRUE(flush_asked());
  append("moved", line(2));
  run();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
  file("F", lines(3, 3));
  innd(FlushOutcome::ok);
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <3@x>");
  EXPECT_EQ(said("was taken away"), 1);
}

TEST_F(FeedTest, AnEmptiedFeedIsReadFromItsStart) {
  normal(lines(1, 3));
  ASSERT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>; CHECK <3@x>");
  cut("F", 0);
  period();
  EXPECT_EQ(said("was made shorter"), 1);
  EXPECT_EQ(status().counters.forgotten, 3U) << "I12";
  append("F", line(7));
  run();
  EXPECT_EQ(peer(1).said(), "CHECK <7@x>");
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n438 <3@x>\r\n");
  EXPECT_EQ(text("F"), line(7)) << "old answers settle nothing of it";
  peer(1).says("438 <7@x>\r\n");
  EXPECT_EQ(text("F"), blanked(line(7)));
}

TEST_F(FeedTest, WhatIsNoPlainFileEndsTheProcess) {
  normal();
  symlink("F", "elsewhere");
  period();
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 16);
}

TEST_F(FeedTest, AFeedThatCannotBeOpenedEndsTheProcess) {
  start();
  fail("open F update", EACCES);
  innd_flushes();
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 12);
}

TEST_F(FeedTest, AtStartAFileThatCannotBeOpenedForLackOfRoomIsTriedAgain) {
  file("F", lines(1, 1));
  fail("open F update", EMFILE);
  start();
  EXPECT_EQ(state(), FeedState::starting);
  period();
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

// ---------------------------------------------------------------- F_flushing's end

TEST_F(FeedTest, WhatGrewSinceItsEndWasReadIsReadOn) {
  finishing(lines(1, 1));
  hold("stat F_flushing");
  peer(1).said();
  peer(1).says("438 <1@x>\r\n");
  append("F_flushing", line(2));
  let_go("stat F_flushing");
  EXPECT_TRUE(exists("F_flushing")) << "I4";
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>");
  period();
  peer(1).says("438 <2@x>\r\n");
  EXPECT_FALSE(exists("F_flushing"));
}

TEST_F(FeedTest, ItStaysUntilItsBlanksAreWritten) {
  finishing(lines(1, 1));
  fail("blank F_flushing", ENOSPC);
  peer(1).says("438 <1@x>\r\n");
  EXPECT_TRUE(exists("F_flushing"));
  period();
  EXPECT_FALSE(exists("F_flushing"));
  EXPECT_EQ(state(), FeedState::normal);
}

// A busy F must not keep F_flushing.
TEST_F(FeedTest, ItDoesNotWaitForTheBlanksOfTheNewFeed) {
  finishing(lines(1, 1));
  append("F", line(2));
  run();
  hold("blank F 0");
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n");
  EXPECT_FALSE(exists("F_flushing"));
}

TEST_F(FeedTest, TheFinishTimeoutMakesItABacklogFile) {
  config.sync_feed = false;
  finishing(lines(1, 2));
  asked({});
  pass(config.flush_finish_timeout - config.period);
  EXPECT_EQ(state(), FeedState::finishing);
  pass(3 * config.period);
  EXPECT_EQ(state(), FeedState::normal);
  const std::string name = "F_backlog.864002010." + std::to_string(stat(backlog().front()).inode);
  EXPECT_EQ(backlog(), Lines{name});
  EXPECT_EQ(asked({"disconnect", "link", "unlink", "sync"}),
            (Lines{"disconnect C1", "sync F_flushing", "link F_flushing " + name, "sync directory",
                   "unlink F_flushing", "sync directory"}))
      << "I3";
  EXPECT_EQ(text(name), lines(1, 2)) << "I1";
}

TEST_F(FeedTest, OneThatIsGivenUpIsMovedAndNeverRemoved) {
  config.queue_per_file_max = 1;
  flushing(lines(1, 3));
  hold("read F_flushing");
  innd_flushes();
  ask("flush");  // finishes it by force, before all of it was read
  let_go("read F_flushing");
  EXPECT_EQ(state(), FeedState::normal);
  ASSERT_EQ(backlog().size(), 1U);
  EXPECT_EQ(text(backlog().front()), lines(1, 3)) << "I4";
}

TEST_F(FeedTest, ANameThatIsTakenIsNotUsed) {
  finishing(lines(1, 1));
  fail("link F_flushing", EEXIST, 2);
  ask("flush");
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_TRUE(backlog().front().starts_with("F_backlog.864000002.")) << backlog().front();
}

// While F_flushing cannot be moved, the rest of the feed goes on.
TEST_F(FeedTest, AFullDirectoryStopsOnlyTheMove) {
  finishing(lines(1, 1));
  fail("link F_flushing", ENOSPC, 1000);
  ask("flush");
  EXPECT_EQ(state(), FeedState::finishing);
  willing();
  append("F", lines(2, 3));
  run();
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(status().counters.accepted, 2U) << "articles of F are sent";
  EXPECT_EQ(state(), FeedState::finishing);
}

TEST_F(FeedTest, WhatWasDeferredMeanwhileIsNotForgotten) {
  finishing(lines(1, 2));
  hold("sync F_defer");
  peer(1).says("431 <1@x>\r\n");
  ask("flush");
  EXPECT_EQ(state(), FeedState::finishing) << "its record is not durable yet (I2)";
  let_go("sync F_defer");
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(text("F_defer"), line(1));
  EXPECT_EQ(text(backlog().front()), blanked(line(1)) + line(2));
}

TEST_F(FeedTest, BadLinesAreKeptBeforeItGoes) {
  finishing("rubbish\n" + line(1));
  asked({});
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(asked({"append", "sync F_bad", "unlink"}),
            (Lines{"append F_bad \"rubbish\\n\"", "sync F_bad", "unlink F_flushing"}))
      << "I4";
}

TEST_F(FeedTest, BadLinesThatCannotBeKeptKeepTheFile) {
  finishing("rubbish\n" + line(1));
  fail("append F_bad", ENOSPC);
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(state(), FeedState::normal);
  ASSERT_EQ(backlog().size(), 1U);
  EXPECT_EQ(text(backlog().front()), "rubbish\n" + blanked(line(1))) << "I4";
}

// ---------------------------------------------------------------- half lines

struct Half {
  const char* what;
  std::string end;    // of F_flushing, without newline
  std::string first;  // of F
  std::string offered;
  std::uint64_t bad;
};

TEST_F(FeedTest, Halves) {
  const Half cases[] = {
      {"a whole record", record(2), lines(3, 3), "CHECK <1@x>; CHECK <2@x>; CHECK <3@x>", 0},
      {"cut in two", record(2).substr(0, 20), record(2).substr(20) + "\n" + line(3),
       "CHECK <1@x>; CHECK <3@x>; CHECK <2@x>", 0},  // whose it is, the article decides
      {"the line has its own", record(2).substr(0, 20), lines(3, 3), "CHECK <1@x>; CHECK <3@x>", 1},
      {"they do not fit", record(2).substr(0, 20), "x" + record(2).substr(21) + "\n" + line(3),
       "CHECK <1@x>; CHECK <3@x>", 2},
      {"spaces", "    ", lines(3, 3), "CHECK <1@x>; CHECK <3@x>", 0},
  };
  for (const Half& c : cases) {
    SCOPED_TRACE(c.what);
    Feeding s;
    s.flushing(line(1) + c.end);
    s.file("F", c.first);
    s.innd(FlushOutcome::ok);
    EXPECT_EQ(s.peer(1).said(), c.offered);
    EXPECT_EQ(s.status().counters.bad, c.bad);
    std::istringstream checks(c.offered);
    for (std::string verb, id; checks >> verb >> id;) {
      id = id.substr(0, id.find(';'));
      EXPECT_TRUE(id != "<2@x>" || s.exists("F_flushing")) << "I4";
      s.peer(1).says("438 " + id + "\r\n");
    }
    EXPECT_FALSE(s.exists("F_flushing"));
    if (c.bad < 2) {
      EXPECT_EQ(s.text("F"), blanked(c.first)) << "both spans";
    }
  }
}

TEST_F(FeedTest, AHalfWaitsForTheFirstLine) {
  flushing(line(1) + record(2).substr(0, 20));
  file("F", record(2).substr(20, 5));
  innd(FlushOutcome::ok);
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(state(), FeedState::finishing) << "I4: half an entry is in it";
  append("F", record(2).substr(25) + "\n");
  run();
  peer(1).said();
  period();
  peer(1).says("438 <2@x>\r\n");
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(text("F"), std::string(24, ' ') + "\n");
}

TEST_F(FeedTest, WhileAHalfWaitsItsFileIsNotMoved) {
  flushing(line(1) + record(2).substr(0, 20));
  file("F", {});
  innd(FlushOutcome::ok);
  ask("flush");
  EXPECT_EQ(state(), FeedState::finishing);
  EXPECT_EQ(said("the rest of its last line has not come"), 1);
  EXPECT_TRUE(backlog().empty());
  EXPECT_EQ(status().counters.returned, 1U) << "what was stuck is offered again";
  append("F", record(2).substr(20) + "\n");
  run();
  EXPECT_EQ(status().counters.read, 2U);
}

// The joined entry would have two homes: it is recorded elsewhere before its file is moved.
TEST_F(FeedTest, AJoinedEntryIsDeferredBeforeItsFileIsMoved) {
  flushing(line(1) + record(2).substr(0, 20));
  file("F", record(2).substr(20) + "\n");
  innd(FlushOutcome::ok);
  hold("sync F_defer");
  ask("flush");
  EXPECT_EQ(state(), FeedState::finishing) << "I2";
  let_go("sync F_defer");
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(text("F_defer"), line(2));
  EXPECT_EQ(text("F"), std::string(24, ' ') + "\n");
  EXPECT_EQ(text(backlog().front()), line(1) + std::string(20, ' '));
}

TEST_F(FeedTest, TheJoinedEntrysRestIsBlankedBeforeItsHeadGoes) {
  flushing(record(2).substr(0, 20));
  file("F", record(2).substr(20) + "\n");
  innd(FlushOutcome::ok);
  fail("blank F 0", ENOSPC);
  peer(1).says("438 <2@x>\r\n");
  EXPECT_EQ(state(), FeedState::finishing);
  EXPECT_TRUE(exists("F_flushing"));
  period();
  EXPECT_EQ(state(), FeedState::normal);
}

// ---------------------------------------------------------------- a dropped feed

// Exit 4: F_flushing, F_defer, backlog files, in this order, then the lock file.
TEST_F(FeedTest, ADroppedFeedIsFinished) {
  file("F_lock", "text");
  file("F_backlog.1", lines(5, 5));
  stat("F_backlog.1").modified = now().wall;  // too young to be read
  flushing(lines(1, 2));
  asked({});
  innd(FlushOutcome::no_such_site);
  EXPECT_FALSE(exit());
  peer(1).says("438 <1@x>\r\n431 <2@x>\r\n");
  EXPECT_FALSE(exists("F_flushing"));
  EXPECT_TRUE(exists("F_lock"));
  answers = {{"CHECK", "438"}};
  for (int periods = 0; periods < 20 && !exit(); ++periods) {
    period();
  }
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 4);
  EXPECT_FALSE(exists("F_lock"));
  EXPECT_FALSE(exists("F_defer"));
  EXPECT_TRUE(backlog().empty());
  EXPECT_EQ(status().counters.unwanted, 3U);
  EXPECT_EQ(asked({"unlink"}).back(), "unlink F_lock");
}

TEST_F(FeedTest, ItIsRemovedOnlyWhenNobodyWritesToIt) {
  asked({});
  dropping();
  EXPECT_EQ(asked({"close", "prove", "stat", "unlink F_fl", "unlink F_lock"}),
            (Lines{"close F_flushing", "prove unwritten F_flushing", "stat F_flushing",
                   "unlink F_flushing", "unlink F_lock"}))
      << "our own descriptor could write, too";
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 4);
}

TEST_F(FeedTest, SomebodyWhoWritesMeansAWrongName) {
  somebody_writes = true;
  dropping();
  EXPECT_FALSE(exit());
  period();
  EXPECT_FALSE(exit());
  period();
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 16);
  EXPECT_TRUE(exists("F_flushing"));
  EXPECT_EQ(said("is site the name in newsfeeds"), 1);
}

TEST_F(FeedTest, SoDoesGrowth) {
  hold("prove");
  dropping();
  append("F_flushing", line(1));
  let_go("prove");
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 16);
  EXPECT_TRUE(exists("F_flushing"));
}

TEST_F(FeedTest, WithoutLeasesItIsKeptUntilItHasNotGrownForLong) {
  config.max_flush_interval = 300s;
  cannot_prove = EINVAL;
  dropping();
  EXPECT_FALSE(exit());
  EXPECT_EQ(said("keeping F_flushing"), 1);
  pass(290s);
  EXPECT_FALSE(exit());
  EXPECT_TRUE(exists("F_flushing"));
  pass(60s);
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 4);
  EXPECT_FALSE(exists("F_flushing"));
}

TEST_F(FeedTest, WithoutLeasesGrowthEndsTheProcess) {
  cannot_prove = EINVAL;
  dropping();
  append("F_flushing", line(1));
  period();
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 16);
}

// Nothing is concluded from a look that failed.
TEST_F(FeedTest, ADroppedFileThatCannotBeLookedAtEndsTheProcess) {
  for (const bool leases : {true, false}) {
    Feeding s;
    s.cannot_prove = leases ? 0 : EINVAL;
    s.fail("stat F_flushing", EIO);
    s.dropping();
    s.period();
    ASSERT_TRUE(s.exit());
    EXPECT_EQ(s.exit()->code, 12);
    EXPECT_EQ(s.said("cannot look at F_flushing"), 1);
    EXPECT_TRUE(s.exists("F_flushing"));
  }
}

TEST_F(FeedTest, ASettledFileThatSomebodyTookAwayIsDone) {
  for (const char* at : {"prove", "stat F_flushing"}) {
    Feeding s;
    s.hold(at);
    s.dropping();
    s.remove("F_flushing");
    s.let_go(at);
    ASSERT_TRUE(s.exit()) << at;
    EXPECT_EQ(s.exit()->code, 4);
    EXPECT_EQ(s.said("was taken away"), 1);
  }
}

TEST_F(FeedTest, AFlushedFileThatSomebodyTookAwayIsDone) {
  willing();
  hold("stat F_flushing");
  flushing(lines(1, 1));
  innd_flushes();
  ASSERT_EQ(state(), FeedState::finishing);
  remove("F_flushing");
  let_go("stat F_flushing");
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(said("was taken away"), 1);
}

TEST_F(FeedTest, AHalfThatIsNoRecordIsBadWhenTheFeedIsDropped) {
  dropping(record(1).substr(0, 20));
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 4);
  EXPECT_EQ(text("F_bad"), record(1).substr(0, 20) + "\n") << "I4";
}

TEST_F(FeedTest, AHalfThatIsARecordIsOffered) {
  dropping(record(1));
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
  peer(1).says("438 <1@x>\r\n");
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 4);
}

TEST_F(FeedTest, AnUnreadableBacklogFileHoldsTheEndBack) {
  file("F_backlog.1", lines(1, 1));
  fail("open F_backlog.1", EACCES, 1000);
  dropping();
  period();
  period();
  EXPECT_FALSE(exit());
  EXPECT_EQ(said("F_backlog.1, which cannot be read"), 1);
  remove("F_backlog.1");
  ask("next blscan");
  period();
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 4);
}

TEST_F(FeedTest, ArticlesInTheQuarantineAreLeftThere) {
  store["@1@"] = FetchOutcome::damaged;
  answers = {{"CHECK", "238"}};
  dropping(lines(1, 1));
  period();
  EXPECT_EQ(said("1 articles are left in F_quarantine"), 1);
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 4);
  EXPECT_TRUE(text("F_quarantine").starts_with(record(1) + " ")) << "I1";
  EXPECT_FALSE(exists("F_suspects"));
  EXPECT_FALSE(exists("F_inflight"));
}

TEST_F(FeedTest, AFeedThatIsBegunAgainAtTheLastMomentGoesOn) {
  hold("unlink F_flushing");
  dropping();
  file("F", lines(1, 1));
  let_go("unlink F_flushing");
  EXPECT_FALSE(exit());
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

TEST_F(FeedTest, NoSuchSiteAsItsFileAppearsMeansNothing) {
  start();
  hold("open F update");
  file("F", lines(1, 1));
  period();
  innd(FlushOutcome::no_such_site);
  let_go("open F update");
  EXPECT_EQ(state(), FeedState::normal);
}

// ---------------------------------------------------------------- the flush command

TEST_F(FeedTest, TheFlushCommandSaysWhatItDoes) {
  Feeding waiting;
  waiting.start();
  EXPECT_TRUE(waiting.ask("flush").starts_with("there is no feed file yet"));
  Feeding normal;
  normal.normal();
  EXPECT_TRUE(normal.ask("flush").starts_with("the feed is being flushed\n"));
  EXPECT_TRUE(normal.ask("flush").starts_with("the feed is being flushed already"));
  normal.innd(FlushOutcome::refused, "1 no");
  EXPECT_TRUE(normal.ask("flush").starts_with("innd is asked again"));
  Feeding finishing;
  finishing.finishing();
  EXPECT_TRUE(finishing.ask("flush").starts_with("the last flush is finished by force"));
  Feeding dropping;
  dropping.dropping(lines(1, 1));
  EXPECT_TRUE(dropping.ask("flush").starts_with("the feed was dropped"));
}

// ---------------------------------------------------------------- durability of F

TEST_F(FeedTest, WhatInndAppendedIsMadeDurableEachPeriod) {
  normal(lines(1, 1));
  asked({});
  period();
  EXPECT_EQ(asked({"sync F"}), Lines{"sync F"});
  period();
  EXPECT_EQ(asked({"sync F"}), Lines{}) << "it did not grow";
  append("F", line(2));
  run();
  period();
  EXPECT_EQ(asked({"sync F"}), Lines{"sync F"});
}

TEST_F(FeedTest, UnlessTheAdministratorSaysNo) {
  config.sync_feed = false;
  normal(lines(1, 1));
  asked({});
  period();
  EXPECT_EQ(asked({"sync F"}), Lines{});
}

TEST_F(FeedTest, AFailedSyncOfTheFeedEndsTheProcess) {
  normal(lines(1, 1));
  fail("sync F", EIO);
  period();
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 12) << "I9";
}

}  // namespace
}  // namespace innduct::engine
