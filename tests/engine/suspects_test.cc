// suspects_test.cc: proves that an article that kills is found among innocents, is tried alone, and
// is quarantined when it has failed alone as often as it takes; that the others are fed meanwhile;
// that neither a sick peer nor a kill from outside nor the peer's good manners make anybody a
// suspect; and that a crash of ours leads to the article that was in our hands. A whole engine on a
// stage (scene.h).
#include "engine/suspects.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct SuspectsTest : testing::Test, Scene {
  SuspectsTest() {
    config.low_volume_thresh = 0;
    config.reconnect_interval = 30s;
    config.earliest_deferred_retry = 30s;
    config.idle_timeout = 10'000s;
  }
  void with(std::string_view text) {
    file("F", text);
    start();
  }
  // The peer has already whatever `said` offers.
  void decline(std::size_t number, const std::string& said) {
    std::string text;
    for (std::size_t at = 0; (at = said.find("CHECK <", at)) != said.npos; ++at) {
      const auto from = said.find('<', at);
      text += "438 " + said.substr(from, said.find('>', from) - from + 1) + "\r\n";
    }
    if (!text.empty()) {
      peer(number).says(text);
    }
  }
  // Periods pass until the article is offered, and the peer declines whatever else is. Returns the
  // connection on which it is; 0: on none.
  std::size_t await_offer(unsigned article) {
    const std::string offer = "CHECK " + message_id(article);
    constexpr int periods_max = 40;
    for (int periods = 0; periods < periods_max; ++periods) {
      for (std::size_t number = 1; number <= peers(); ++number) {
        if (!peer(number).open()) {
          continue;
        }
        last_said = peer(number).said();
        if (last_said.find(offer) != std::string::npos) {
          return number;
        }
        decline(number, last_said);
      }
      period();
    }
    return 0;
  }
  // The peer takes the text of another one: of what it was offered, or of what innd feeds now.
  void another_is_taken() {
    for (const bool is_fed : {false, true}) {
      const unsigned fed = 100 + fed_;
      if (is_fed) {
        ++fed_;
        append("F", line(fed));
        run();
      }
      for (std::size_t on = 1; on <= peers(); ++on) {
        const std::string said = peer(on).open() ? peer(on).said() : "";
        if (const auto from = said.rfind('<'); from != said.npos) {
          const std::string id = said.substr(from, said.find('>', from) - from + 1);
          decline(on, said.substr(0, said.rfind("CHECK")));
          peer(on).says("238 " + id + "\r\n");
          peer(on).says("239 " + id + "\r\n");
          return;
        }
      }
    }
    ADD_FAILURE() << "nothing is offered";
  }
  // The article is offered, wanted, sent; and the connection dies.
  void kill_with(unsigned article) {
    const std::size_t on = await_offer(article);
    ASSERT_NE(on, 0U) << "it is not offered";
    peer(on).says("238 " + message_id(article) + "\r\n");
    peer(on).hangs_up(ECONNRESET);
  }
  core::Counters counted() const { return status().counters; }

  std::string last_said;

 private:
  unsigned fed_ = 0;
};

// ---------------------------------------------------------------- a peer's killer

