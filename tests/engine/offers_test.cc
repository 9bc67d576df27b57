// offers_test.cc: proves what each answer of a peer means for the article and for the connection
// (I1, I6), that every window and store has its limit (I7), and that neither a sick peer nor a
// silent one costs an article. A whole engine on a stage (scene.h).
#include "engine/offers.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; at += word.size()) {
    ++found;
  }
  return found;
}

// Answers to articles `first` to `last`.
std::string replies(int code, unsigned first, unsigned last) {
  std::string text;
  for (unsigned number = first; number <= last; ++number) {
    text += std::to_string(code) + " " + message_id(number) + "\r\n";
  }
  return text;
}

struct Offering : Scene {
  Offering() { config.low_volume_thresh = 0; }
  void with(std::string_view text) {
    file("F", text);
    start();
  }
  // The peer gets articles without CHECK.
  void without_check() { config.no_check_percent = -1; }
  void ihave() { set_up_answer = "500\r\n500\r\n"; }
  const core::Counters& counted() {
    counters_ = status().counters;
    return counters_;
  }

 private:
  core::Counters counters_;
};
struct OffersTest : testing::Test, Offering {};

// ---------------------------------------------------------------- answers

enum class Offer { check, take, unchecked_take, ihave, body };

// Says what became of article 1, of article 2 that waited behind it, and of the connection.
struct Answer {
  Offer to;
  std::string reply;
  std::string fate;  // accepted, unwanted, rejected, deferred, returned
  bool open;
};

void expect_outcome(const Answer& c) {
  SCOPED_TRACE(testing::Message() << static_cast<int>(c.to) << ": " << c.reply);
  Offering s;
  const bool ihave = c.to == Offer::ihave || c.to == Offer::body;
  if (ihave) {
    s.ihave();
  } else if (c.to == Offer::unchecked_take) {
    s.without_check();
  }
  s.with(lines(1, 1));
  if (c.to == Offer::take) {
    s.peer(1).says(replies(238, 1, 1));
  } else if (c.to == Offer::body) {
    s.peer(1).says("335 go on\r\n");
  }
  s.append("F", line(2));
  s.run();
  const core::Counters before = s.counted();
  s.peer(1).says(c.reply + "\r\n");
  const core::Counters now = s.counted() - before;
  EXPECT_EQ(now.accepted, c.fate == "accepted" ? 1U : 0U);
  EXPECT_EQ(now.unwanted, c.fate == "unwanted" ? 1U : 0U);
  EXPECT_EQ(now.rejected, c.fate == "rejected" ? 1U : 0U);
  EXPECT_EQ(now.deferred, c.fate == "deferred" ? 1U : 0U);
  if (c.fate == "returned") {
    EXPECT_GE(now.returned, 1U);
  }
  EXPECT_EQ(s.peer(1).open(), c.open);
  const bool settled = c.fate != "returned";
  EXPECT_EQ(s.text("F"), (settled ? blanked(line(1)) : line(1)) + line(2)) << "I1";
  EXPECT_EQ(s.exists("F_defer"), c.fate == "deferred");
}

TEST(OffersTableTest, Answers) {
  const Answer cases[] = {
      {Offer::check, "438 <1@x>", "unwanted", true},
      {Offer::check, "431 <1@x>", "deferred", true},
      {Offer::check, "436 <1@x>", "deferred", true},
      {Offer::check, "403 oops", "deferred", true},
      {Offer::check, "450 what", "deferred", true},
      {Offer::check, "435 <1@x>", "unwanted", true},
      {Offer::check, "439 <1@x>", "unwanted", true},
      {Offer::check, "501 syntax", "deferred", true},
      {Offer::check, "503 sorry", "deferred", true},
      {Offer::check, "400 bye", "returned", false},
      {Offer::check, "401 xsecret", "returned", false},
      {Offer::check, "480 who are you", "returned", false},
      {Offer::check, "483 encrypt", "returned", false},
      {Offer::check, "502 no", "returned", false},
      {Offer::check, "100 help", "deferred", false},
      {Offer::check, "239 <1@x>", "deferred", false},
      {Offer::check, "335 <1@x>", "deferred", false},
      {Offer::check, "438 <other@x>", "deferred", false},
      {Offer::check, "nonsense", "deferred", false},
      {Offer::check, "438 " + std::string(600, 'x'), "deferred", false},

      {Offer::take, "239 <1@x>", "accepted", true},
      {Offer::take, "439 <1@x>", "rejected", true},
      {Offer::take, "438 <1@x>", "unwanted", true},
      {Offer::take, "431 <1@x>", "deferred", true},
      {Offer::unchecked_take, "239 <1@x>", "accepted", true},
      {Offer::unchecked_take, "439 <1@x>", "rejected", true},
      {Offer::unchecked_take, "400 bye", "returned", false},
      {Offer::unchecked_take, "502 no", "returned", false},
      {Offer::unchecked_take, "500 what", "deferred", false},
      {Offer::unchecked_take, "501 syntax", "deferred", false},
      {Offer::unchecked_take, "503 sorry", "deferred", false},
      {Offer::unchecked_take, "239 <2@x>", "deferred", false},

      {Offer::ihave, "435 no", "unwanted", true},
      {Offer::ihave, "436 later", "deferred", true},
      {Offer::ihave, "437 never", "rejected", true},
      {Offer::ihave, "501 syntax", "deferred", true},
      {Offer::ihave, "400 bye", "returned", false},
      {Offer::ihave, "200 hello", "deferred", false},
      {Offer::body, "235 thanks", "accepted", true},
      {Offer::body, "436 later", "deferred", true},
      {Offer::body, "437 never", "rejected", true},
  };
  for (const Answer& c : cases) {
    expect_outcome(c);
  }
}

