// found_by_seeds_test.cc: what the simulated world found wrong with the engine, each as a scene of
// its own. A seed alone would not do: its history changes whenever the world learns a new cruelty.
#include <gtest/gtest.h>

#include <cerrno>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct FoundBySeeds : testing::Test, Scene {
  void normal(std::string_view lines_of_feed) {
    file("F", lines_of_feed);
    start();
    ASSERT_EQ(state(), FeedState::normal);
  }
  void flushing(std::string_view lines_of_feed) {
    normal(lines_of_feed);
    ask("flush");
    ASSERT_EQ(state(), FeedState::flushing);
  }
  void dropping(std::string_view lines_of_feed) {
    flushing(lines_of_feed);
    innd(FlushOutcome::no_such_site);
  }
};

// The deadline of the room that polls F lay in the past, and nothing moved it while start-up
// waited.
TEST_F(FoundBySeeds, StartUpThatWaitsForThePeriodDoesNotSpin) {
  config.watch = false;
  file("F", lines(1, 1));
  fail("open F update", EMFILE);
  start();
  pass(config.period - 1s);
  ASSERT_EQ(state(), FeedState::starting);
  EXPECT_GT(deadline(), now().monotonic);
  pass(1s);
  EXPECT_EQ(state(), FeedState::normal);
}

// F was held back for a half that had been judged already, and nothing ever let it go.
TEST_F(FoundBySeeds, AFeedThatIsBegunAgainWhileTheOldOneIsClosedIsRead) {
  normal(lines(1, 1));
  remove("F");
  period();
  innd(FlushOutcome::no_such_site);
  hold("close F");
  peer(1).says("438 <1@x>\r\n");
  file("F", lines(2, 2));
  period();
  let_go("close F");
  period();
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
}

// What was deferred had just become a backlog file, of which nobody knew yet.
TEST_F(FoundBySeeds, TheLastDeferralIsOfferedBeforeADroppedFeedEnds) {
  dropping(lines(1, 1));
  hold("list F_backlog");
  peer(1).says("431 <1@x>\r\n");
  period();
  EXPECT_FALSE(exit());
  EXPECT_EQ(backlog().size(), 1U);
}

// F was looked for once, long before everything else was done.
TEST_F(FoundBySeeds, ADroppedFeedThatIsBegunAgainWhileABacklogFileIsUnreadableGoesOn) {
  file("F_backlog.1", lines(5, 5));
  fail("open F_backlog.1", EACCES, 1000);
  dropping("");
  period();
  ASSERT_FALSE(exit());
  remove("F_backlog.1");
  ask("next blscan");
  hold("lstat F");
  file("F", lines(1, 1));
  period();
  let_go("lstat F");
  EXPECT_FALSE(exit());
  EXPECT_EQ(state(), FeedState::normal);
}

