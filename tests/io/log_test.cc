// log_test.cc: proves what a line looks like on stderr, and when it goes there.
#include "io/log.h"

#include <gtest/gtest.h>

namespace innduct::io {
namespace {

using engine::Level;

TEST(LogTest, InteractiveShowsEverything) {
  Log log(true);
  log.set_feed("peer", "news.example.com");
  log.started();
  ::testing::internal::CaptureStderr();
  log.note(Level::debug, "small print");
  log.note(Level::critical, "100%s sure");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "innduct: debug: peer: small print\ninnduct: critical: peer: 100%s sure\n");
}

TEST(LogTest, WhoeverStartsItSeesWhatGoesWrongUntilItIsStarted) {
  Log log(false);
  ::testing::internal::CaptureStderr();
  log.note(Level::info, "not for the starter");
  log.note(Level::error, "no such site");
  log.set_feed("peer", "news.example.com");
  log.note(Level::warning, "before");
  log.started();
  log.note(Level::error, "after");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "innduct: no such site\ninnduct: peer: before\n");
}

}  // namespace
}  // namespace innduct::io