TEST_F(OffersTest, BytesThatNobodyAskedForEndTheConnection) {
  with("");
  append("F", line(1));
  run();
  peer(1).says(replies(438, 1, 1));
  peer(1).says("438 <1@x>\r\n");
  EXPECT_FALSE(peer(1).open());
}

TEST_F(OffersTest, AGrantedArticleIsSent) {
  with(lines(1, 1));
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
  peer(1).says(replies(238, 1, 1));
  EXPECT_EQ(peer(1).said(), "TAKETHIS <1@x> (article)");
  EXPECT_EQ(counted().offered, 1U);
  EXPECT_EQ(counted().sent, 1U);
  EXPECT_EQ(counted().bytes, article_size);
}

TEST_F(OffersTest, AGrantedArticleThatCannotBeHadIsNotSent) {
  store["@1@"] = FetchOutcome::other;
  with(lines(1, 2));
  peer(1).said();
  peer(1).says(replies(238, 1, 2));
  EXPECT_EQ(peer(1).said(), "TAKETHIS <2@x> (article)");
  EXPECT_EQ(counted().missing, 1U);
  EXPECT_TRUE(peer(1).open());
}

TEST_F(OffersTest, IhaveIsFetchedFirstAndOneAtATime) {
  ihave();
  store["@1@"] = FetchOutcome::other;
  with(lines(1, 3));
  EXPECT_EQ(peer(1).said(), "IHAVE <2@x>") << "what cannot be had is not offered";
  peer(1).says("335 go on\r\n");
  EXPECT_EQ(peer(1).said(), "(article)");
  peer(1).says("235 thanks\r\n");
  EXPECT_EQ(peer(1).said(), "IHAVE <3@x>");
}

// ---------------------------------------------------------------- 500 to CHECK

TEST_F(OffersTest, APeerThatKnowsNoCheckGetsIhave) {
  config.connections_max = 1;
  with(lines(1, 2));
  peer(1).said();
  peer(1).says("500 what\r\n500 what\r\n");
  EXPECT_TRUE(peer(1).open());
  EXPECT_EQ(peer(1).said(), "IHAVE <1@x>");
  peer(1).says("435 no\r\n");
  EXPECT_EQ(peer(1).said(), "IHAVE <2@x>");
  peer(1).hangs_up();
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(peer(2).said(), "IHAVE <2@x>") << "new connections know it";
}

// Once this ended the process: the grant was taken for that of an IHAVE.
TEST_F(OffersTest, AGrantThatCameWithThe500IsOfferedByIhave) {
  with(lines(1, 2));
  peer(1).said();
  peer(1).says("238 <1@x>\r\n500 what\r\n");
  EXPECT_TRUE(peer(1).open());
  EXPECT_EQ(peer(1).said(), "IHAVE <1@x>");
  peer(1).says("335 go on\r\n");
  EXPECT_EQ(peer(1).said(), "(article)");
  peer(1).says("235 thanks\r\n");
  EXPECT_EQ(peer(1).said(), "IHAVE <2@x>");
}

TEST_F(OffersTest, WithATakethisUnansweredItEndsTheConnection) {
  with(lines(1, 2));
  peer(1).says(replies(238, 1, 1));
  peer(1).says("500 what\r\n");
  EXPECT_FALSE(peer(1).open());
  EXPECT_EQ(counted().returned, 2U) << "I6";
}

// ---------------------------------------------------------------- windows