// Nobody could prove that F_flushing had no writer, so a feed that was begun again waited for a
// day.
TEST_F(FoundBySeeds, ANewFeedIsProofThatNobodyWritesToTheOldOne) {
  cannot_prove = EINVAL;
  dropping("");
  period();
  ASSERT_TRUE(exists("F_flushing"));
  file("F", lines(1, 1));
  period();
  EXPECT_FALSE(exists("F_flushing"));
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

// The first article that was put off decided when all of them are offered again.
TEST_F(FoundBySeeds, EachArticleThatIsPutOffWaitsForItsOwnTime) {
  normal(lines(1, 2));
  fail("append F_defer", ENOSPC, 2);
  peer(1).said();
  peer(1).says("431 <1@x>\r\n");
  pass(config.earliest_deferred_retry - 1s);
  peer(1).says("431 <2@x>\r\n");
  pass(1s);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
  pass(config.earliest_deferred_retry - 2s);
  EXPECT_EQ(peer(1).said(), "");
  pass(1s);
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>");
}

// Rule 7 was kept only for what had been read, and reading stops when the queue is full.
TEST_F(FoundBySeeds, WhatIsNotReadYetIsMadeDurableToo) {
  normal(lines(1, 2));
  period();
  asked({});
  for (unsigned number = 3; number < 2000; ++number) {
    append("F", line(number));
  }
  run();
  ASSERT_LT(status().counters.read, 1000U);
  period();
  EXPECT_EQ(asked({"sync F"}), Lines{"sync F"});
}

// In SEPARATED F was not opened before all of F_flushing was read.
TEST_F(FoundBySeeds, TheNewFeedIsMadeDurableWhileTheOldOneIsRead) {
  flushing(lines(1, 1));
  hold("read F_flushing");
  innd_flushes();
  ASSERT_EQ(state(), FeedState::separated);
  append("F", line(2));
  asked({});
  period();
  const Lines synced = asked({"sync F"});
  EXPECT_NE(std::ranges::find(synced, "sync F"), synced.end());
  EXPECT_EQ(status().counters.read, 1U) << "articles keep their order";
}

// Only F was looked at; what had become F_flushing was not.
TEST_F(FoundBySeeds, AFeedThatIsEmptiedAfterItsFlushIsReadFromItsStart) {
  flushing("rubbish\n" + lines(1, 2));
  ASSERT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
  cut("F_flushing", 0);
  period();
  EXPECT_EQ(said("F_flushing was made shorter"), 1);
  innd_flushes();
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n");
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_FALSE(exists("F_flushing"));
  EXPECT_FALSE(exists("F_bad"));
}

// F_flushing's half waited for the first line of a file to which nobody wrote any more.
TEST_F(FoundBySeeds, TheRestOfAHalfIsLookedForInTheFileThatTookThePlaceOfAnEmptyOne) {
  flushing(line(1) + record(2).substr(0, 20));
  file("F", {});
  innd(FlushOutcome::ok);
  ASSERT_EQ(state(), FeedState::finishing);
  rename("F", "moved_by_an_admin");
  file("F", record(2).substr(20) + "\n");
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
}

TEST_F(FoundBySeeds, AHalfOfWhichTheRestWasTakenAwayIsBad) {
  flushing(line(1) + record(2).substr(0, 20));
  file("F", record(2).substr(20, 5));
  innd(FlushOutcome::ok);
  rename("F", "moved_by_an_admin");
  file("F", lines(3, 3));
  period();
  peer(1).says("438 <1@x>\r\n");
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <3@x>");
  EXPECT_EQ(text("F_bad"), record(2).substr(0, 20) + "\n");
}

// It waited for the first line of a file that had lost its name, too.
TEST_F(FoundBySeeds, TheRestOfAHalfIsLookedForInWhateverTookThePlaceOfF) {
  normal(line(1) + record(2).substr(0, 20));
  rename("F", "moved_by_an_admin");
  file("F", {});
  period();
  rename("F", "moved_again");
  file("F", record(2).substr(20) + "\n");
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
}

// It was not even made durable before the first one was done.
TEST_F(FoundBySeeds, AnEmptyFileThatLostItsNameIsNotKept) {
  normal(lines(1, 1));
  rename("F", "moved_by_an_admin");
  file("F", {});
  period();
  rename("F", "moved_again");
  period();
  EXPECT_EQ(flushes, 1);
  file("F", lines(2, 2));
  asked({});
  period();
  EXPECT_EQ(asked({"open F ", "sync F"}), (Lines{"open F update"}));
  period();
  EXPECT_EQ(asked({"sync F"}), Lines{"sync F"});
  EXPECT_EQ(flushes, 1) << "there is an F";
}

TEST_F(FoundBySeeds, AHalfDoesNotHoldUpTheEndOfADroppedFeed) {
  normal(record(2).substr(0, 20));
  rename("F", "moved_by_an_admin");
  file("F", {});
  period();
  rename("F", "moved_again");
  period();
  ASSERT_TRUE(flush_asked());
  innd(FlushOutcome::no_such_site);
  pass(config.flush_retry_interval + config.period);
  ASSERT_TRUE(flush_asked());
  innd(FlushOutcome::no_such_site);
  period();
  EXPECT_EQ(exit()->code, 4);
  EXPECT_EQ(status().counters.bad, 1U);
}

// The name of a file that had just taken the place of F was not durable yet, the link to be undone
// was.
TEST_F(FoundBySeeds, ALinkToTheWrongFileGoesWhenItsOtherNameIsDurable) {
  normal(lines(1, 1));
  hold("link F");
  ask("flush");
  file("F", lines(2, 2));
  asked({});
  let_go("link F");
  const Lines names = asked({"unlink", "sync directory"});
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names.front(), "sync directory");
}

