// sockets.h: the other side of a connection, in plain system calls: what is tested is not used.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/descriptor.h"

namespace innduct::test {

// Listens on a port of 127.0.0.1 that the system chooses.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Buffers are inherited; small ones make a reader slow soon.
    const int little = 8192;
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), plain, size), 0);
    EXPECT_EQ(::listen(socket_.get(), 16), 0);
    EXPECT_EQ(::getsockname(socket_.get(), plain, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  std::uint16_t port() const { return port_; }
  // Waits for a connection; its other side is kept in `from`.
  io::Descriptor accept(sockaddr_in* from = nullptr) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    io::Descriptor accepted(
        ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC));
    EXPECT_TRUE(accepted);
    if (from != nullptr) {
      *from = address;
    }
    return accepted;
  }

 private:
  io::Descriptor socket_;
  std::uint16_t port_ = 0;
};

// Connects to an AF_UNIX socket; -1 if nobody listens.
inline io::Descriptor connect_to(const std::string& path) {
  io::Descriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    return io::Descriptor();
  }
  return client;
}

inline void say(const io::Descriptor& to, std::string_view text) {
  EXPECT_EQ(::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(text.size()));
}

// Whatever has arrived; `ended` is set at the end of file or an error.
inline std::string hear(const io::Descriptor& from, bool* ended = nullptr,
                        std::size_t size_max = 1 << 16) {
  std::string heard(size_max, '\0');
  const ssize_t got = ::recv(from.get(), heard.data(), heard.size(), MSG_DONTWAIT);
  const bool nothing_yet = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (ended != nullptr) {
    *ended = got <= 0 && !nothing_yet;
  }
  heard.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return heard;
}

}  // namespace innduct::test
