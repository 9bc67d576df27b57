// evidence_test.cc: proves that the simulator knows who may be quarantined, and demands it.
#include "sim/evidence.h"

#include <gtest/gtest.h>

#include "sim/failure.h"

namespace innduct::sim {
namespace {

using engine::FetchOutcome;

class EvidenceTest : public testing::Test {
 protected:
  EvidenceTest() : a_(articles_.add(false)) { stage_.options.config.max_suspicions = 3; }
  // It breaks a connection; before that, the peer answers others or not.
  void breaks(int times, bool alone = true, bool peer_is_well = true) {
    for (; times > 0; --times) {
      if (peer_is_well) evidence_.answered_finally();
      evidence_.broke(a_, alone);
    }
  }

  Stage stage_{1, Trace::off};
  Catalogue articles_{Dice(1)};
  Evidence evidence_{stage_, articles_};
  ArticleNumber a_;
};

TEST_F(EvidenceTest, NobodyIsQuarantinedForNothing) { EXPECT_THROW(evidence_.demand(a_), Failure); }

TEST_F(EvidenceTest, ThreeBreaksAloneBehindTheFirstOneAreEnough) {
  breaks(3);
  EXPECT_THROW(evidence_.demand(a_), Failure) << "the first one only points to it";
  breaks(1);
  EXPECT_NO_THROW(evidence_.demand(a_));
}

TEST_F(EvidenceTest, BreaksInACrowdAreNot) {
  breaks(10, false);
  EXPECT_THROW(evidence_.demand(a_), Failure);
}

TEST_F(EvidenceTest, BreaksOfAPeerThatAnswersNobodyAreNot) {
  breaks(10, true, false);
  EXPECT_THROW(evidence_.demand(a_), Failure);
}

TEST_F(EvidenceTest, CrashesCountLikeBreaks) {
  breaks(2);
  evidence_.crashed_alone(a_);
  EXPECT_THROW(evidence_.demand(a_), Failure);
  evidence_.crashed_alone(a_);
  EXPECT_NO_THROW(evidence_.demand(a_));
}

TEST_F(EvidenceTest, WhatIsNotFitToBeSentNeedsNoMore) {
  for (int troubles = 0; troubles < 3; ++troubles) evidence_.fetched(a_, FetchOutcome::trouble);
  EXPECT_THROW(evidence_.demand(a_), Failure);
  evidence_.fetched(a_, FetchOutcome::trouble);
  EXPECT_NO_THROW(evidence_.demand(a_));
  const ArticleNumber other = articles_.add(false);
  evidence_.fetched(other, FetchOutcome::ready);
  EXPECT_THROW(evidence_.demand(other), Failure);
  evidence_.fetched(other, FetchOutcome::damaged);
  EXPECT_NO_THROW(evidence_.demand(other));
}

}  // namespace
}  // namespace innduct::sim
