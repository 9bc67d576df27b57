// backlog_test.cc: proves which backlog file is read and when, that it goes only when nothing of it
// is owed (I4), and that an administrator may bring and take files at any time.
#include "engine/backlog.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct BacklogTest : testing::Test, Scene {
  BacklogTest() { file("F", {}); }
  void aged(const std::string& name, std::string_view bytes, core::Duration age) {
    file(name, bytes);
    stat(name).modified = now().wall - age;
  }
  Lines opened() { return asked({"open F_backlog"}); }
};

TEST_F(BacklogTest, TheOldestFirstAndOneAtATime) {
  aged("F_backlog.new", lines(1, 1), 200s);
  aged("F_backlog.old", lines(2, 2), 300s);
  start();
  EXPECT_EQ(opened(), Lines{"open F_backlog.old update follow"});
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>");
  EXPECT_EQ(status().backlog_files, 2U);
  peer(1).says("438 <2@x>\r\n");
  EXPECT_FALSE(exists("F_backlog.old"));
  EXPECT_EQ(opened(), Lines{"open F_backlog.new update follow"});
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(backlog(), Lines{});
}

TEST_F(BacklogTest, AFileMustBeOldEnough) {
  aged("F_backlog.1", lines(1, 1), 10s);
  start();
  EXPECT_EQ(opened(), Lines{});
  pass(80s);
  EXPECT_EQ(opened(), Lines{});
  pass(40s);
  EXPECT_EQ(opened(), Lines{"open F_backlog.1 update follow"}) << "in the period after it is";
}

TEST_F(BacklogTest, ATimeInTheFutureIsOldEnough) {
  aged("F_backlog.1", lines(1, 1), -24h);
  start();
  EXPECT_EQ(opened().size(), 1U);
}

TEST_F(BacklogTest, WhatAnEditorLeavesIsNone) {
  for (const char* name : {"F_backlog~", "F_backlog.#1", "F_backlog.1~", "F_backup"}) {
    file(name, lines(1, 1));
  }
  file("F_backlogged by hand", lines(2, 2));
  start();
  EXPECT_EQ(opened(), Lines{"open F_backlogged by hand update follow"});
}

TEST_F(BacklogTest, LooksAgainInItsInterval) {
  start();
  file("F_backlog.1", lines(1, 1));
  pass(config.backlog_rescan_interval - config.period);
  EXPECT_EQ(opened(), Lines{});
  pass(2 * config.period);
  EXPECT_EQ(opened().size(), 1U);
}

TEST_F(BacklogTest, OrByCommand) {
  start();
  file("F_backlog.1", lines(1, 1));
  ask("next blscan");
  EXPECT_EQ(opened(), Lines{}) << "at the next period";
  period();
  EXPECT_EQ(opened().size(), 1U);
}

TEST_F(BacklogTest, ASymbolicLinkIsWrittenThroughAndOnlyTheLinkGoes) {
  file("elsewhere", lines(1, 1));
  symlink("F_backlog.link", "elsewhere");
  start();
  peer(1).says("438 <1@x>\r\n");
  EXPECT_FALSE(exists("F_backlog.link"));
  EXPECT_EQ(text("elsewhere"), blanked(line(1)));
}

TEST_F(BacklogTest, ADanglingLinkIsNoHarm) {
  symlink("F_backlog.link", "nowhere");
  start();
  period();
  EXPECT_FALSE(exit());
  EXPECT_TRUE(exists("F_backlog.link"));
}

TEST_F(BacklogTest, OneThatIsTakenAwayIsFinishedAndItsNameLeftAlone) {
  config.queue_per_file_max = 1;
  file("F_backlog.1", lines(1, 2));
  start();
  rename("F_backlog.1", "taken");
  file("F_backlog.1", lines(5, 5));
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
  hold("open");
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(peer(1).said(), "") << "it is read no further";
  EXPECT_EQ(text("taken"), blanked(line(1)) + line(2)) << "what is in hand is settled";
  EXPECT_EQ(text("F_backlog.1"), line(5)) << "the name is another's";
  let_go("open");
  EXPECT_EQ(peer(1).said(), "CHECK <5@x>");
}

TEST_F(BacklogTest, OneThatIsRemovedIsFinished) {
  file("F_backlog.1", lines(1, 1));
  start();
  remove("F_backlog.1");
  peer(1).says("438 <1@x>\r\n");
  EXPECT_FALSE(exit());
  EXPECT_EQ(status().files.size(), 1U);
}

TEST_F(BacklogTest, OneThatGrowsIsReadOn) {
  file("F_backlog.1", lines(1, 1));
  start();
  append("F_backlog.1", line(2));
  peer(1).says("438 <1@x>\r\n");
  EXPECT_TRUE(exists("F_backlog.1")) << "I4";
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
  peer(1).says("438 <2@x>\r\n");
  EXPECT_FALSE(exists("F_backlog.1"));
}

TEST_F(BacklogTest, TheLastLineNeedsNoNewline) {
  file("F_backlog.1", line(1) + record(2));
  start();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
}

