// outcomes_test.cc: proves that the outcome log has a line for each entry that leaves core, in the
// format that the manual page promises, and exactly as many as are counted; and none if none is
// wanted.
#include "engine/outcomes.h"

#include <gtest/gtest.h>

#include "core/token.h"
#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct OutcomesTest : testing::Test, Scene {
  OutcomesTest() { config.outcome_log = true; }
  void with(const std::string& text) {
    file("F", text);
    start();
  }
  // The lines since this was last asked, without their time.
  Lines outcomes() {
    constexpr std::string_view before = "outcome 1997-05-19T01:00:00.000Z ";
    Lines all;
    for (const std::string& line : asked({"outcome"})) {
      EXPECT_EQ(line.size() > before.size() && line.starts_with("outcome 1997-05-19T"), true)
          << line;
      all.push_back(line.substr(std::min(before.size(), line.size())));
    }
    return all;
  }
};

TEST_F(OutcomesTest, EachAnswerHasItsLine) {
  with(lines(1, 5));
  pass(12ms);
  peer(1).says("438 <1@x> have it\r\n238 <2@x>\r\n238 <3@x>\r\n431 <4@x>\r\n238 <5@x>\r\n");
  pass(30ms);
  peer(1).says("239 <2@x>\r\n439 <3@x> no \x1b[31mway\\\r\n");
  EXPECT_EQ(outcomes(), (Lines{"<1@x> unwanted 438 1/192.0.2.1 12 <1@x> have it",
                               "<4@x> deferred 431 1/192.0.2.1 12 <4@x>",
                               "<2@x> accepted 239 1/192.0.2.1 42 <2@x>",
                               "<3@x> rejected 439 1/192.0.2.1 42 <3@x> no \\x1b[31mway\\\\"}));
}

TEST_F(OutcomesTest, TheTimeIsThatOfTheTurn) {
  with(lines(1, 1));
  pass(1234ms);
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(asked({"outcome"}), (Lines{"outcome 1997-05-19T00:00:01.234Z <1@x> unwanted 438 "
                                       "1/192.0.2.1 1234 <1@x>"}));
}

TEST_F(OutcomesTest, TheNextConnectionHasTheNextNumber) {
  with(lines(1, 2));
  peer(1).says("438 <1@x>\r\n");
  peer(1).says("400 going\r\n");
  pass(config.reconnect_interval + config.period);
  ASSERT_EQ(peers(), 2U);
  append("F", line(3));
  run();
  pass(5ms);
  peer(2).says("438 <2@x>\r\n438 <3@x>\r\n");
  const Lines all = outcomes();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0], "<1@x> unwanted 438 1/192.0.2.1 0 <1@x>");
  EXPECT_EQ(all[2], "<3@x> unwanted 438 2/192.0.2.1 5 <3@x>");
}

TEST_F(OutcomesTest, WhatWasOfferedAgainHasTheLastAnswer) {
  with(lines(1, 1));
  peer(1).says("238 <1@x>\r\n");
  peer(1).says("400 going\r\n");
  pass(config.reconnect_interval + config.period);
  ASSERT_EQ(peers(), 2U);
  store["@1@"] = FetchOutcome::other;
  peer(2).says("238 <1@x>\r\n");
  EXPECT_EQ(outcomes(), (Lines{"<1@x> missing - - - another article has taken its place"}));
}

TEST_F(OutcomesTest, AnEntryWithoutAnIdIsCalledByItsLocator) {
  store["@1@"] = FetchOutcome::other;
  file("F_backlog.1", token(1) + "\n");
  stat("F_backlog.1").modified = now().wall - 1h;
  with({});
  EXPECT_EQ(outcomes(), (Lines{token(1) + " missing - - - another article has taken its place"}));
}

TEST_F(OutcomesTest, TheQuarantineHasItsReasonAndItsDrop) {
  store["@1@"] = FetchOutcome::damaged;
  with(lines(1, 1));
  peer(1).says("238 <1@x>\r\n");
  EXPECT_EQ(outcomes(), (Lines{"<1@x> quarantined - - - not fit to be sent: the store says so"}));
  ask("quarantine drop all");
  EXPECT_EQ(outcomes(), (Lines{"<1@x> dropped - - - -"}));
}

TEST_F(OutcomesTest, WhatHasNoCodeIsToldAsItCame) {
  with(lines(1, 2));
  pass(7ms);
  peer(1).says("hello?\r\n");
  EXPECT_EQ(outcomes(), (Lines{"<1@x> deferred - 1/192.0.2.1 7 hello?"}));
}

TEST_F(OutcomesTest, AFileThatWasEmptiedLeavesItsEntriesForgotten) {
  with(lines(1, 3));
  peer(1).says("438 <1@x> have it\r\n");
  append("F", line(4));  // takes the place of <1@x>
  run();
  cut("F", 0);
  period();
  Lines all = outcomes();
  std::ranges::sort(all);
  EXPECT_EQ(all, (Lines{"<1@x> unwanted 438 1/192.0.2.1 0 <1@x> have it", "<2@x> forgotten - - - -",
                        "<3@x> forgotten - - - -", "<4@x> forgotten - - - -"}));
  peer(1).says("438 <2@x>\r\n438 <3@x>\r\n438 <4@x>\r\n");
  EXPECT_EQ(outcomes(), Lines()) << "they were counted already";
  EXPECT_EQ(status().counters.forgotten, 3U);
}

// An entry that takes another one's place in memory knows nothing of its answers.
TEST_F(OutcomesTest, NothingIsLeftOfWhoWasThereBefore) {
  with(lines(1, 1));
  peer(1).says("438 <1@x> have it\r\n");
  store["@2@"] = FetchOutcome::other;
  file("F_backlog.1", token(2) + "\n");
  stat("F_backlog.1").modified = now().wall - 1h;
  ask("next blscan");
  period();
  EXPECT_EQ(outcomes(), (Lines{"<1@x> unwanted 438 1/192.0.2.1 0 <1@x> have it",
                               token(2) + " missing - - - another article has taken its place"}));
}

TEST_F(OutcomesTest, NobodyWantsThem) {
  config.outcome_log = false;
  with(lines(1, 2));
  peer(1).says("438 <1@x>\r\n431 <2@x>\r\n");
  EXPECT_EQ(status().counters.unwanted, 1U);
  EXPECT_EQ(outcomes(), Lines());
}

}  // namespace
}  // namespace innduct::engine
