// fatal_signals_test.cc: proves that a process that dies of its own doing leaves its word behind,
// however it dies, and that no other end does. Children really die; the word is in memory that
// they share with us.
#include "io/fatal_signals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>

namespace innduct::io {
namespace {

class FatalSignalsTest : public ::testing::Test {
 protected:
  FatalSignalsTest()
      : word(static_cast<std::uint32_t*>(::mmap(nullptr, sizeof(std::uint32_t),
                                                PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                                                -1, 0))) {}
  ~FatalSignalsTest() override { ::munmap(word, sizeof(std::uint32_t)); }

  // Runs `end` in a child that notes fatal signals. Returns how it ended, as waitpid(2) tells it.
  int child(const std::function<void()>& end) {
    *word = 0;
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::dup2(::open("/dev/null", O_WRONLY), 2);  // a sanitizer would have its say
      const AlternateStack stack;
      const FatalSignals signals(*word);
      end();
      ::_exit(0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return status;
  }

  std::uint32_t* word;
};

// A store that no sanitizer sees coming.
void fault() {
  void* const page = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile char*>(page) = 1;
}

// NOLINTNEXTLINE(misc-no-recursion): that is the point
int overflow(int depth) {
  volatile char room[4096];
  room[depth % 4096] = 1;
  return depth < 0 ? 0 : overflow(depth + 1) + room[depth % 4096];
}

TEST_F(FatalSignalsTest, AFaultIsNotedAndStillKills) {
  const int status = child(fault);
  EXPECT_NE(status, 0);
  EXPECT_EQ(*word, static_cast<std::uint32_t>(SIGSEGV));
}

TEST_F(FatalSignalsTest, SoIsAnAbort) {
  const int status = child([] { std::abort(); });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  EXPECT_EQ(*word, static_cast<std::uint32_t>(SIGABRT));
}

TEST_F(FatalSignalsTest, SoIsEachSignalThatIsSent) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) {
    const int status = child([&] { std::raise(signal); });
    EXPECT_NE(status, 0) << signal;
    EXPECT_EQ(*word, static_cast<std::uint32_t>(signal));
  }
}

TEST_F(FatalSignalsTest, SoIsAStackThatOverflows) {
  const int status = child([] { ::_exit(overflow(1)); });
  EXPECT_NE(status, 0);
  EXPECT_EQ(*word, static_cast<std::uint32_t>(SIGSEGV));
}

TEST_F(FatalSignalsTest, NoOtherEndIs) {
  EXPECT_NE(child([] { std::raise(SIGKILL); }), 0);
  EXPECT_EQ(*word, 0U);
  EXPECT_NE(child([] { std::raise(SIGTERM); }), 0);
  EXPECT_EQ(*word, 0U);
  EXPECT_EQ(child([] { ::_exit(0); }), 0);
  EXPECT_EQ(*word, 0U);
}

TEST_F(FatalSignalsTest, AnEndByOurOwnCheckIsNotedWhenItIsSaid) {
  child([] {
    FatalSignals::note();
    ::_exit(16);
  });
  EXPECT_NE(*word, 0U);
}

TEST_F(FatalSignalsTest, HandlersAreAsBeforeWhenItEnds) {
  struct sigaction before {};
  struct sigaction after {};
  ::sigaction(SIGFPE, nullptr, &before);
  { const FatalSignals signals(*word); }
  ::sigaction(SIGFPE, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
  FatalSignals::note();
  EXPECT_EQ(*word, 0U) << "nobody keeps the word any more";
}

}  // namespace
}  // namespace innduct::io
