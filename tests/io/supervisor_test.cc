// supervisor_test.cc: proves what a service manager is told, and when. It is played by a datagram
// socket of the test.
#include "io/supervisor.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>

#include "inn/temp_dir.h"
#include "io/descriptor.h"

namespace innduct::io {
namespace {

using namespace std::chrono_literals;

struct SupervisorTest : testing::Test {
  SupervisorTest() : socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = dir / "notify";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "20000000", 1);
  }
  ~SupervisorTest() override {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }
  // What it was told since the last call.
  std::string told() {
    std::array<char, 1000> text{};
    const ssize_t got = ::recv(socket.get(), text.data(), text.size(), 0);
    return {text.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

  test::TempDir dir;
  Descriptor socket;
  const core::Instant begin{1h};
};

TEST_F(SupervisorTest, IsToldOfBeginAndEnd) {
  const Supervisor supervisor;
  supervisor.ready("feeding a to b");
  EXPECT_EQ(told(), "READY=1\nSTATUS=feeding a to b");
  supervisor.stopping();
  EXPECT_EQ(told(), "STOPPING=1");
}

TEST_F(SupervisorTest, IsToldWhatWeDo) {
  const Supervisor supervisor;
  EXPECT_TRUE(supervisor.listens());
  supervisor.tell("NORMAL: 3 accepted");
  EXPECT_EQ(told(), "STATUS=NORMAL: 3 accepted");
}

TEST_F(SupervisorTest, IsToldWhenWeReload) {
  const Supervisor supervisor;
  supervisor.reloading(begin + 7us);
  EXPECT_EQ(told(), "RELOADING=1\nMONOTONIC_USEC=3600000007");
  supervisor.reloaded();
  EXPECT_EQ(told(), "READY=1");
}

TEST_F(SupervisorTest, IsToldTwiceInItsTimeThatWeLive) {
  Supervisor supervisor;
  EXPECT_LE(supervisor.deadline(), begin) << "at once";
  supervisor.alive(begin);
  EXPECT_EQ(told(), "WATCHDOG=1");
  EXPECT_EQ(supervisor.deadline(), begin + 10s);
  supervisor.alive(begin + 9s);
  EXPECT_EQ(told(), "");
  supervisor.alive(begin + 10s);
  EXPECT_EQ(told(), "WATCHDOG=1");
  EXPECT_EQ(supervisor.deadline(), begin + 20s);
}

TEST_F(SupervisorTest, WithoutAWatchdogNobodyIsWoken) {
  ::unsetenv("WATCHDOG_USEC");
  Supervisor supervisor;
  EXPECT_EQ(supervisor.deadline(), core::Instant::max());
  supervisor.alive(begin);
  EXPECT_EQ(told(), "");
}

TEST_F(SupervisorTest, WithoutAManagerNothingIsSaid) {
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  Supervisor supervisor;
  EXPECT_FALSE(supervisor.listens());
  supervisor.ready("alone");
  supervisor.tell("nothing");
  supervisor.reloading(begin);
  supervisor.reloaded();
  supervisor.alive(begin);
  supervisor.stopping();
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace innduct::io
