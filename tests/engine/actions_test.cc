// actions_test.cc: proves that texts last as long as the turn, whatever their size, and that their
// memory is used again.
#include "engine/actions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace innduct::engine {
namespace {

TEST(ActionsTest, TextsLastForTheTurn) {
  Actions actions;
  std::vector<std::string> originals;
  std::vector<std::string_view> kept;
  for (std::size_t i = 0; i < 2000; ++i) {
    originals.push_back(std::string(i % 300, static_cast<char>('a' + i % 26)));
    kept.push_back(actions.keep(originals.back()));
  }
  const std::string monstrous(300'000, 'm');
  const std::string_view kept_monstrous = actions.keep(monstrous);
  kept.push_back(actions.keep("behind it"));
  originals.push_back("behind it");
  EXPECT_EQ(kept_monstrous, monstrous);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    ASSERT_EQ(kept[i], originals[i]);
  }
}

TEST(ActionsTest, MemoryIsUsedAgain) {
  Actions actions;
  const char* const first = actions.keep("one").data();
  actions.add(Exit{4, 0});
  EXPECT_FALSE(actions.empty());
  actions.clear();
  EXPECT_TRUE(actions.empty());
  EXPECT_EQ(actions.keep("two").data(), first);
}

TEST(ActionsTest, KeepTheirOrder) {
  Actions actions;
  for (int code = 0; code < 100; ++code) {
    actions.add(Exit{code, 0});
  }
  ASSERT_EQ(actions.list().size(), 100U);
  for (int code = 0; code < 100; ++code) {
    EXPECT_EQ(std::get<Exit>(actions.list()[static_cast<std::size_t>(code)]).code, code);
  }
}

TEST(ActionsTest, NothingNeedsNoRoom) { EXPECT_EQ(Actions().keep(""), ""); }

}  // namespace
}  // namespace innduct::engine
