// http_place_test.cc: proves that a look at the place of the status page tells who is there, and
// leaves nothing there.
#include "io/http_place.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

#include "core/cat.h"
#include "inn/temp_dir.h"
#include "sockets.h"

namespace innduct::io {
namespace {

using Is = HttpPlace::Is;

HttpAddress at_port(std::uint16_t port) { return *read_http_address(core::cat(':', port)); }
HttpAddress at_path(const std::string& path) { return *read_http_address("unix:" + path); }

// What is found where somebody gives this answer.
HttpPlace with(std::string_view answer) {
  test::Listener listener;
  std::thread somebody([&] {
    const Descriptor client = listener.accept();
    test::hear(client);
    test::say(client, answer);
  });
  const HttpPlace found = look_at_http_place(at_port(listener.port()), "peer");
  somebody.join();
  return found;
}

TEST(HttpPlaceTest, APortThatNobodyHasIsFreeAfterwardsToo) {
  std::uint16_t port = 0;
  {
    const test::Listener listener;
    port = listener.port();
  }
  for (int look = 0; look < 2; ++look) {
    EXPECT_EQ(look_at_http_place(at_port(port), "peer").is, Is::free);
  }
}

TEST(HttpPlaceTest, TheOneWhoIsThereSaysWhoHeIs) {
  EXPECT_EQ(with("HTTP/1.1 200 OK\r\nServer: innduct\r\n\r\n{\"site\":\"peer\",").is, Is::ours);
  const HttpPlace another = with("HTTP/1.1 200 OK\r\nServer: innduct\r\n\r\n{\"site\":\"peer2\",");
  EXPECT_EQ(another.is, Is::taken);
  EXPECT_EQ(another.why, "another innduct listens there");
  for (const char* answer :
       {"HTTP/1.1 200 OK\r\nServer: apache\r\n\r\n{\"site\":\"peer\",", "\r\n"}) {
    const HttpPlace somebody = with(answer);
    EXPECT_EQ(somebody.is, Is::taken) << answer;
    EXPECT_EQ(somebody.why, "somebody else listens there") << answer;
  }
}

TEST(HttpPlaceTest, AnAddressMustBeOurs) {
  const HttpPlace found = look_at_http_place(*read_http_address("192.0.2.1:8080"), "peer");
  EXPECT_EQ(found.is, Is::impossible);
  EXPECT_EQ(found.why, "Cannot assign requested address");
}

TEST(HttpPlaceTest, APathIsNotMade) {
  const test::TempDir dir;
  const std::string path = dir / "page";
  EXPECT_EQ(look_at_http_place(at_path(path), "peer").is, Is::free);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(look_at_http_place(at_path(dir / "none/page"), "peer").is, Is::impossible);
  EXPECT_EQ(look_at_http_place(at_path(std::string(200, 'x')), "peer").is, Is::impossible);
  dir.write("page", "mine");
  EXPECT_EQ(look_at_http_place(at_path(path), "peer").why,
            "something that is no socket is in its place");
}

TEST(HttpPlaceTest, ASocketOfThePastIsNotInTheWay) {
  const test::TempDir dir;
  const std::string path = dir / "page";
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(look_at_http_place(at_path(path), "peer").is, Is::free) << "nobody listens";
  ASSERT_EQ(::listen(socket.get(), 4), 0);
  std::thread somebody([&] {
    for (int visitor = 0; visitor < 2; ++visitor) {
      const Descriptor client(::accept(socket.get(), nullptr, nullptr));
    }
  });
  EXPECT_EQ(look_at_http_place(at_path(path), "peer").is, Is::taken);
  somebody.join();
  EXPECT_TRUE(std::filesystem::exists(path)) << "it is not ours";
}

}  // namespace
}  // namespace innduct::io
