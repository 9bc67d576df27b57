// http_place.cc: binding a socket that goes again at once, and asking who is there.
#include "io/http_place.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>

#include "core/cat.h"
#include "core/escape.h"
#include "io/descriptor.h"

namespace innduct::io {
namespace {

using Endpoint = boost::asio::generic::stream_protocol::endpoint;
using Is = HttpPlace::Is;

// Long enough for an innduct that is busy.
constexpr timeval patience{.tv_sec = 3, .tv_usec = 0};
// The site is the first thing that an innduct says of itself.
constexpr std::size_t heard_max = 4096;

Descriptor socket_for(const Endpoint& endpoint) {
  return Descriptor(::socket(endpoint.data()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

// An errno, or 0.
int try_to_connect(const Descriptor& socket, const Endpoint& endpoint) {
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return ::connect(socket.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0
             ? 0
             : errno;
}

// How the one who is there answers, or begins to.
std::string ask(const Endpoint& endpoint) {
  constexpr std::string_view request = "GET /status.json HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const Descriptor socket = socket_for(endpoint);
  if (!socket || try_to_connect(socket, endpoint) != 0 ||
      ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    return {};
  }
  std::string heard;
  std::array<char, heard_max> piece{};
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(patience.tv_sec);
  while (heard.size() < heard_max && std::chrono::steady_clock::now() < until) {
    const ssize_t got = ::recv(socket.get(), piece.data(), piece.size(), 0);
    if (got <= 0) {
      break;
    }
    heard.append(piece.data(), static_cast<std::size_t>(got));
  }
  return heard;
}

HttpPlace who_is_there(const Endpoint& endpoint, std::string_view site) {
  const std::string answer = ask(endpoint);
  if (answer.find("Server: innduct\r\n") == answer.npos) {
    return {Is::taken, "somebody else listens there"};
  }
  if (answer.find(core::cat("{\"site\":\"", core::escaped(site), "\"")) == answer.npos) {
    return {Is::taken, "another innduct listens there"};
  }
  return {Is::ours, {}};
}

HttpPlace look_at_port(const Endpoint& endpoint, std::string_view site) {
  const Descriptor socket = socket_for(endpoint);
  const int yes = 1;
  if (socket && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
      ::bind(socket.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) {
    return {};
  }
  return errno == EADDRINUSE ? who_is_there(endpoint, site)
                             : HttpPlace{Is::impossible, std::strerror(errno)};
}

HttpPlace look_at_path(const std::string& path, std::string_view site) {
  if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return {Is::impossible, "the name is too long for a socket"};
  }
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) {
      return {Is::impossible, "something that is no socket is in its place"};
    }
    const Endpoint endpoint = boost::asio::local::stream_protocol::endpoint(path);
    const Descriptor socket = socket_for(endpoint);
    const int error = socket ? try_to_connect(socket, endpoint) : errno;
    if (error == 0) {
      return who_is_there(endpoint, site);
    }
    if (error != ECONNREFUSED && error != ENOENT) {  // nobody listens: it is replaced
      return {Is::impossible, std::strerror(error)};
    }
  } else if (errno != ENOENT) {
    return {Is::impossible, std::strerror(errno)};
  }
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  const char* const name = directory.empty() ? "." : directory.c_str();
  return ::access(name, W_OK | X_OK) == 0 ? HttpPlace{}
                                          : HttpPlace{Is::impossible, std::strerror(errno)};
}

}  // namespace

HttpPlace look_at_http_place(const HttpAddress& address, std::string_view site) {
  return address.path.empty()
             ? look_at_port(boost::asio::ip::tcp::endpoint(address.address, address.port), site)
             : look_at_path(address.path, site);
}

}  // namespace innduct::io
