// feed_table_test.cc: proves that the table of states is a table (one row for each move, every
// state reached, one way out), and that ARCHITECTURE.md prints it as it is.
#include "engine/feed_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "documented.h"

namespace innduct::engine {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, text.size()), ' ');
}

std::string printed_table() {
  std::string text;
  for (const FeedRow& row : feed_table) {
    text += padded(to_text(row.from), 10) + "  " + padded(to_text(row.move), 16) + " -> " +
            padded(to_text(row.to), 10) + "  " + std::string(row.why) + "\n";
  }
  return text;
}

TEST(FeedTableTest, TheDocumentShowsIt) {
  const std::string shown = documented(ARCHITECTURE, "feed-table");
  EXPECT_TRUE(shown == printed_table())
      << "ARCHITECTURE.md must hold, between its feed-table markers:\n```\n"
      << printed_table() << "```\nand holds:\n"
      << shown;
}

TEST(FeedTableTest, AMoveLeadsToOneState) {
  std::set<std::pair<FeedState, FeedMove>> seen;
  for (const FeedRow& row : feed_table) {
    EXPECT_TRUE(seen.insert({row.from, row.move}).second)
        << to_text(row.from) << " " << to_text(row.move);
    EXPECT_NE(row.from, row.to);
    EXPECT_FALSE(row.why.empty());
  }
}

TEST(FeedTableTest, EveryStateIsReachedAndLeft) {
  std::set<FeedState> reached{FeedState::starting};
  std::set<FeedState> left;
  for (std::size_t round = 0; round < feed_table.size(); ++round) {
    for (const FeedRow& row : feed_table) {
      if (reached.contains(row.from)) {
        reached.insert(row.to);
      }
      left.insert(row.from);
    }
  }
  EXPECT_EQ(reached.size(), 8U);
  EXPECT_EQ(left.size(), 8U);
}

}  // namespace
}  // namespace innduct::engine
