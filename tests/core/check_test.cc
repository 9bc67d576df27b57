// check_test.cc: a check that holds does nothing, one that fails calls what was installed, with
// its sentence and its place, and without one aborts.
#include "core/check.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace innduct::core {
namespace {

struct Caught {
  std::string what;
  unsigned line;
};

TEST(CheckTest, ATruthDoesNothing) {
  on_check_failed([](std::string_view what, std::source_location where) {
    throw Caught{std::string(what), where.line()};
  });
  EXPECT_NO_THROW(check(true, "one is one"));
  on_check_failed(nullptr);
}

TEST(CheckTest, AFailureTellsItsSentenceAndItsPlace) {
  on_check_failed([](std::string_view what, std::source_location where) {
    throw Caught{std::string(what), where.line()};
  });
  const unsigned line = __LINE__ + 2;
  try {
    check(false, "one is two");
    ADD_FAILURE() << "a failed check returned";
  } catch (const Caught& caught) {
    EXPECT_EQ(caught.what, "one is two");
    EXPECT_EQ(caught.line, line);
  }
  on_check_failed(nullptr);
}

TEST(CheckDeathTest, WithoutAnythingInstalledItAborts) {
  EXPECT_EXIT(check(false, "one is two"), testing::KilledBySignal(SIGABRT), "");
}

TEST(CheckDeathTest, WhatReturnsFromAFailureAbortsToo) {
  EXPECT_EXIT(
      {
        on_check_failed([](std::string_view, std::source_location) {});
        check(false, "one is two");
      },
      testing::KilledBySignal(SIGABRT), "");
}

}  // namespace
}  // namespace innduct::core