TEST_F(OffersTest, TheWindowOfAConnection) {
  config.queue_per_conn_max = 5;
  config.connections_max = 1;
  with(lines(1, 20));
  EXPECT_EQ(count(peer(1).said(), "CHECK"), 5U);
  peer(1).says(replies(438, 1, 2));
  EXPECT_EQ(peer(1).said(), "CHECK <6@x>; CHECK <7@x>");
}

// A real innd remembers the last 128 CHECKs of a connection.
TEST_F(OffersTest, NoMoreThan127Checks) {
  config.connections_max = 1;
  hold("fetch");
  with(lines(1, 300));
  EXPECT_EQ(count(peer(1).said(), "CHECK"), Offers::Limits::checks);
  peer(1).says(replies(238, 1, 10));
  EXPECT_EQ(count(peer(1).said(), "CHECK"), 0U) << "granted and not sent: innd still knows them";
  let_go("fetch");
  EXPECT_EQ(count(peer(1).said(), "CHECK"), 10U);
  peer(1).says(replies(438, 11, 13));
  EXPECT_EQ(count(peer(1).said(), "CHECK"), 3U);
}

TEST_F(OffersTest, OneOfFourIsBacklog) {
  config.connections_max = 1;
  config.queue_per_conn_max = 40;
  file("F_backlog.1", lines(501, 600));
  hold("resolve");
  with(lines(1, 100));
  let_go("resolve");
  const std::string said = peer(1).said();
  EXPECT_EQ(count(said, "CHECK"), 40U);
  EXPECT_EQ(count(said, "CHECK <5"), 10U + 1U) << "article 5 is not";
}

TEST_F(OffersTest, BacklogAloneHasItAll) {
  config.connections_max = 1;
  file("F_backlog.1", lines(501, 600));
  with("");
  EXPECT_EQ(count(peer(1).said(), "CHECK"), 100U);
}

TEST_F(OffersTest, NoMoreThanTheSocketCanTake) {
  without_check();
  slow_sockets = true;
  article_size = 100'000;
  config.connections_max = 1;
  with(lines(1, 10));
  EXPECT_EQ(count(peer(1).said(), "TAKETHIS"), 2U) << "256 KB";
  peer(1).drains();
  EXPECT_EQ(count(peer(1).said(), "TAKETHIS"), 2U);
}

TEST_F(OffersTest, AnArticleLargerThanTheLimitGoesAlone) {
  without_check();
  slow_sockets = true;
  article_size = 10'000'000;
  config.connections_max = 1;
  with(lines(1, 3));
  peer(1).drains();  // what the set-up said
  const std::string said = peer(1).said();
  EXPECT_EQ(count(said, "TAKETHIS"), 1U);
  peer(1).drains();
  EXPECT_EQ(count(peer(1).said(), "TAKETHIS"), 1U);
}

TEST_F(OffersTest, WhatIsFetchedIsBounded) {
  without_check();
  slow_sockets = true;
  article_size = 100'000;
  config.connections_max = 1;
  with(lines(1, 200));
  const ConnectionStatus connection = status().connections.at(0);
  constexpr std::size_t unknown = 16;  // asked for before any size was known
  EXPECT_LE(connection.ready * article_size,
            Offers::Limits::fetched_bytes + unknown * article_size);
  EXPECT_GT(connection.ready, 3U);
  const std::size_t ready = connection.ready;
  for (int drained = 0; drained < 5; ++drained) {
    peer(1).drains();
  }
  EXPECT_LT(status().connections.at(0).ready, ready) << "not filled up again";
  EXPECT_GE(status().connections.at(0).ready, 8U);
}

TEST_F(OffersTest, InAllConnectionsTogether) {
  without_check();
  config.connections_max = 10;
  config.queue_per_conn_max = 20;
  article_size = 300'000;
  slow_sockets = true;
  hold("fetch");
  with(lines(1, 300));
  for (int connection = 2; connection <= 10; ++connection) {
    ask("next conn");
  }
  ASSERT_EQ(open_peers(), 10U);
  let_go("fetch");
  for (int round = 0; round < 3; ++round) {
    for (std::size_t number = 1; number <= 10; ++number) {
      peer(number).drains();
    }
  }
  std::size_t ready = 0;
  for (const ConnectionStatus& connection : status().connections) {
    ready += connection.ready;
  }
  constexpr std::size_t unknown = 64;  // asked for before any size was known
  EXPECT_LE(ready * article_size, Offers::Limits::fetched_bytes_in_all + unknown * article_size);
}

// ---------------------------------------------------------------- no-check mode