TEST_F(SuspectsTest, AKillerIsFoundAmongInnocentsAndQuarantined) {
  config.connections_max = 1;
  with(lines(1, 3));
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>; CHECK <3@x>");
  peer(1).says("238 <1@x>\r\n238 <2@x>\r\n238 <3@x>\r\n");
  peer(1).says("239 <1@x>\r\n");
  peer(1).hangs_up(ECONNRESET);
  EXPECT_EQ(status().suspects, 1U);
  EXPECT_EQ(status().charged, 0U) << "evidence in a crowd only points";
  kill_with(2);
  EXPECT_EQ(last_said, "CHECK <2@x>") << "alone";
  EXPECT_EQ(status().charged, 0U) << "nobody has shown since then that the peer is well";
  for (int times = 1; times <= 3; ++times) {
    EXPECT_EQ(status().charged, times == 1 ? 0U : 1U);
    EXPECT_FALSE(exists("F_quarantine"));
    append("F", line(100U + static_cast<unsigned>(times)));
    period();
    another_is_taken();
    kill_with(2);
    EXPECT_EQ(last_said, "CHECK <2@x>") << "alone";
  }
  EXPECT_EQ(counted().quarantined, 1U);
  EXPECT_TRUE(text("F_quarantine").starts_with(record(2) + " 864")) << text("F_quarantine");
  EXPECT_TRUE(text("F_quarantine")
                  .ends_with(" the peer failed 3 times at this article alone, the last time: " +
                             error_text(ECONNRESET) + "\n"));
  EXPECT_EQ(said("article quarantined: " + record(2)), 1);
  EXPECT_EQ(status().charged, 0U) << "that is over";
  EXPECT_FALSE(exists("F_suspects"));
  period();
  EXPECT_EQ(status().in_quarantine, 1U);
  EXPECT_EQ(status().suspects, 0U);
}

TEST_F(SuspectsTest, WhoeverPassesAloneIsCleared) {
  config.connections_max = 1;
  with(lines(1, 2));
  peer(1).hangs_up(ECONNRESET);
  EXPECT_EQ(status().suspects, 1U);
  const std::size_t on = await_offer(1);
  ASSERT_NE(on, 0U);
  EXPECT_EQ(last_said, "CHECK <1@x>");
  peer(on).says("431 <1@x>\r\n");
  EXPECT_EQ(status().suspects, 0U) << "later is an answer";
  EXPECT_EQ(counted().deferred, 1U);
}

TEST_F(SuspectsTest, OnTrialNothingElseIsOnItsConnection) {
  with(lines(1, 1));
  ask("next conn");
  append("F", lines(2, 3));
  run();
  ASSERT_EQ(peers(), 1U) << "one has room enough";
  peer(1).says("438 <1@x>\r\n");
  peer(1).hangs_up(ECONNRESET);
  const std::size_t on = await_offer(2);
  ASSERT_NE(on, 0U);
  EXPECT_EQ(last_said, "CHECK <2@x>");
  append("F", lines(4, 5));
  run();
  EXPECT_EQ(peer(on).said(), "");
  peer(on).says("438 <2@x>\r\n");
  EXPECT_EQ(status().suspects, 0U);
}

// With others allowed the feed should not hang on the one that a trial may cost.
TEST_F(SuspectsTest, ASecondConnectionIsMadeBeforeATrial) {
  with(lines(1, 2));
  peer(1).hangs_up(ECONNRESET);
  period();
  EXPECT_EQ(peer(2).said(), "CHECK <2@x>");
  peer(2).says("438 <2@x>\r\n");
  EXPECT_EQ(open_peers(), 1U);
  pass(config.reconnect_interval);
  EXPECT_EQ(open_peers(), 2U) << "though nothing else waits";
  EXPECT_EQ(peer(2).said() + peer(3).said(), "CHECK <1@x>");
}

TEST_F(SuspectsTest, AndIfNoneCanBeHadTheTrialIsHeldAllTheSame) {
  with(lines(1, 2));
  peer(1).hangs_up(ECONNRESET);
  period();
  peer(2).says("438 <2@x>\r\n");
  peer(2).said();
  greeting = "400 no more\r\n";
  period();
  EXPECT_EQ(peer(2).said(), "");
  for (int periods = 0; periods < 6 && peer(2).open(); ++periods) {
    period();
  }
  EXPECT_EQ(peer(2).said(), "QUIT") << "to be made anew";
  greeting = "200 hello\r\n";
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(peer(peers()).said(), "CHECK <1@x>");
}

