// wire_test.cc: proves the rules of offering: each is broken once, and kept once.
#include "sim/wire.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/failure.h"

namespace innduct::sim {
namespace {

class WireTest : public testing::Test {
 protected:
  WireTest() : a_(articles_.add(false)), b_(articles_.add(false)) {
    stage_.options.config.queue_per_conn_max = 2;
    ledger_.feed(a_);
    ledger_.feed(b_);
  }
  std::string line(std::string_view verb, ArticleNumber number) const {
    return core::cat(verb, ' ', articles_[number].message_id, "\r\n");
  }
  void answer(Verb verb, ArticleNumber number, int code) {
    wire_.answered(one_, {.text = "x", .verb = verb, .number = number, .code = code});
  }

  const engine::ConnId one_{1};
  const engine::ConnId two_{2};
  Stage stage_{1, Trace::off};
  Catalogue articles_{Dice(1)};
  Disk disk_{stage_.time, false};
  Ledger ledger_{stage_, articles_, disk_};
  Evidence evidence_{stage_, articles_};
  Wire wire_{stage_, articles_, ledger_, evidence_};
  ArticleNumber a_;
  ArticleNumber b_;
};

TEST_F(WireTest, AnArticleIsOfferedOnOneConnectionAtATime) {
  wire_.sent(one_, line("CHECK", a_), {});
  EXPECT_THROW(wire_.sent(two_, line("CHECK", a_), {}), Failure);
}

TEST_F(WireTest, AnArticleMayBeOfferedAgainWhenItsConnectionIsGone) {
  wire_.sent(one_, line("CHECK", a_), {});
  wire_.gone(one_);
  EXPECT_NO_THROW(wire_.sent(two_, line("CHECK", a_), {}));
}

TEST_F(WireTest, ALossToldInThisTurnFreesTheArticleAndStillTakesWhatWasAskedFor) {
  wire_.sent(one_, line("IHAVE", a_), {});
  answer(Verb::ihave, a_, 335);
  wire_.lost(one_);
  EXPECT_NO_THROW(wire_.sent(one_, "", a_));
  EXPECT_NO_THROW(wire_.sent(two_, line("IHAVE", a_), {}));
}

TEST_F(WireTest, TheWindowIsKept) {
  wire_.sent(one_, line("CHECK", a_) + line("CHECK", b_), {});
  const ArticleNumber c = articles_.add(false);
  EXPECT_THROW(wire_.sent(one_, line("CHECK", c), {}), Failure);
}

TEST_F(WireTest, ATakethisCarriesItsOwnArticle) {
  EXPECT_THROW(wire_.sent(one_, line("TAKETHIS", a_), {}), Failure);
  EXPECT_THROW(wire_.sent(two_, line("TAKETHIS", b_), a_), Failure);
}

TEST_F(WireTest, NothingIsTakenThatTheCheckDeclined) {
  wire_.sent(one_, line("CHECK", a_), {});
  answer(Verb::check, a_, 431);
  EXPECT_THROW(wire_.sent(one_, line("TAKETHIS", a_), a_), Failure);
}

TEST_F(WireTest, AfterA335ItsArticleFollowsAlone) {
  wire_.sent(one_, line("IHAVE", a_), {});
  EXPECT_THROW(wire_.sent(one_, "", a_), Failure) << "nobody asked for it yet";
  answer(Verb::ihave, a_, 335);
  EXPECT_NO_THROW(wire_.sent(one_, "", a_));
}

TEST_F(WireTest, OnlyWholeCommandsAboutFedArticlesAreSent) {
  EXPECT_THROW(wire_.sent(one_, "CHECK <a@b>\r\n", {}), Failure);
  EXPECT_THROW(wire_.sent(one_, "CHECK", {}), Failure);
  EXPECT_NO_THROW(wire_.sent(one_, "CAPABILITIES\r\nMODE STREAM\r\n", {}));
}

}  // namespace
}  // namespace innduct::sim
