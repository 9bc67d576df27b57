// signals_test.cc: proves which signals end us, which are ignored, and that an end by a signal is
// one for whoever waits for us.
#include "io/signals.h"

#include <gtest/gtest.h>

#include <csignal>

#include "loop.h"

namespace innduct::io {
namespace {

TEST(SignalsTest, AskForTheEndOrAreIgnored) {
  test::Loop loop;
  int hangups = 0;
  const Signals signals(loop.context(), loop.inbox(), [&] { ++hangups; });
  std::raise(SIGPIPE);
  std::raise(SIGIO);
  loop.poll();
  EXPECT_EQ(hangups, 0);
  std::raise(SIGHUP);
  loop.poll();
  EXPECT_EQ(hangups, 1);
  EXPECT_TRUE(loop.inbox().empty());
  for (const int signal : {SIGTERM, SIGINT, SIGTERM}) {
    std::raise(signal);
    EXPECT_EQ(loop.await_one<engine::Stop>().signal, signal);
  }
}

TEST(SignalsDeathTest, TheSignalIsTheEnd) {
  const auto end = [](int by) {
    test::Loop loop;
    const Signals signals(loop.context(), loop.inbox(), [] {});
    die_by(by);
  };
  EXPECT_EXIT(end(SIGTERM), ::testing::KilledBySignal(SIGTERM), "");
  EXPECT_EXIT(end(SIGINT), ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace innduct::io