// What else was on it may be why a connection dies: some peers close each one after so many bytes.
TEST_F(SuspectsTest, ATrialIsHeldOnAFreshConnection) {
  config.connections_max = 1;
  with(lines(1, 2));
  peer(1).hangs_up(ECONNRESET);
  period();
  EXPECT_EQ(peer(2).said(), "CHECK <2@x>");
  append("F", line(3));
  run();
  EXPECT_EQ(peer(2).said(), "CHECK <3@x>");
  peer(2).says("438 <2@x>\r\n");
  append("F", line(4));
  run();
  EXPECT_EQ(peer(2).said(), "") << "it is being emptied";
  peer(2).says("438 <3@x>\r\n");
  EXPECT_EQ(peer(2).said(), "QUIT");
  ASSERT_EQ(peers(), 3U) << "at once";
  EXPECT_EQ(peer(3).said(), "CHECK <1@x>");
  peer(3).says("438 <1@x>\r\n");
  EXPECT_EQ(peer(3).said(), "CHECK <4@x>");
}

TEST_F(SuspectsTest, AnswersThatBlameAnArticleMakeItASuspect) {
  config.connections_max = 1;
  with(lines(1, 3));
  peer(1).says("438 <1@x>\r\n501 <2@x>\r\n438 <3@x>\r\n");
  EXPECT_EQ(status().suspects, 1U);
  EXPECT_EQ(counted().deferred, 1U);
  for (int times = 1; times <= 3; ++times) {
    another_is_taken();
    const std::size_t on = await_offer(2);
    ASSERT_NE(on, 0U);
    EXPECT_EQ(last_said, "CHECK <2@x>");
    peer(on).says("501 go away\r\n");
    EXPECT_TRUE(peer(on).open());
  }
  EXPECT_EQ(counted().quarantined, 1U);
  EXPECT_NE(text("F_quarantine").find("the last time: 501 go away\n"), std::string::npos);
}

// A peer that answers offers but fails at each text is not well.
TEST_F(SuspectsTest, AnAnswerToAnOfferProvesNothingForAText) {
  config.connections_max = 1;
  with(lines(1, 2));
  peer(1).says("238 <1@x>\r\n");
  peer(1).hangs_up(ECONNRESET);
  for (int times = 0; times < 5; ++times) {
    kill_with(1);
    append("F", line(200 + static_cast<unsigned>(times)));
    run();
  }
  EXPECT_EQ(status().charged, 0U);
  EXPECT_EQ(counted().quarantined, 0U);
}

TEST_F(SuspectsTest, TheNumberOfTriesIsConfigured) {
  config.max_suspicions = 1;
  config.connections_max = 1;
  with(lines(1, 2));
  peer(1).says("238 <1@x>\r\n");
  peer(1).hangs_up(ECONNRESET);
  pass(config.reconnect_interval + config.period);
  another_is_taken();
  kill_with(1);
  EXPECT_EQ(counted().quarantined, 1U);
  EXPECT_NE(text("F_quarantine").find("failed 1 time at"), std::string::npos);
}

// Nothing else is there to prove that the peer is well: tried a few times, it makes room for
// others.
TEST_F(SuspectsTest, TheOnlyArticleIsNeverCharged) {
  config.connections_max = 1;
  with(lines(1, 1));
  peer(1).hangs_up(ECONNRESET);
  for (int times = 1; times <= 3; ++times) {
    EXPECT_EQ(counted().deferred, 0U);
    kill_with(1);
  }
  EXPECT_EQ(counted().deferred, 1U);
  kill_with(1);
  EXPECT_EQ(counted().deferred, 1U);
  EXPECT_EQ(status().charged, 0U);
}

// ---------------------------------------------------------------- nobody's fault

TEST_F(SuspectsTest, GoodMannersSuspectNobody) {
  struct Case {
    const char* what;
    const char* says;
  };
  for (const Case& c : {Case{"goodbye", "400 bye\r\n"}, Case{"configuration", "480 log in\r\n"}}) {
    SCOPED_TRACE(c.what);
    Scene s;
    s.file("F", lines(1, 2));
    s.start();
    s.peer(1).says(c.says);
    s.peer(1).hangs_up();
    EXPECT_EQ(s.status().suspects, 0U);
  }
  Scene idle;
  idle.config.low_volume_thresh = 0;
  idle.file("F", lines(1, 1));
  idle.start();
  idle.peer(1).says("438 <1@x>\r\n");
  idle.peer(1).hangs_up(ECONNRESET);
  EXPECT_EQ(idle.status().suspects, 0U) << "nothing was unanswered";
}

