// duct_test.cc: proves that events and commands reach their rooms, that the end is orderly
// whatever causes it, and that after every turn the counters add up (I12) and each entry is in one
// place (I5): the engine checks that itself. A whole engine on a stage (scene.h).
#include "engine/duct.h"

#include <gtest/gtest.h>

#include "engine/engine.h"
#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct DuctTest : testing::Test, Scene {
  void with(std::string_view text) {
    file("F", text);
    start();
  }
};

TEST_F(DuctTest, FromALineToItsBlank) {
  with(lines(1, 1));
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
  peer(1).says("238 <1@x>\r\n");
  EXPECT_EQ(peer(1).said(), "TAKETHIS <1@x> (article)");
  EXPECT_EQ(text("F"), line(1)) << "I1: not answered yet";
  peer(1).says("239 <1@x>\r\n");
  EXPECT_EQ(text("F"), blanked(line(1)));
}

TEST_F(DuctTest, AFileWithoutItsLastAnswersIsOfferedAgain) {
  with(lines(1, 3));
  peer(1).says("438 <1@x>\r\n");
  restart();
  EXPECT_EQ(peer(2).said(), "CHECK <2@x>; CHECK <3@x>");
}

TEST_F(DuctTest, BlanksOfATurnAreOneWrite) {
  with(lines(1, 3));
  asked({});
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n438 <3@x>\r\n");
  EXPECT_EQ(asked({"blank"}), Lines{"blank F 0 \"44\\n44\\n44\""});
}

TEST_F(DuctTest, CommandsOfATurnAreOneSend) {
  with(lines(1, 2));
  EXPECT_EQ(asked({"send C1 \"CHECK"}), Lines{"send C1 \"CHECK <1@x>\\r\\nCHECK <2@x>\\r\\n\""});
}

// ---------------------------------------------------------------- people

TEST_F(DuctTest, AClientIsGreetedWithThePrompt) {
  with("");
  asked({});
  event(Joined{ClientId{7}});
  EXPECT_EQ(asked({"answer"}), Lines{"answer \"site|\""});
}

TEST_F(DuctTest, EveryAnswerEndsWithThePrompt) {
  with(lines(1, 1));
  for (const char* command : {"", "h", "flush", "logstats", "show", "show json", "dump q", "dump a",
                              "next blscan", "next conn", "nonsense"}) {
    EXPECT_TRUE(ask(command).ends_with("site|")) << command;
  }
}

TEST_F(DuctTest, ShowTellsTheState) {
  with(lines(1, 2));
  peer(1).says("438 <1@x>\r\n");
  const std::string text = ask("show");
  for (const char* words :
       {"state=NORMAL", "read=2", "unwanted=1", "inflight=1", "connections=1"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << " is not in\n" << text;
  }
}

TEST_F(DuctTest, ADumpListsTheArticles) {
  with(lines(1, 2));
  EXPECT_EQ(ask("dump q"), "written to F_dump\nsite|");
  EXPECT_EQ(text("F_dump").find("article offset"), std::string::npos);
  ask("dump a");
  EXPECT_NE(text("F_dump").find("article offset=45 place=checking " + record(2)), std::string::npos)
      << text("F_dump");
}

TEST_F(DuctTest, LogstatsCountsAnewButShowDoesNot) {
  with(lines(1, 1));
  peer(1).says("438 <1@x>\r\n");
  asked({});
  ask("logstats");
  ask("logstats");
  const Lines notes = asked({"note statistics:"});
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_NE(notes[0].find("unwanted=1"), std::string::npos);
  EXPECT_NE(notes[1].find("unwanted=0"), std::string::npos);
  EXPECT_EQ(status().counters.unwanted, 1U);
}

TEST_F(DuctTest, StatisticsAreLoggedInTheirInterval) {
  with("");
  asked({});
  pass(config.stats_log_interval + config.period);
  EXPECT_EQ(asked({"note statistics:"}).size(), 1U);
}

// ---------------------------------------------------------------- the end

TEST_F(DuctTest, StopIsOrderly) {
  with(lines(1, 2));
  peer(1).says("438 <1@x>\r\n");
  peer(1).said();
  peer(1).says("438 <2@x>\r\n");
  asked({});
  ask("stop");
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 0);
  EXPECT_EQ(exit()->signal, 0);
  EXPECT_EQ(peer(1).said(), "QUIT");
  EXPECT_EQ(asked({"exit"}), Lines{"exit 0"});
}

TEST_F(DuctTest, ASignalEndsItBySignal) {
  with(lines(1, 2));
  asked({});
  event(Stop{15});
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->signal, 15);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>") << "no QUIT before answers";
  EXPECT_FALSE(peer(1).open());
  EXPECT_EQ(asked({"note statistics:"}).size(), 1U);
}

// What was answered in the last turn is blanked in it.
TEST_F(DuctTest, TheLastAnswersAreNotForgotten) {
  with(lines(1, 1));
  hold("blank");
  peer(1).says("438 <1@x>\r\n");
  ask("stop");
  EXPECT_TRUE(holding("blank F 0"));
}

// I9: nothing is blanked once something went wrong.
TEST_F(DuctTest, ATurnThatEndsInTroubleBlanksNothing) {
  with(lines(1, 2));
  hold("sync F_defer");
  peer(1).says("431 <1@x>\r\n");
  fail("sync F", EIO);
  asked({});
  hold("blank");
  period();
  ASSERT_TRUE(exit());
  EXPECT_EQ(exit()->code, 12);
  EXPECT_EQ(asked({"blank"}), Lines{});
}