TEST_F(OffersTest, AboveTheProportionArticlesGoUnchecked) {
  config.no_check_percent = 50;
  config.no_check_response_articles = 2;
  with(lines(1, 3));
  EXPECT_FALSE(status().no_check);
  peer(1).says(replies(238, 1, 3));
  peer(1).says(replies(239, 1, 3));
  EXPECT_TRUE(status().no_check);
  peer(1).said();
  append("F", lines(4, 5));
  run();
  EXPECT_EQ(peer(1).said(), "TAKETHIS <4@x> (article); TAKETHIS <5@x> (article)");
  peer(1).says(replies(439, 4, 5));
  EXPECT_FALSE(status().no_check);
  append("F", line(6));
  run();
  EXPECT_EQ(peer(1).said(), "CHECK <6@x>");
}

TEST_F(OffersTest, A439AfterA238SaysNothingAboutIt) {
  config.no_check_response_articles = 2;
  with(lines(1, 2));
  peer(1).says(replies(238, 1, 2));
  peer(1).says(replies(239, 1, 1));
  const double before = status().accepted_percent;
  peer(1).says(replies(439, 2, 2));
  EXPECT_EQ(status().accepted_percent, before);
}

// It may have arrived.
TEST_F(OffersTest, AfterALostAnswerItIsCheckedFirst) {
  without_check();
  config.connections_max = 1;
  with(lines(1, 2));
  EXPECT_EQ(count(peer(1).said(), "TAKETHIS"), 2U);
  peer(1).hangs_up(ECONNRESET);
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(peer(2).said(), "CHECK <2@x>");
  peer(2).says("438 <2@x>\r\n");
  period();
  EXPECT_EQ(peer(3).said(), "CHECK <1@x>");
}

// ---------------------------------------------------------------- dead connections

// I6: what was on a dead connection is offered again, in its order, before others.
TEST_F(OffersTest, ADeadConnectionGivesBackItsArticles) {
  config.connections_max = 1;
  config.queue_per_conn_max = 3;
  with(lines(1, 6));
  peer(1).says("400 bye\r\n");
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(peer(2).said(), "CHECK <1@x>; CHECK <2@x>; CHECK <3@x>");
}

TEST_F(OffersTest, EventsOfAClosedConnectionMeanNothing) {
  with(lines(1, 1));
  peer(1).says("400 bye\r\n");
  peer(1).says(replies(438, 1, 1));
  peer(1).hangs_up();
  EXPECT_EQ(counted().unwanted, 0U);
  EXPECT_EQ(counted().returned, 1U);
}

TEST_F(OffersTest, WhatIsBeingFetchedForADeadConnectionIsReleased) {
  hold("fetch");
  with(lines(1, 1));
  peer(1).says(replies(238, 1, 1));
  asked({});
  peer(1).says("400 bye\r\n");
  EXPECT_EQ(asked({"release"}), Lines{"release"});
  let_go("fetch");
  EXPECT_EQ(status().queued, 1U);
}

TEST_F(OffersTest, ASilentPeerIsDeadWhenSomethingIsUnanswered) {
  config.idle_timeout = 90s;
  with(lines(1, 2));
  peer(1).said();
  pass(60s);
  EXPECT_TRUE(peer(1).open());
  pass(60s);
  EXPECT_FALSE(peer(1).open());
  EXPECT_EQ(said("was silent for too long"), 1);
  EXPECT_EQ(peer(1).said(), "") << "no QUIT";
  EXPECT_EQ(counted().returned, 2U);
}

TEST_F(OffersTest, AnIdleConnectionIsClosedInGoodOrder) {
  config.idle_timeout = 90s;
  with(lines(1, 1));
  peer(1).says(replies(438, 1, 1));
  peer(1).said();
  pass(130s);
  EXPECT_FALSE(peer(1).open());
  EXPECT_EQ(peer(1).said(), "QUIT");
  append("F", line(2));
  run();
  EXPECT_EQ(peer(2).said(), "CHECK <2@x>") << "opened again at once";
}

TEST_F(OffersTest, LowVolumeClosesTheOnlyConnection) {
  config.low_volume_thresh = 3;
  with(lines(1, 2));
  peer(1).says(replies(438, 1, 2));
  period();
  EXPECT_TRUE(peer(1).open()) << "there were some in the last period";
  period();
  EXPECT_FALSE(peer(1).open());
  append("F", line(3));
  run();
  EXPECT_EQ(peer(2).said(), "CHECK <3@x>");
}

TEST_F(OffersTest, EnoughVolumeKeepsIt) {
  config.low_volume_thresh = 3;
  with(lines(1, 3));
  peer(1).says(replies(438, 1, 3));
  pass(5 * config.period);
  EXPECT_TRUE(peer(1).open());
}