// The last record of a batch had no newline, was offered, and was offered again when people
// appended.
TEST_F(FoundBySeeds, ALastLineWithoutANewlineIsOneEntryWhateverFollowsIt) {
  file("F_backlog.1", line(1) + record(2));
  normal("");
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
  append("F_backlog.1", "\n" + line(3) + record(4));
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <3@x>; CHECK <4@x>");
  append("F_backlog.1", record(5) + "\n");
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <5@x>");
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n438 <3@x>\r\n438 <4@x>\r\n438 <5@x>\r\n");
  EXPECT_FALSE(exists("F_backlog.1"));
}

// The directory was synced for the F that follows a flush, and for no other.
TEST_F(FoundBySeeds, TheNameOfEachFeedFileIsMadeDurable) {
  start();
  asked({});
  innd_flushes();
  EXPECT_EQ(asked({"sync directory"}), Lines{"sync directory"}) << "innd made it while we waited";
  rename("F", "moved_by_an_admin");
  file("F", lines(1, 1));
  period();
  EXPECT_EQ(asked({"sync directory"}), Lines{"sync directory"}) << "it took the place of another";
  restart();
  EXPECT_EQ(asked({"sync directory"}), (Lines{"sync directory", "sync directory"}))
      << "it may have been made between the look at the directory and the sync of it";
}

// Every finish timeout was worth a warning.
TEST_F(FoundBySeeds, AHalfThatWaitsIsWarnedOfOnce) {
  flushing(line(1) + record(2).substr(0, 20));
  file("F", {});
  innd(FlushOutcome::ok);
  pass(10 * config.flush_finish_timeout);
  EXPECT_EQ(said("the rest of its last line has not come"), 1);
}

// One article that nobody could retrieve, alone in the queue, was worth a warning each period.
TEST_F(FoundBySeeds, AnArticleInTroubleIsWarnedOfOnce) {
  store["@1@"] = FetchOutcome::trouble;
  answers = {{"CHECK", "238"}};
  normal(lines(1, 1));
  pass(20 * config.period);
  EXPECT_EQ(said("cannot retrieve"), 1);
}

// A power cut leaves more lines with NULs in them than a sane file may have bad ones.
TEST_F(FoundBySeeds, LinesThatAPowerCutWreckedSayNothingAgainstTheFile) {
  config.max_bad_input_init = 3;
  config.max_bad_input_percent = 0;
  std::string wrecked;
  for (unsigned number = 1; number <= 40; ++number) {
    wrecked += std::string(30, '\0') + record(number).substr(20) + "\n";
  }
  normal(wrecked + line(41));
  EXPECT_FALSE(exit());
  EXPECT_EQ(status().counters.bad, 40U);
  EXPECT_EQ(peer(1).said(), "CHECK <41@x>");
}

// Its bad lines could not be kept, so it became a backlog file, which goes when it is done: under
// the eyes of an innd that knew the site by another name and wrote on.
TEST_F(FoundBySeeds, WhatIsMovedFromADroppedFeedHasNoWriter) {
  somebody_writes = true;
  fail("append F_bad", ENOSPC);
  asked({});
  dropping("no line\n");
  EXPECT_EQ(asked({"prove", "link F_fl"}), Lines{"prove unwritten F_flushing"});
  somebody_writes = false;
  period();
  EXPECT_EQ(asked({"prove", "stat F_fl", "link F_fl", "unlink F_fl"}),
            (Lines{"prove unwritten F_flushing", "stat F_flushing",
                   "link F_flushing F_backlog.864000000.1", "unlink F_flushing"}));
}

// It was seen, and opened, and the process ended beside it.
TEST_F(FoundBySeeds, NoBatchIsTakenUpByAProcessThatIsLeaving) {
  config.backlog_rescan_interval = config.period;
  hold("unlink F_suspects");
  dropping("");
  ASSERT_TRUE(holding("unlink F_suspects"));
  file("F_backlog.batch", lines(1, 1));
  asked({});
  period();
  EXPECT_EQ(asked({"list", "open"}), Lines{});
  let_go("unlink F_suspects");
  EXPECT_EQ(exit()->code, 4);
}