// Every connection dies at every article: that is the peer, and charges nobody, however long.
TEST_F(SuspectsTest, ASickPeerChargesNobody) {
  with(lines(1, 30));
  for (int periods = 0; periods < 400; ++periods) {
    for (std::size_t number = 1; number <= peers(); ++number) {
      if (peer(number).open() && !peer(number).said().empty()) {
        peer(number).hangs_up(ECONNRESET);
      }
    }
    period();
  }
  EXPECT_GT(said("the peer makes no sense"), 0);
  EXPECT_EQ(status().charged, 0U);
  EXPECT_EQ(counted().quarantined, 0U);
  EXPECT_FALSE(exists("F_suspects"));
  // It gets well: everybody is fed.
  answers = {{"CHECK", "438"}};
  for (int periods = 0; periods < 400; ++periods) {
    period();
  }
  EXPECT_EQ(status().suspects, 0U);
  EXPECT_EQ(counted().unwanted, 30U);
}

// ---------------------------------------------------------------- charges survive us

TEST_F(SuspectsTest, ChargesAreFoundAtTheStart) {
  file("F_suspects",
       "1700000000 charge 1 peer <1@x> closed by the peer\n"
       "1700000001 charge 2 peer <1@x> closed by the peer\n"
       "1700000002 charge 1 peer <2@x> 501 no\n"
       "1700000003 cleared <2@x>\n"
       "this makes no sense\n"
       "1700000004 charge x peer <3@x>\n"
       "1700000004 charge 1 devil <3@x>\n"
       "1700000004 charge 0 peer <3@x>\n"
       "1700000004 charge 2 peer\n"
       "1700000004 char");
  config.connections_max = 1;
  with(lines(1, 3));
  EXPECT_EQ(status().charged, 1U);
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>; CHECK <3@x>") << "the other one not in a crowd";
  peer(1).says("438 <2@x>\r\n238 <3@x>\r\n");
  peer(1).says("239 <3@x>\r\n");
  kill_with(1);
  EXPECT_EQ(counted().quarantined, 1U) << "it was the third time";
}

TEST_F(SuspectsTest, WhoeverIsChargedInFullIsNotOfferedAgain) {
  file("F_suspects", "1700000000 charge 3 crash <1@x> run 1.\n");
  with(lines(1, 2));
  EXPECT_EQ(peer(1).said(), "CHECK <2@x>");
  EXPECT_NE(text("F_quarantine").find("innduct crashed 3 times with this article alone in hand\n"),
            std::string::npos);
}

TEST_F(SuspectsTest, AChargeIsRecordedDurably) {
  config.connections_max = 1;
  with(lines(1, 2));
  peer(1).says("238 <1@x>\r\n");
  peer(1).hangs_up(ECONNRESET);
  pass(config.reconnect_interval + config.period);
  another_is_taken();
  asked({});
  kill_with(1);
  const Lines steps = asked({"open F_suspects", "append F_suspects", "sync"});
  const auto append = std::ranges::find_if(
      steps, [](const std::string& step) { return step.starts_with("append F_suspects"); });
  ASSERT_NE(append, steps.end());
  EXPECT_NE(append->find(" charge 1 peer <1@x> " + error_text(ECONNRESET) + "\\n\""),
            std::string::npos);
  EXPECT_NE(std::find(append, steps.end(), "sync F_suspects"), steps.end());
}

TEST_F(SuspectsTest, WhatCannotBeRecordedDoesNoHarm) {
  config.connections_max = 1;
  fail("append F_suspects", ENOSPC, 2);
  with(lines(1, 2));
  peer(1).says("238 <1@x>\r\n");
  peer(1).hangs_up(ECONNRESET);
  pass(config.reconnect_interval + config.period);
  another_is_taken();
  kill_with(1);
  EXPECT_EQ(said("may be forgotten at a restart"), 1);
  EXPECT_EQ(status().charged, 1U) << "it is known in core";
  EXPECT_FALSE(exit());
}

