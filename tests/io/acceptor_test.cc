// acceptor_test.cc: proves that whoever connects is taken; and that when nobody can be, that is
// said once and tried again until it can.
#include "io/acceptor.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <string>

#include "inn/temp_dir.h"
#include "loop.h"
#include "sockets.h"

namespace innduct::io {
namespace {

using namespace std::chrono_literals;
using boost::asio::local::stream_protocol;

TEST(AcceptorTest, WithoutDescriptorsItSaysSoOnceAndWaits) {
  const test::TempDir dir;
  test::Loop loop;
  int taken = 0;
  std::string said;
  Acceptor<stream_protocol> acceptor(
      loop.context(), [&](const stream_protocol::socket&) { ++taken; },
      [&](const std::string& why) { said += why + ";"; });
  acceptor.listener().open(stream_protocol());
  acceptor.listener().bind(stream_protocol::endpoint(dir / "socket"));
  acceptor.listener().listen();
  acceptor.start();
  loop.poll();  // what asio opens for itself
  const Descriptor client = test::connect_to(dir / "socket");

  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  {
    const Descriptor next(::dup(client.get()));
    none.rlim_cur = static_cast<rlim_t>(next.get());
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  // It is tried again each second.
  const auto twice = std::chrono::steady_clock::now() + 2500ms;
  loop.context().run_until(twice);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(taken, 0);
  EXPECT_EQ(said, "Too many open files;");
  EXPECT_TRUE(loop.run_until([&] { return taken == 1; })) << "it goes on";
  EXPECT_EQ(said, "Too many open files;");
}

}  // namespace
}  // namespace innduct::io
