// troubles_test.cc: proves that each trouble has its line, and that nothing is said of a feed that
// is well.
#include "engine/troubles.h"

#include <gtest/gtest.h>

namespace innduct::engine {
namespace {

Status well() {
  Status status;
  status.state = FeedState::normal;
  return status;
}

TEST(TroublesTest, EachHasItsLine) {
  EXPECT_TRUE(troubles(well()).empty());
  const struct {
    void (*breaking)(Status&);
    const char* said;
  } cases[] = {
      {[](Status& s) { s.state = FeedState::waiting; }, "there is no feed file"},
      {[](Status& s) { s.state = FeedState::flushfail; }, "innd does not begin a new feed file"},
      {[](Status& s) {
         s.connect_failures = 1;
         s.connect_failure = "refused\033";
       },
       "the peer cannot be reached: refused\\x1b"},
      {[](Status& s) { s.store_in_trouble = true; }, "the article store is in trouble"},
      {[](Status& s) { s.backlog_unreadable = 2; }, "2 backlog files cannot be read"},
      {[](Status& s) { s.backlog_unreadable = 1; }, "1 backlog file cannot be read"},
      {[](Status& s) { s.in_quarantine = 3; }, "3 articles are in the quarantine"},
      {[](Status& s) { s.in_quarantine = 1; }, "1 article is in the quarantine"},
  };
  for (const auto& [breaking, said] : cases) {
    Status status = well();
    breaking(status);
    const auto found = troubles(status);
    ASSERT_EQ(found.size(), 1U) << said;
    EXPECT_TRUE(found[0].starts_with(said)) << found[0];
  }
}

}  // namespace
}  // namespace innduct::engine