TEST_F(BacklogTest, AHalfRecordAtTheEndIsBadAndKept) {
  file("F_backlog.1", line(1) + record(2).substr(0, 30));
  start();
  peer(1).says("438 <1@x>\r\n");
  EXPECT_FALSE(exists("F_backlog.1"));
  EXPECT_EQ(text("F_bad"), record(2).substr(0, 30) + "\n") << "I4";
}

TEST_F(BacklogTest, OneThatCannotBeReadIsSaidOnceAndTriedInEachRegularLook) {
  aged("F_backlog.1", lines(1, 1), 2h);
  file("F_backlog.2", lines(2, 2));
  fail("open F_backlog.1", EACCES, 3);
  start();
  EXPECT_EQ(said("F_backlog.1 cannot be read"), 1);
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>") << "the others are read";
  EXPECT_EQ(opened(), (Lines{"open F_backlog.1 update follow", "open F_backlog.2 update follow"}));
  peer(1).says("438 <2@x>\r\n");
  EXPECT_EQ(status().backlog_unreadable, 1U);
  pass(config.backlog_rescan_interval + config.period);
  EXPECT_EQ(opened().size(), 1U);
  EXPECT_EQ(said("F_backlog.1 cannot be read"), 1);
  stat("F_backlog.1").modified += 1s;
  pass(config.backlog_rescan_interval + config.period);
  EXPECT_EQ(said("F_backlog.1 cannot be read"), 2) << "another file, to all appearances";
  pass(config.backlog_rescan_interval + config.period);
  EXPECT_EQ(peer(peers()).said(), "CHECK <1@x>");
  peer(peers()).says("438 <1@x>\r\n");
  EXPECT_EQ(status().backlog_unreadable, 0U);
}

TEST_F(BacklogTest, WhatIsNoPlainFileIsSetAside) {
  file("F_backlog.1", {});
  stat("F_backlog.1").type = FileType::directory;
  start();
  EXPECT_EQ(said("it is no plain file"), 1);
  pass(2 * config.backlog_rescan_interval);
  EXPECT_EQ(said("it is no plain file"), 1);
  EXPECT_EQ(opened(), Lines{});
}

TEST_F(BacklogTest, OneThatCannotBeOpenedForLackOfRoomIsTriedAgain) {
  file("F_backlog.1", lines(1, 1));
  fail("open F_backlog.1", EMFILE);
  start();
  EXPECT_EQ(said("cannot be read"), 0);
  EXPECT_EQ(said("cannot open F_backlog.1"), 1);
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

TEST_F(BacklogTest, BadLinesThatCannotBeKeptKeepTheFileButNotTheOthers) {
  file("F_backlog.1", "rubbish\n");
  file("F_backlog.2", lines(2, 2));
  stat("F_backlog.1").modified -= 1h;
  fail("append F_bad", ENOSPC);
  start();
  EXPECT_EQ(text("F_backlog.1"), "rubbish\n") << "I4";
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>");
  EXPECT_EQ(status().backlog_unreadable, 0U) << "it counts as done";
}

TEST_F(BacklogTest, BadLinesAreTriedAgainWhenAWarningIsDue) {
  file("F_backlog.1", "rubbish\n");
  fail("append F_bad", ENOSPC, 2);
  start();
  EXPECT_EQ(said("F_backlog.1 stays"), 1);
  pass(config.stats_log_interval - config.backlog_rescan_interval);
  EXPECT_EQ(said("F_backlog.1 stays"), 1);
  pass(2 * config.backlog_rescan_interval);
  EXPECT_EQ(said("F_backlog.1 stays"), 2);
  pass(config.stats_log_interval + config.backlog_rescan_interval);
  EXPECT_EQ(backlog(), Lines{}) << "there is room now";
  EXPECT_EQ(text("F_bad"), "rubbish\n");
}

TEST_F(BacklogTest, AListThatFailsIsTriedAgain) {
  file("F_backlog.1", lines(1, 1));
  fail("list F_backlog", EMFILE);
  start();
  EXPECT_EQ(peers(), 0U);
  period();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

TEST_F(BacklogTest, ALookThatFailsIsTriedAgain) {
  file("F_backlog.1", lines(1, 1));
  start();
  fail("stat F_backlog.1", EIO);
  peer(1).says("438 <1@x>\r\n");
  EXPECT_TRUE(exists("F_backlog.1"));
  period();
  EXPECT_FALSE(exists("F_backlog.1"));
}

TEST_F(BacklogTest, AnUnlinkThatFailsEndsTheProcess) {
  file("F_backlog.1", lines(1, 1));
  start();
  fail("unlink F_backlog.1", EROFS);
  peer(1).says("438 <1@x>\r\n");
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 12);
}

TEST_F(BacklogTest, WhatWasDeferredComesBack) {
  append("F", line(1));
  start();
  peer(1).says("431 <1@x>\r\n");
  EXPECT_EQ(text("F_defer"), line(1));
  period();
  EXPECT_FALSE(exists("F_defer"));
  ASSERT_EQ(backlog().size(), 1U);
  pass(config.earliest_deferred_retry + 2 * config.period);
  EXPECT_TRUE(peer(peers()).said().ends_with("CHECK <1@x>"));
}

}  // namespace
}  // namespace innduct::engine
