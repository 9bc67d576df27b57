// daemon_test.cc: proves that whoever starts a daemon learns how it went: the foreground process
// ends when the background one is ready or has failed, with its exit status.
#include "app/daemon.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "app/failure.h"

namespace innduct::app {
namespace {

// The exit status of a foreground process whose background process does `work`.
int status_of(const std::function<void(Daemon&)>& work) {
  const pid_t foreground = ::fork();
  if (foreground == 0) {
    Daemon daemon = Daemon::start();
    work(daemon);
    ::_exit(99);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(foreground, &status, 0), foreground);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

TEST(DaemonTest, ReadyIsZeroThoughItGoesOn) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(status_of([&](Daemon& daemon) {
              daemon.ready();
              ::close(ends[1]);
              char word = 0;
              static_cast<void>(!::read(ends[0], &word, 1));  // until the test is done with it
            }),
            0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(DaemonTest, AFailureIsPassedOn) {
  for (const int code : {0, 12, 16}) {
    EXPECT_EQ(status_of([&](Daemon&) { ::_exit(code); }), code);
  }
}

TEST(DaemonTest, ACrashIsUnexpected) {
  EXPECT_EQ(status_of([](Daemon&) { ::raise(SIGKILL); }), exit_code::unexpected);
}

TEST(DaemonTest, LivesInASessionOfItsOwn) {
  EXPECT_EQ(status_of([](Daemon&) { ::_exit(::getsid(0) == ::getpid() ? 0 : 1); }), 0);
}

}  // namespace
}  // namespace innduct::app
