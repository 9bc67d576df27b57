// quarantine_order_test.cc: proves that people can see, retry and drop what is in the quarantine:
// that who is retried is recorded elsewhere before its line goes (I1, I2), and that nobody else's
// line is touched. A whole engine on a stage (scene.h).
#include "engine/quarantine_order.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "scene.h"

namespace innduct::engine {
namespace {

using Lines = std::vector<std::string>;

std::string quarantined(unsigned number) { return record(number) + " 1700000000 a reason\n"; }

struct OrderTest : testing::Test, Scene {
  OrderTest() { config.low_volume_thresh = 0; }
  void with(const std::string& quarantine) {
    file("F", "");
    file("F_quarantine", quarantine);
    start();
  }
};

TEST_F(OrderTest, TheListShowsWhatStandsThere) {
  with(quarantined(1) + blanked(quarantined(2)) + "who wrote this?\n" + quarantined(3));
  EXPECT_EQ(ask("quarantine"), quarantined(1) + quarantined(3) + "2 articles\nsite|");
  EXPECT_EQ(text("F_quarantine"),
            quarantined(1) + blanked(quarantined(2)) + "who wrote this?\n" + quarantined(3));
  remove("F_quarantine");
  EXPECT_EQ(ask("quarantine"), "0 articles\nsite|");
}

TEST_F(OrderTest, AListIsEscapedAndBounded) {
  std::string all;
  for (unsigned number = 1; number <= 2000; ++number) {
    all += record(number) + " 1700000000 \x1b[2J\n";
  }
  with(all);
  const std::string answer = ask("quarantine");
  EXPECT_LT(answer.size(), QuarantineOrder::list_size_max + 100);
  EXPECT_NE(answer.find(" more: see F_quarantine"), answer.npos);
  EXPECT_EQ(answer.find('\x1b'), answer.npos);
}

TEST_F(OrderTest, OneIsRetriedAndTheOthersStay) {
  with(quarantined(1) + quarantined(2) + quarantined(3));
  hold("sync F_defer");
  EXPECT_EQ(ask("quarantine retry <2@x>"), "") << "the answer comes when it is done";
  EXPECT_EQ(text("F_quarantine"), quarantined(1) + quarantined(2) + quarantined(3)) << "I2";
  let_go("sync F_defer");
  EXPECT_EQ(text("F_quarantine"), quarantined(1) + blanked(quarantined(2)) + quarantined(3));
  EXPECT_EQ(text("F_defer"), line(2)) << "I1";
  EXPECT_EQ(status().counters.deferred, 1U);
  // In its time it is offered.
  pass(config.earliest_deferred_retry + 3 * config.period);
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>");
}

TEST_F(OrderTest, TheAnswerSaysHowMany) {
  with(quarantined(1) + quarantined(2));
  EXPECT_EQ(ask("quarantine retry <2@x>"), "1 article will be offered again\nsite|");
  EXPECT_EQ(ask("quarantine retry all"), "1 article will be offered again\nsite|");
  EXPECT_EQ(ask("quarantine retry all"), "nothing in the quarantine is called all\nsite|");
  EXPECT_EQ(ask("quarantine retry <7@x>"), "nothing in the quarantine is called <7@x>\nsite|");
  remove("F_quarantine");
  EXPECT_EQ(ask("quarantine drop all"), "the quarantine is empty\nsite|");
}

TEST_F(OrderTest, AllAreRetriedHoweverMany) {
  config.queue_per_file_max = 3;
  std::string all;
  for (unsigned number = 1; number <= 20; ++number) {
    all += quarantined(number);
  }
  with(all);
  EXPECT_EQ(ask("quarantine retry all"), "20 articles will be offered again\nsite|");
  EXPECT_EQ(text("F_quarantine"), blanked(all));
  EXPECT_EQ(text("F_defer"), lines(1, 20));
}

TEST_F(OrderTest, WhoeverIsDroppedIsNamedInTheLog) {
  with(quarantined(1) + quarantined(2));
  asked({});
  EXPECT_EQ(ask("quarantine drop <1@x>"), "1 article dropped\nsite|");
  EXPECT_EQ(asked({"note dropped from the quarantine by command: " + record(1)}).size(), 1U);
  EXPECT_EQ(text("F_quarantine"), blanked(quarantined(1)) + quarantined(2));
  EXPECT_EQ(status().counters.dropped, 1U);
  EXPECT_FALSE(exists("F_defer"));
  EXPECT_EQ(status().in_quarantine, 1U);
}

TEST_F(OrderTest, ALocatorNamesAnArticleToo) {
  with(token(1) + "\n" + quarantined(2));
  EXPECT_EQ(ask("quarantine retry " + token(1)), "1 article will be offered again\nsite|");
  EXPECT_EQ(text("F_defer"), token(1) + "\n");
}

TEST_F(OrderTest, OneOrderAtATime) {
  with(quarantined(1));
  hold("sync F_defer");
  ask("quarantine retry all");
  EXPECT_EQ(ask("quarantine drop all"),
            "another order about the quarantine is being carried out\nsite|");
  let_go("sync F_defer");
  EXPECT_EQ(ask("quarantine drop all"), "nothing in the quarantine is called all\nsite|");
}

TEST_F(OrderTest, NotBeforeTheFeedHasStarted) {
  hold("list");
  with(quarantined(1));
  EXPECT_EQ(ask("quarantine retry all"), "the feed is just being started: try again\nsite|");
}

// A person may have written in it.
TEST_F(OrderTest, BadLinesAreNoReasonToEnd) {
  config.max_bad_input_init = 0;
  config.max_bad_input_percent = 0;
  with("# seen by the postmaster\n" + quarantined(1) + "# no idea\n");
  EXPECT_EQ(ask("quarantine retry all"), "1 article will be offered again\nsite|");
  EXPECT_FALSE(exit());
}

TEST_F(OrderTest, ARetriedArticleIsNoSuspectAnyMore) {
  file("F_suspects", "1700000000 charge 3 peer <1@x> closed by the peer\n");
  with(quarantined(1));
  EXPECT_EQ(status().charged, 1U);
  ask("quarantine retry <1@x>");
  EXPECT_EQ(status().charged, 0U);
  EXPECT_FALSE(exists("F_suspects"));
}

TEST_F(OrderTest, WhatCannotBeOpenedIsSaid) {
  fail("open F_quarantine update", EACCES);
  with(quarantined(1));
  EXPECT_NE(ask("quarantine retry all").find(error_text(EACCES)), std::string::npos);
  fail("read F_quarantine", EIO);
  EXPECT_NE(ask("quarantine").find(error_text(EIO)), std::string::npos);
}

// On a full disk nothing is lost: its line stays, and it is offered from there.
TEST_F(OrderTest, WhoCannotBeRecordedIsOfferedAllTheSame) {
  fail("append F_defer", ENOSPC);
  with(quarantined(1));
  EXPECT_EQ(ask("quarantine retry all"), "");
  EXPECT_EQ(text("F_quarantine"), quarantined(1)) << "I1";
  pass(config.earliest_deferred_retry + config.period);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(text("F_quarantine"), blanked(quarantined(1)));
}

}  // namespace
}  // namespace innduct::engine
