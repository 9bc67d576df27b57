// peer_test.cc: proves the simulated peer by dialogue: what it answers, what it records, and what
// it does not put up with.
#include "sim/peer.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/failure.h"

namespace innduct::sim {
namespace {

class PeerTest : public testing::Test {
 protected:
  PeerTest() : article_(articles_.add(false)) {
    ledger_.feed(article_);
    stage_.mercy = true;  // it behaves
    peer_.start();
  }
  const std::string& id() const { return articles_[article_].message_id; }
  // The codes of its answers to these bytes.
  std::string codes(std::string_view bytes) {
    session_.receive(bytes);
    std::string codes;
    while (auto reply = session_.next_reply()) {
      codes += reply->text.empty() ? "---" : reply->text.substr(0, 3);
      codes += reply->closes ? "! " : " ";
      session_.delivered(*reply);
    }
    return codes;
  }
  void greet() {
    session_.greet();
    EXPECT_TRUE(codes("").starts_with("20"));
  }

  Stage stage_{1, Trace::off};
  Catalogue articles_{Dice(1)};
  Disk disk_{stage_.time, false};
  Ledger ledger_{stage_, articles_, disk_};
  Peer peer_{stage_, articles_, ledger_};
  PeerSession session_{peer_};
  ArticleNumber article_;
};

TEST_F(PeerTest, TakesAnArticleByStreaming) {
  greet();
  EXPECT_EQ(codes("CAPABILITIES\r\nMODE STREAM\r\n"), "101 203 ");
  EXPECT_EQ(codes("CHECK " + id() + "\r\n"), "238 ");
  EXPECT_EQ(ledger_.open(), 1U);
  EXPECT_EQ(codes("TAKETHIS " + id() + "\r\n" + articles_.wire(article_)), "239 ");
  EXPECT_EQ(ledger_.open(), 0U);
  EXPECT_EQ(codes("CHECK " + id() + "\r\nQUIT\r\n"), "438 205! ");
}

TEST_F(PeerTest, TakesAnArticleByIhaveInAnyPieces) {
  greet();
  const std::string text = articles_.wire(article_);
  EXPECT_EQ(codes("IHAVE " + id()), "");
  EXPECT_EQ(codes("\r\n"), "335 ");
  for (std::size_t i = 0; i + 1 < text.size(); ++i) ASSERT_EQ(codes(text.substr(i, 1)), "");
  EXPECT_EQ(codes("\n"), "235 ");
}

TEST_F(PeerTest, RecordsAVerdictBeforeItsReplyIsRead) {
  greet();
  session_.receive("MODE STREAM\r\nTAKETHIS " + id() + "\r\n" + articles_.wire(article_));
  EXPECT_TRUE(ledger_.account(article_).settled);
}

TEST_F(PeerTest, DoesNotPutUpWithNonsense) {
  greet();
  EXPECT_THROW(session_.receive("HELLO\r\n"), Failure);
  EXPECT_THROW(session_.receive("CHECK " + id() + "\r\n"), Failure) << "before MODE STREAM";
  codes("MODE STREAM\r\n");
  EXPECT_THROW(session_.receive("CHECK <never@fed>\r\n"), Failure);
}

TEST_F(PeerTest, DoesNotPutUpWithACommandBehindIhave) {
  greet();
  session_.receive("IHAVE " + id() + "\r\n");
  stage_.mercy = true;
  EXPECT_THROW(
      {
        session_.receive(articles_.wire(article_));
        session_.receive("IHAVE " + id() + "\r\n");
      },
      Failure);
}

TEST_F(PeerTest, DoesNotPutUpWithAnotherArticleThanTheOneAnnounced) {
  const ArticleNumber other = articles_.add(false);
  greet();
  codes("MODE STREAM\r\n");
  EXPECT_THROW(session_.receive("TAKETHIS " + id() + "\r\n" + articles_.wire(other)), Failure);
}

TEST_F(PeerTest, EachKindOfMisbehaviourCanBeHad) {
  struct Row {
    unsigned PeerOptions::*chance;
    std::string_view possible;  // codes, of which one is seen
  };
  const Row rows[] = {
      {&PeerOptions::leaves, "400!"},
      {&PeerOptions::misconfigured, "401 480 483 502"},
      {&PeerOptions::defers, "431 436"},
      {&PeerOptions::refuses_one, "501 503 599"},
      {&PeerOptions::odd_answers, "403 404 435 437 438 439 450"},
      {&PeerOptions::closes, "---! 400!"},
  };
  for (const Row& row : rows) {
    stage_.options.peer = {};
    PeerSession session(peer_);
    stage_.mercy = true;
    session.receive("MODE STREAM\r\n");
    session.next_reply();
    stage_.mercy = false;
    stage_.options.peer.*row.chance = 1000;
    const std::string command = "CHECK " + id() + "\r\n";
    std::string seen;
    for (int i = 0; i < 100 && seen.empty(); ++i) {
      PeerSession fresh = session;
      fresh.receive(command);
      if (auto reply = fresh.next_reply()) {
        seen = reply->text.empty() ? "---" : reply->text.substr(0, 3);
        if (reply->closes) seen += '!';
      }
    }
    EXPECT_NE(row.possible.find(seen), std::string_view::npos) << seen << " of " << row.possible;
    EXPECT_FALSE(seen.empty()) << row.possible;
  }
}

}  // namespace
}  // namespace innduct::sim
