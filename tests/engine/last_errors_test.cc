// last_errors_test.cc: proves that the last warnings and errors are kept, each once, the newest
// first, and never too many.
#include "engine/last_errors.h"

#include <gtest/gtest.h>

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;

const core::Instant then{1h};

std::string texts(const LastErrors& errors) {
  std::string all;
  for (const LastErrors::Error& each : errors.all()) {
    all += each.text + ' ';
  }
  return all;
}

TEST(LastErrorsTest, WhatOnlyTellsIsNoError) {
  LastErrors errors;
  for (const Level level : {Level::debug, Level::info, Level::notice}) {
    errors.note(level, "well", then);
  }
  EXPECT_TRUE(errors.all().empty());
  EXPECT_EQ(errors.count(Level::notice), 0U);
}

TEST(LastErrorsTest, ARepeatIsCountedAndComesFirst) {
  LastErrors errors;
  errors.note(Level::warning, "a", then);
  errors.note(Level::warning, "b", then + 1s);
  errors.note(Level::error, "a", then + 2s);  // worse is another
  errors.note(Level::warning, "a", then + 3s);
  EXPECT_EQ(texts(errors), "a a b ");
  const LastErrors::Error& first = errors.all().front();
  EXPECT_EQ(first.level, Level::warning);
  EXPECT_EQ(first.count, 2U);
  EXPECT_EQ(first.first, then);
  EXPECT_EQ(first.last, then + 3s);
  EXPECT_EQ(errors.count(Level::warning), 3U);
  EXPECT_EQ(errors.count(Level::error), 1U);
}

TEST(LastErrorsTest, TheOldestGoesFirst) {
  LastErrors errors;
  for (char c = 'a'; c <= 'p'; ++c) {
    errors.note(Level::warning, std::string(1, c), then);
  }
  errors.note(Level::warning, "a", then);
  errors.note(Level::critical, "new", then);
  EXPECT_EQ(texts(errors), "new a p o n m l k j i h g f e d c ");
  errors.note(Level::warning, std::string(5000, 'x'), then);
  EXPECT_EQ(errors.all().size(), LastErrors::kept_max);
  EXPECT_EQ(errors.all().front().text.size(), LastErrors::text_size_max);
}

}  // namespace
}  // namespace innduct::engine