// ---------------------------------------------------------------- time

TEST_F(DuctTest, ThereIsAlwaysADeadline) {
  with("");
  EXPECT_EQ(deadline(), now().monotonic + config.period);
  period();
  EXPECT_EQ(deadline(), now().monotonic + config.period);
}

TEST_F(DuctTest, AHintForAFileThatIsNotWatchedMeansNothing) {
  with(lines(1, 1));
  peer(1).says("438 <1@x>\r\n");
  asked({});
  event(Grew{FileId{1}});
  EXPECT_EQ(asked({""}), Lines{}) << "a hint for a file that is not watched";
}

// ---------------------------------------------------------------- the door

TEST(EngineTest, IsADuctBehindADoor) {
  Config config;
  config.site = "site";
  config.feed_name = "F";
  Engine engine(config, 1);
  Actions actions;
  const core::Now now{core::Instant(1h), core::WallTime(24h)};
  engine.start(now, actions);
  ASSERT_FALSE(actions.empty());
  EXPECT_TRUE(std::holds_alternative<OpenFile>(actions.list().back()));
  EXPECT_EQ(engine.deadline(), now.monotonic + config.period);
  actions.clear();
  const Event stop = Stop{15};
  engine.turn({&stop, 1}, now, actions);
  const auto* exit = std::get_if<Exit>(&actions.list().back());
  ASSERT_NE(exit, nullptr) << "the last action";
  EXPECT_EQ(exit->signal, 15);
}

// I10: the same seed and the same events give the same actions.
TEST(EngineTest, TheSameSeedGivesTheSameHistory) {
  const auto history = [] {
    Scene s;
    s.dead_addresses = {"192.0.2.1"};
    s.file("F", lines(1, 5));
    s.start();
    s.pass(20'000s);
    return s.asked({""});
  };
  EXPECT_EQ(history(), history());
}

// ---------------------------------------------------------------- what was of late

TEST_F(DuctTest, HowLongArticlesTookIsTold) {
  file("F", lines(1, 3));
  start();
  pass(2s);
  peer(1).says("431 <1@x>\r\n438 <2@x>\r\n");
  EXPECT_EQ(status().delays.recent.count(), 1U) << "a deferral is no final answer";
  EXPECT_GE(status().delays.recent.permille(1000), 2s);
  EXPECT_LE(status().answers.recent.permille(1000), 3s);
  pass(2s);
  peer(1).says("238 <3@x>\r\n");
  pass(4s);
  peer(1).says("239 <3@x>\r\n");
  EXPECT_GE(status().answers.recent.permille(1000), 8s) << "from the first offer on";
  pass(10min);
  EXPECT_EQ(status().delays.recent.count(), 0U);
  EXPECT_EQ(status().delays.in_all.count(), 2U);
}

TEST_F(DuctTest, AnArticleThatIsOfferedAgainIsTimedAnew) {
  file("F", lines(1, 1));
  start();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
  pass(60s);
  peer(1).hangs_up();
  for (int i = 0; i < 100 && peer(peers()).said().find("CHECK") == std::string::npos; ++i) {
    period();
  }
  peer(peers()).says("438 <1@x>\r\n");
  EXPECT_GE(status().delays.recent.permille(1000), 60s);
  EXPECT_LT(status().answers.recent.permille(1000), 60s);
}

TEST_F(DuctTest, TheLastMinuteIsToldAsCounters) {
  file("F", lines(1, 4));
  start();
  peer(1).says("438 <1@x>\r\n");
  pass(90s);
  peer(1).says("438 <2@x>\r\n438 <3@x>\r\n");
  pass(5s);
  EXPECT_EQ(status().minute.unwanted, 2U);
  EXPECT_GE(status().minute_took, 60s);
  EXPECT_LT(status().minute_took, 70s);
  EXPECT_EQ(status().accepted_in_each.size(), 9U);
}

TEST_F(DuctTest, WhenTheBacklogIsDoneIsTold) {
  file("F", {});
  file("F_backlog.1", lines(1, 2));
  file("F_backlog.2", lines(3, 5000));
  stat("F_backlog.1").modified = now().wall - 2h;
  stat("F_backlog.2").modified = now().wall - 1h;
  const std::uint64_t first = text("F_backlog.1").size();
  start();
  EXPECT_EQ(status().backlog_age, 2h);
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n");
  const std::uint64_t read = 65536;
  const std::uint64_t left = text("F_backlog.2").size() - read;
  EXPECT_EQ(status().backlog_left, left);
  EXPECT_EQ(status().backlog_done_in, std::nullopt) << "nobody knows yet";
  pass(60s);
  EXPECT_EQ(status().backlog_age, 1h + 60s);
  EXPECT_EQ(status().backlog_done_in, 1ms * (60'000 * left / (first + read)));
  pass(10min);
  EXPECT_EQ(status().backlog_done_in, std::nullopt) << "it does not go on";
  EXPECT_EQ(status().backlog_left, left);
}

TEST_F(DuctTest, WhatTheLogWarnedOfIsTold) {
  file("F", "nonsense\n");
  start();
  ASSERT_EQ(status().errors.size(), 1U);
  EXPECT_TRUE(status().errors[0].text.starts_with("bad line: F line 1"));
  pass(30s);
  EXPECT_EQ(status().errors[0].last_ago, 30s);
  EXPECT_EQ(status().warnings_noted, 1U);
  EXPECT_EQ(status().errors_noted, 0U);
}

}  // namespace
}  // namespace innduct::engine