// ---------------------------------------------------------------- sick peers

TEST_F(OffersTest, TenArticlesThatMakeNoSenseAreThePeersFault) {
  config.connections_max = 1;
  with(lines(1, 20));
  for (unsigned number = 1; number <= 9; ++number) {
    peer(1).says("501 " + message_id(number) + "\r\n");
  }
  EXPECT_TRUE(peer(1).open());
  EXPECT_EQ(said("the peer makes no sense"), 0);
  peer(1).says("501 <10@x>\r\n");
  EXPECT_FALSE(peer(1).open());
  EXPECT_EQ(said("the peer makes no sense"), 1);
  pass(config.period);
  EXPECT_EQ(open_peers(), 0U) << "waits";
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(open_peers(), 1U);
}

TEST_F(OffersTest, AFinalAnswerInBetweenSpeaksForThePeer) {
  config.connections_max = 1;
  with(lines(1, 30));
  for (unsigned number = 1; number <= 9; ++number) {
    peer(1).says("501 " + message_id(number) + "\r\n");
  }
  peer(1).says("431 <10@x>\r\n438 <11@x>\r\n");
  for (unsigned number = 12; number <= 20; ++number) {
    peer(1).says("501 " + message_id(number) + "\r\n");
  }
  EXPECT_TRUE(peer(1).open());
}

TEST_F(OffersTest, ADeferralInBetweenDoesNot) {
  config.connections_max = 1;
  with(lines(1, 30));
  for (unsigned number = 1; number <= 18; number += 2) {
    peer(1).says("501 " + message_id(number) + "\r\n431 " + message_id(number + 1) + "\r\n");
  }
  EXPECT_TRUE(peer(1).open());
  peer(1).says("501 <19@x>\r\n");
  EXPECT_FALSE(peer(1).open());
}

// What a real innd with a full disk does.
TEST_F(OffersTest, TwentyRejectionsOfWhatItAskedFor) {
  config.connections_max = 1;
  with(lines(1, 21));
  peer(1).says(replies(238, 1, 21));
  peer(1).says(replies(439, 1, 19));
  EXPECT_EQ(said("is its disk full"), 0);
  peer(1).says(replies(439, 20, 20));
  EXPECT_EQ(said("is its disk full"), 1);
  peer(1).said();
  append("F", line(22));
  run();
  EXPECT_EQ(peer(1).said(), "") << "no offers";
  pass(config.period);
  EXPECT_EQ(peer(1).said(), "CHECK <22@x>");
}

TEST_F(OffersTest, AStormOfDeferralsStopsTheInput) {
  config.connections_max = 1;
  with(lines(1, 100));
  peer(1).says(replies(431, 1, 99));
  peer(1).says("431 <100@x>\r\n");
  EXPECT_EQ(said("the peer defers everything"), 0) << "a notice, not a warning";
  peer(1).said();
  append("F", line(101));
  run();
  EXPECT_EQ(peer(1).said(), "") << "I7: not read yet";
  pass(config.earliest_deferred_retry + config.period);
  EXPECT_TRUE(peer(peers()).said().starts_with("CHECK <101@x>"));
}

TEST_F(OffersTest, AnotherVerdictEndsTheStorm) {
  config.connections_max = 1;
  with(lines(1, 110));
  peer(1).says(replies(431, 1, 60) + replies(438, 61, 61) + replies(431, 62, 110));
  peer(1).said();
  append("F", line(201));
  run();
  EXPECT_EQ(peer(1).said(), "CHECK <201@x>");
}

// ---------------------------------------------------------------- full disks

// I1: what cannot be recorded keeps its line, and is offered again in its time.
TEST_F(OffersTest, WhatCannotBeRecordedIsOfferedAgain) {
  fail("append F_defer", ENOSPC);
  with(lines(1, 1));
  peer(1).said();
  peer(1).says("431 <1@x>\r\n");
  EXPECT_EQ(text("F"), line(1));
  EXPECT_EQ(peer(1).said(), "");
  pass(config.earliest_deferred_retry - 1s);
  EXPECT_EQ(peer(1).said(), "");
  pass(1s);
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>");
}

// ---------------------------------------------------------------- entries without a message-id

TEST_F(OffersTest, AMessageIdIsReadFromTheArticleAndThenOffered) {
  file("F_backlog.1", token(1) + "\n");
  with("");
  EXPECT_EQ(peer(1).said(), "CHECK <found@x>");
  peer(1).says("431 <found@x>\r\n");
  EXPECT_EQ(text("F_defer"), token(1) + " <found@x>\n");
}

}  // namespace
}  // namespace innduct::engine
