// landmarks_test.cc: proves that rare paths are recognised, counted together, and asked for.
#include "sim/landmarks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/cat.h"
#include "engine/feed_table.h"

namespace innduct::sim {
namespace {

bool lacks(const Landmarks& landmarks, std::string_view name) {
  const std::vector<std::string> unreached = landmarks.unreached();
  return std::ranges::find(unreached, name) != unreached.end();
}

TEST(Landmarks, AreAllUnreachedAtFirst) {
  const Landmarks landmarks;
  EXPECT_EQ(landmarks.unreached().size(), landmarks.size());
}

TEST(Landmarks, EveryMoveOfTheFeedIsOne) {
  Landmarks landmarks;
  for (const engine::FeedRow& row : engine::feed_table) {
    const std::string said =
        core::cat("feed: ", to_text(row.from), " -> ", to_text(row.to), ": ", row.why);
    EXPECT_TRUE(lacks(landmarks, said)) << said;
    landmarks.said(said);
    EXPECT_FALSE(lacks(landmarks, said)) << said;
  }
}

TEST(Landmarks, WhatTheProgramSaysIsRecognisedWithinALine) {
  Landmarks landmarks;
  landmarks.said("cannot link peer to peer_flushing: No space left on device; trying again");
  EXPECT_FALSE(lacks(landmarks, "cannot link "));
  EXPECT_TRUE(lacks(landmarks, "cannot sync "));
}

TEST(Landmarks, WhatTheWorldSeesHasAName) {
  Landmarks landmarks;
  EXPECT_TRUE(lacks(landmarks, "exit 16"));
  landmarks.reach(Landmark::exit_16);
  EXPECT_FALSE(lacks(landmarks, "exit 16"));
  EXPECT_TRUE(lacks(landmarks, "end by a signal"));
  landmarks.reach(Landmark::signal);
  EXPECT_FALSE(lacks(landmarks, "end by a signal")) << "the last of them";
}

TEST(Landmarks, OfSeveralProcessesAreReachedTogether) {
  Landmarks one;
  one.reach(Landmark::exit_0);
  Landmarks two;
  two.reach(Landmark::exit_4);
  two.add_packed(one.packed());
  EXPECT_FALSE(lacks(two, "exit 0"));
  EXPECT_FALSE(lacks(two, "exit 4"));
  EXPECT_EQ(two.unreached().size(), two.size() - 2);
}

}  // namespace
}  // namespace innduct::sim