TEST_F(SuspectsTest, TheFileGoesWhenNobodyIsCharged) {
  file("F_suspects", "1700000000 charge 1 peer <1@x> closed by the peer\n");
  config.connections_max = 1;
  with(lines(1, 2));
  peer(1).said();
  peer(1).says("438 <2@x>\r\n");
  EXPECT_TRUE(exists("F_suspects"));
  const std::size_t on = await_offer(1);
  ASSERT_NE(on, 0U);
  peer(on).says("438 <1@x>\r\n");
  EXPECT_FALSE(exists("F_suspects"));
  EXPECT_EQ(status().charged, 0U);
}

TEST_F(SuspectsTest, WhoeverLeftTheSpoolIsNoSuspectAnyMore) {
  file("F_suspects", "1700000000 charge 1 peer <1@x> closed by the peer\n");
  store["@1@"] = FetchOutcome::other;
  config.connections_max = 1;
  with(lines(1, 1));
  period();
  const std::size_t on = await_offer(1);
  ASSERT_NE(on, 0U);
  peer(on).says("238 <1@x>\r\n");
  EXPECT_EQ(counted().missing, 1U);
  EXPECT_EQ(status().charged, 0U);
  EXPECT_FALSE(exists("F_suspects"));
}

// ---------------------------------------------------------------- our own crashes

