// in_hand_test.cc: proves what the false world's table of articles in hand tells the next process,
// and that it demands solitude for a probe.
#include "sim/in_hand.h"

#include <gtest/gtest.h>

#include "sim/failure.h"

namespace innduct::sim {
namespace {

using engine::ArticleRef;
using engine::ConnId;

struct InHandTest : testing::Test {
  InHandTest() { table.clear(); }
  std::string marks() const {
    std::string text;
    for (const ArrivalMark& mark : table.marks()) text += mark.text + (mark.probe ? "! " : " ");
    return text;
  }
  InHand table;
};

TEST_F(InHandTest, AnArticleIsInItUntilASocketHasItsLastByte) {
  table.mark(ArticleRef{1}, "<a@b>", false);
  table.mark(ArticleRef{2}, "<c@d>", false);
  table.sent(ConnId{7}, 10, {});
  table.sent(ConnId{7}, 100, ArticleRef{1});
  table.sent(ConnId{7}, 5, {});
  table.accepted(ConnId{7}, 109);
  EXPECT_EQ(marks(), "<a@b> <c@d> ");
  table.accepted(ConnId{7}, 1);
  EXPECT_EQ(marks(), "<c@d> ");
  table.sent(ConnId{8}, 100, ArticleRef{2});
  table.closed(ConnId{8});
  EXPECT_EQ(marks(), "");
}

TEST_F(InHandTest, ACrashLeavesItsWordAndNothingElseDoes) {
  table.mark(ArticleRef{1}, "<a@b>", true);
  table.process_ended(false);
  EXPECT_FALSE(table.after_crash());
  EXPECT_EQ(marks(), "<a@b>! ");
  table.clear();
  table.mark(ArticleRef{1}, "<c@d>", false);
  table.process_ended(true);
  EXPECT_TRUE(table.after_crash());
  EXPECT_EQ(marks(), "<c@d> ");
  table.process_ended(false);
  EXPECT_TRUE(table.after_crash()) << "until it is emptied";
  table.power_lost();
  EXPECT_FALSE(table.after_crash());
}

TEST_F(InHandTest, NoTwoRunsAreTheSame) {
  const std::uint64_t before = table.run();
  table.process_ended(true);
  EXPECT_EQ(table.run(), before) << "as long as the crash is not dealt with";
  table.clear();
  EXPECT_NE(table.run(), before);
}

TEST_F(InHandTest, NothingIsFetchedBeforeItIsEmptied) {
  table.process_ended(false);
  EXPECT_THROW(table.mark(ArticleRef{1}, "<a@b>", false), Failure);
}

TEST_F(InHandTest, AProbeIsAlone) {
  table.mark(ArticleRef{1}, "<a@b>", false);
  EXPECT_THROW(table.mark(ArticleRef{2}, "<c@d>", true), Failure);
  table.unmark(ArticleRef{1});
  table.mark(ArticleRef{2}, "<c@d>", true);
  EXPECT_THROW(table.mark(ArticleRef{3}, "<e@f>", false), Failure);
}

}  // namespace
}  // namespace innduct::sim