// It was recorded at once, and again at once, for as long as there was no room.
TEST_F(FoundBySeeds, AJoinedLineThatCannotBeRecordedWaits) {
  normal(line(1).substr(0, 20));
  ask("flush");
  file("F", line(1).substr(20));
  innd(FlushOutcome::ok);
  ASSERT_EQ(state(), FeedState::finishing);
  ASSERT_EQ(peer(1).said(), "CHECK <1@x>");
  fail("open F_defer", EMFILE, 1000);
  pass(config.flush_finish_timeout + config.period);
  EXPECT_GT(deadline(), now().monotonic);
  EXPECT_EQ(status().counters.deferred, 0U);
  EXPECT_TRUE(exists("F_flushing"));
}

// F was looked for in each period, for ever; nobody asked innd to make one, or what had become of
// it.
TEST_F(FoundBySeeds, InndIsAskedForAFeedThatVanishesBeforeItIsOpened) {
  normal("");
  hold("open F");
  file("F", "");  // in the place of the first
  period();
  ASSERT_TRUE(holding("open F"));
  remove("F");
  let_go("open F");
  EXPECT_EQ(said("F was taken away"), 1);
  ASSERT_TRUE(flush_asked());
  innd(FlushOutcome::no_such_site);
  period();
  EXPECT_EQ(exit()->code, 4);
}

// Where innd knew the site by another name the file grew while its bad lines were kept, and was
// closed with an article of it on its way.
TEST_F(FoundBySeeds, AFileThatGrowsWhileItsBadLinesAreKeptIsReadOn) {
  hold("sync F_bad");
  dropping("no line\n");
  ASSERT_TRUE(holding("sync F_bad"));
  append("F_flushing", line(1));
  period();
  ASSERT_EQ(peer(1).said(), "CHECK <1@x>");
  let_go("sync F_bad");
  EXPECT_TRUE(exists("F_flushing"));
  peer(1).says("438 <1@x>\r\n");
  period();
  EXPECT_EQ(exit()->code, 4);
}

// Two lists of steps ran into each other.
TEST_F(FoundBySeeds, AnFThatIsReplacedWhileBadLinesAreKept) {
  flushing("no line\n");
  file("F", {});
  hold("close F_bad");
  innd(FlushOutcome::ok);
  ASSERT_TRUE(holding("close F_bad"));
  hold("sync directory");
  rename("F", "moved_by_an_admin");
  file("F", {});
  period();
  ASSERT_TRUE(holding("sync directory"));
  let_go("close F_bad");
  let_go("sync directory");
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(text("F_bad"), "no line\n");
}

// Nobody tried again to open it.
TEST_F(FoundBySeeds, AnFThatCannotBeOpenedWhileTheOldOneIsFinishedIsTriedAgain) {
  flushing(line(1) + record(2).substr(0, 20));
  file("F", {});
  innd(FlushOutcome::ok);
  ASSERT_EQ(state(), FeedState::finishing);
  rename("F", "moved_by_an_admin");
  file("F", record(2).substr(20) + "\n" + line(3));
  fail("open F update", EMFILE);
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <3@x>; CHECK <2@x>");
}

TEST_F(FoundBySeeds, AnFThatVanishesWhileTheOldOneIsFinishedIsAskedForAfterwards) {
  flushing(line(1) + record(2).substr(0, 20));
  file("F", {});
  innd(FlushOutcome::ok);
  rename("F", "moved_by_an_admin");
  file("F", {});
  hold("open F update");
  period();
  remove("F");
  let_go("open F update");
  peer(1).says("438 <1@x>\r\n");
  period();
  EXPECT_EQ(state(), FeedState::normal);
  EXPECT_EQ(text("F_bad"), record(2).substr(0, 20) + "\n");
  pass(config.flush_retry_interval + config.period);
  EXPECT_EQ(flushes, 2);
}

// It lay there for a minute, and the feed ended with all offered, as it said: nobody had looked.
TEST_F(FoundBySeeds, ABatchThatCameSinceTheLastLookIsOfferedBeforeADroppedFeedEnds) {
  config.backlog_rescan_interval = 100 * config.period;
  flushing(lines(1, 1));
  file("F_backlog.batch", lines(2, 2));
  innd(FlushOutcome::no_such_site);
  period();
  peer(1).says("438 <1@x>\r\n");
  period();
  EXPECT_FALSE(exit());
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
}

}  // namespace
}  // namespace innduct::engine