TEST_F(SuspectsTest, NothingIsFetchedBeforeTheLastCrashIsKnown) {
  hold("read marks");
  with(lines(1, 1));
  EXPECT_EQ(peers(), 0U);
  let_go("read marks");
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

TEST_F(SuspectsTest, WhatWasInHandAtAKillIsNoSuspect) {
  marks = {{"<1@x>", false}, {"<2@x>", true}};
  with(lines(1, 2));
  EXPECT_EQ(status().suspects, 0U);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
}

// The peer wanted it, and went away before it could have seen a byte of it.
TEST_F(SuspectsTest, ATextOfWhichNothingHasLeftIsNoReason) {
  set_up_answer = "500\r\n500\r\n";
  slow_sockets = true;
  with(lines(1, 1));
  peer(1).drains();
  ASSERT_EQ(peer(1).said(), "IHAVE <1@x>");
  peer(1).drains();
  peer(1).says("335 <1@x>\r\n");
  peer(1).hangs_up();
  EXPECT_EQ(status().suspects, 0U);
  EXPECT_EQ(status().counters.returned, 1U);
}

TEST_F(SuspectsTest, AfterACrashWhatWasInHandIsTriedAloneInHand) {
  crashed = true;
  marks = {{"<1@x>", false}, {"<2@x>", false}};
  config.connections_max = 1;
  with(lines(1, 4));
  EXPECT_EQ(said("crashed, with 2 articles in hand"), 1);
  EXPECT_EQ(status().suspects, 2U);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>; CHECK <3@x>; CHECK <4@x>");
  hold("fetch");
  asked({});
  peer(1).says("238 <1@x>\r\n");
  EXPECT_EQ(asked({"fetch"}), (Lines{"fetch @1@ <1@x> as a probe"}));
  peer(1).says("238 <2@x>\r\n238 <3@x>\r\n238 <4@x>\r\n");
  EXPECT_EQ(asked({"fetch"}), Lines{}) << "the others wait";
  slow_sockets = true;
  let_go("fetch");
  EXPECT_EQ(asked({"fetch"}), Lines{}) << "its last byte has not left";
  EXPECT_EQ(status().suspects, 2U);
  peer(1).drains();
  EXPECT_EQ(asked({"fetch"}), (Lines{"fetch @2@ <2@x> as a probe"}));
  EXPECT_EQ(status().suspects, 1U) << "we live";
  peer(1).drains();
  EXPECT_EQ(asked({"fetch"}), (Lines{"fetch @3@ <3@x>", "fetch @4@ <4@x>"}));
  EXPECT_EQ(status().suspects, 0U);
}

TEST_F(SuspectsTest, ACrashWithAProbeInHandChargesItAtOnce) {
  crashed = true;
  marks = {{"<1@x>", true}};
  hold("sync F_suspects");
  with(lines(1, 2));
  EXPECT_EQ(peers(), 0U) << "nothing is fetched before the charge is durable";
  EXPECT_EQ(asked({"clear marks"}), Lines{});
  let_go("sync F_suspects");
  EXPECT_EQ(asked({"clear marks"}), Lines{"clear marks"});
  EXPECT_NE(text("F_suspects").find(" charge 1 crash <1@x> run 1.\n"), std::string::npos);
  EXPECT_EQ(status().charged, 1U);
  // And so on, until it is enough.
  for (int crash = 2; crash <= 3; ++crash) {
    crashed = true;
    run_number = static_cast<std::uint64_t>(crash);
    marks = {{"<1@x>", true}};
    restart();
  }
  EXPECT_EQ(counted().quarantined, 1U);
  EXPECT_TRUE(text("F_quarantine").starts_with(record(1)));
}

TEST_F(SuspectsTest, HalfALineNamesNoCrash) {
  crashed = true;
  run_number = 17;
  marks = {{"<1@x>", true}};
  file("F_suspects", "1700000000 charge 1 crash <1@x> run 1");
  with(lines(1, 2));
  EXPECT_NE(text("F_suspects").find(" charge 1 crash <1@x> run 17.\n"), std::string::npos);
}

// A process that is killed before it has emptied the table leaves it to the next.
TEST_F(SuspectsTest, OneCrashIsChargedOnce) {
  crashed = true;
  run_number = 17;
  marks = {{"<1@x>", true}};
  hold("clear marks");
  with(lines(1, 2));
  EXPECT_NE(text("F_suspects").find(" charge 1 crash <1@x> run 17.\n"), std::string::npos);
  restart();
  EXPECT_EQ(text("F_suspects").find(" charge 2 "), std::string::npos);
  EXPECT_EQ(status().charged, 1U);
  EXPECT_EQ(status().suspects, 1U);
}

TEST_F(SuspectsTest, AProbeThatIsNotSeenThroughStaysASuspect) {
  crashed = true;
  marks = {{"<1@x>", false}};
  slow_sockets = true;
  config.connections_max = 1;
  with(lines(1, 1));
  peer(1).drains();
  peer(1).says("238 <1@x>\r\n");
  EXPECT_EQ(status().suspects, 1U);
  peer(1).says("400 bye\r\n");
  EXPECT_EQ(status().suspects, 1U) << "its last byte never left";
}

// Others wait for one that must be alone, but not for ever.
TEST_F(SuspectsTest, AProbeThatDoesNotLeaveOurHandsIsGivenUp) {
  crashed = true;
  marks = {{"<1@x>", false}};
  slow_sockets = true;
  with(lines(1, 2));
  peer(1).drains();
  peer(1).says("238 <1@x>\r\n238 <2@x>\r\n");
  asked({});
  period();
  period();
  EXPECT_FALSE(peer(1).open());
  EXPECT_EQ(said("too slow for an article that must be sent alone"), 1);
  EXPECT_EQ(status().suspects, 1U);
}

TEST_F(SuspectsTest, OneThatCannotBeAloneLetsTheOthersGoOn) {
  crashed = true;
  marks = {{"<3@x>", false}};
  slow_sockets = true;
  with(lines(1, 4));
  peer(1).drains();
  asked({});
  peer(1).says("238 <1@x>\r\n238 <2@x>\r\n");
  EXPECT_EQ(asked({"fetch"}), (Lines{"fetch @1@ <1@x>", "fetch @2@ <2@x>"}));
  peer(1).says("238 <3@x>\r\n238 <4@x>\r\n");
  EXPECT_EQ(asked({"fetch"}), Lines{}) << "the socket has not taken the first two";
  period();
  period();
  EXPECT_EQ(asked({"fetch"}), Lines{"fetch @4@ <4@x>"});
  peer(1).drains();
  EXPECT_EQ(asked({"fetch"}), Lines{"fetch @3@ <3@x> as a probe"});
}

}  // namespace
}  // namespace innduct::engine
