// control_client.cc: connecting, asking, finding the end of the answer.
#include "io/control_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/cat.h"
#include "core/escape.h"
#include "io/line_cutter.h"

namespace innduct::io {
namespace {

std::unexpected<std::string> trouble(const std::string& path, std::string_view what) {
  return std::unexpected(core::cat("control socket ", core::escaped(path), ": ", what));
}

constexpr std::string_view ended = "innduct ended the connection before it had answered";

std::string system_text() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    return core::cat("no answer within ", ControlClient::patience.count(), " s");
  }
  return errno == EPIPE || errno == ECONNRESET ? std::string(ended) : std::strerror(errno);
}

}  // namespace

std::optional<ControlAnswer> AnswerReader::next() {
  while (true) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end == std::string::npos) {
      return std::nullopt;
    }
    std::string_view line = std::string_view(buffer_).substr(searched_, end - searched_);
    if (!std::exchange(is_batch_, true)) {
      line.remove_prefix(line.rfind('|') + 1);
      if (line != "ok") {
        return ControlAnswer{std::string(line), false};
      }
    }
    if (line == "ok" || line == "failed") {
      ControlAnswer answer{buffer_.substr(0, searched_), line == "ok"};
      buffer_.erase(0, end + 1);
      searched_ = 0;
      return answer;
    }
    searched_ = end + 1;
  }
}

std::string AnswerReader::take_lines() {
  const std::size_t end = buffer_.rfind('\n');
  std::string lines = buffer_.substr(0, end == std::string::npos ? 0 : end + 1);
  buffer_.erase(0, lines.size());
  searched_ = 0;
  return lines;
}

ControlClient::ControlClient(std::string path, Descriptor socket)
    : path_(std::move(path)), socket_(std::move(socket)) {}

std::expected<ControlClient, std::string> ControlClient::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return trouble(path, "the name is too long for a socket");
  }
  path.copy(address.sun_path, path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval time{.tv_sec = patience.count(), .tv_usec = 0};
  if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) < 0 ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) < 0) {
    return trouble(path, std::strerror(errno));
  }
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    const bool nobody = errno == ENOENT || errno == ECONNREFUSED;
    return trouble(path,
                   core::cat(std::strerror(errno),
                             nobody ? ": no innduct listens there; is the feed running?" : ""));
  }
  ControlClient client(path, std::move(socket));
  const auto ready = client.ask("batch");
  if (!ready) {
    return std::unexpected(ready.error());
  }
  if (!ready->good) {
    return trouble(path, core::cat("an older innduct? It answers: ", core::escaped(ready->text)));
  }
  return client;
}

std::expected<ControlAnswer, std::string> ControlClient::ask(std::string_view command) {
  if (const auto said = say(command); !said) {
    return std::unexpected(said.error());
  }
  while (true) {
    auto heard = receive(true);
    if (!heard) {
      return std::unexpected(heard.error());
    }
    if (*heard) {
      return **std::move(heard);
    }
  }
}

std::expected<void, std::string> ControlClient::say(std::string_view command) {
  if (command.find('\n') != command.npos || command.size() >= LineCutter::line_size_max) {
    return trouble(path_, core::cat("a command is one line, shorter than ",
                                    LineCutter::line_size_max, " bytes"));
  }
  const std::string line = core::cat(command, "\n");
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) {
      continue;
    }
    if (sent < 0) {
      return trouble(path_, system_text());
    }
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

std::expected<std::optional<ControlAnswer>, std::string> ControlClient::receive(bool wait) {
  if (auto whole = reader_.next()) {
    return whole;
  }
  const auto goes_on = read(wait);
  if (!goes_on) {
    return std::unexpected(goes_on.error());
  }
  if (!*goes_on) {
    return trouble(path_, ended);
  }
  return reader_.next();
}

std::expected<bool, std::string> ControlClient::read(bool wait) {
  std::array<char, 65536> bytes{};
  const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), wait ? 0 : MSG_DONTWAIT);
  if (got < 0 && (errno == EINTR || (!wait && (errno == EAGAIN || errno == EWOULDBLOCK)))) {
    return true;
  }
  if (got < 0) {
    return trouble(path_, system_text());
  }
  reader_.feed({bytes.data(), static_cast<std::size_t>(got)});
  return got > 0;
}

std::expected<bool, std::string> ControlClient::follow(
    int stop, const std::function<void(const std::string&)>& show) {
  std::array<pollfd, 2> sources{{{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                                 {.fd = stop, .events = POLLIN, .revents = 0}}};
  while (true) {
    show(reader_.take_lines());
    if (::poll(sources.data(), sources.size(), -1) < 0) {
      if (errno == EINTR) {
        continue;
      }
      return trouble(path_, std::strerror(errno));
    }
    if (sources[1].revents != 0) {
      return false;
    }
    const auto goes_on = read(false);
    if (!goes_on) {
      return std::unexpected(goes_on.error());
    }
    if (!*goes_on) {
      return true;
    }
  }
}

}  // namespace innduct::io
