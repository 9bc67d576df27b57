// control_socket.cc: a listener and its clients.
//
// Handlers name their client by its ClientId and look it up: one that left while its handler was
// on its way is not found.
#include "io/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/cat.h"
#include "io/descriptor.h"
#include "io/file.h"
#include "io/line_cutter.h"

namespace innduct::io {
namespace {

using boost::asio::local::stream_protocol;
using boost::system::error_code;
using engine::ClientId;

using Why = ListenFailed::Why;

constexpr std::string_view control_socket = "control socket";

std::unexpected<ListenFailed> failed(Why why, const std::string& path, std::string_view text,
                                     std::string_view what = control_socket) {
  return std::unexpected(ListenFailed{why, core::cat(what, " ", path, ": ", text)});
}

// Whether somebody listens at `path`: 0, or what connect(2) said. It never waits.
int try_to_connect(const std::string& path) {
  const Descriptor trial(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!trial) {
    return errno;
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int result =
      ::connect(trial.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return result == 0 ? 0 : errno;
}

std::expected<void, ListenFailed> make_directory(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) {
    return {};
  }
  if (::mkdir(path.substr(0, slash).c_str(), 0700) < 0 && errno != EEXIST) {
    return failed(Why::trouble, path,
                  core::cat("its directory cannot be created: ", std::strerror(errno)));
  }
  return {};
}

}  // namespace

std::expected<void, ListenFailed> make_way(std::string_view what, const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) < 0) {
    if (errno == ENOENT) {
      return {};
    }
    return failed(Why::trouble, path, std::strerror(errno), what);
  }
  if (!S_ISSOCK(found.st_mode)) {
    return failed(Why::trouble, path, "something that is no socket is in its place", what);
  }
  const int answer = try_to_connect(path);
  // EAGAIN: so many wait to be accepted that there is no room for another one.
  if (answer == 0 || answer == EAGAIN || answer == EPROTOTYPE) {
    return failed(Why::in_use, path, "another process listens there", what);
  }
  if (answer != ECONNREFUSED && answer != ENOENT) {
    return failed(Why::trouble, path, std::strerror(answer), what);
  }
  if (const Tried<void> gone = unlink_name(path); !gone && gone.error() != ENOENT) {
    return failed(Why::trouble, path, std::strerror(gone.error()), what);
  }
  return {};
}

struct ControlSocket::Client {
  Client(ClientId its_id, stream_protocol::socket its_socket)
      : id(its_id), socket(std::move(its_socket)) {}

  ClientId id;
  stream_protocol::socket socket;
  LineCutter lines;
  std::string unsent;
  engine::OpId trace;  // told Done when all is sent
  std::size_t trace_size = 0;
  bool awaits_room = false;
  bool left = false;  // it asks no more, but may still read what it asked for
  std::array<char, LineCutter::line_size_max> room{};
};

ControlSocket::ControlSocket(boost::asio::io_context& loop, Inbox& inbox, const Log& log)
    : inbox_(inbox),
      acceptor_(
          loop, [this](stream_protocol::socket socket) { take(std::move(socket)); },
          [&log](const std::string& why) {
            log.note(engine::Level::warning,
                     core::cat("cannot take clients of the control socket: ", why,
                               "; trying again each second"));
          }) {}

ControlSocket::~ControlSocket() {
  if (path_.empty()) {
    return;
  }
  if (const auto found = stat_name(path_, false); found && found->same_file(bound_)) {
    static_cast<void>(unlink_name(path_));  // a stale socket is replaced at the next start
  }
}

std::expected<void, ListenFailed> ControlSocket::listen(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return failed(Why::too_long, path,
                  core::cat("the name is too long for a socket: it has ", path.size(),
                            " bytes, allowed are ", sizeof(sockaddr_un{}.sun_path) - 1));
  }
  if (auto made = make_directory(path); !made) {
    return made;
  }
  if (auto free = make_way(control_socket, path); !free) {
    return free;
  }
  error_code error;
  if (!acceptor_.listener().open(stream_protocol(), error)) {
    acceptor_.listener().bind(stream_protocol::endpoint(path), error);
  }
  if (error) {
    return failed(Why::trouble, path, error.message());
  }
  const Tried<engine::FileStat> bound = stat_name(path, false);
  if (!bound || ::chmod(path.c_str(), 0700) < 0) {
    return failed(Why::trouble, path, std::strerror(bound ? errno : bound.error()));
  }
  if (acceptor_.listener().listen(static_cast<int>(clients_max), error)) {
    return failed(Why::trouble, path, error.message());
  }
  path_ = path;
  bound_ = *bound;
  acceptor_.start();
  return {};
}

void ControlSocket::take(stream_protocol::socket socket) {
  if (clients_.size() >= clients_max) {
    constexpr std::string_view full = "error: too many control connections\n";
    ::send(socket.native_handle(), full.data(), full.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  const ClientId id{++last_id_};
  Client& client =
      *clients_.emplace(id, std::make_unique<Client>(id, std::move(socket))).first->second;
  inbox_.tell(engine::Joined{id});
  read(client);
}

void ControlSocket::read(Client& client) {
  client.socket.async_read_some(boost::asio::buffer(client.room),
                                [this, id = client.id](const error_code& error, std::size_t size) {
                                  received(id, error, size);
                                });
}

void ControlSocket::received(ClientId id, const error_code& error, std::size_t size) {
  Client* const client = find(id);
  if (client == nullptr || client->left) {
    return;
  }
  if (error) {
    lose(*client);
    return;
  }
  client->lines.feed({client->room.data(), size});
  while (const auto line = client->lines.next()) {
    inbox_.tell(engine::Asked{id, inbox_.keep(*line)});
  }
  if (client->lines.overlong()) {
    client->unsent +=
        core::cat("error: a line has at most ", LineCutter::line_size_max, " bytes\n");
    write(*client);
    if (find(id) != nullptr) {
      lose(*client);
    }
    return;
  }
  paused_.push_back(id);
}

void ControlSocket::answer(ClientId id, std::string_view text) {
  Client* const client = find(id);
  if (client == nullptr) {
    return;
  }
  client->unsent += text;
  write(*client);
}

void ControlSocket::answer_trace(engine::OpId op, ClientId id, std::string_view text) {
  Client* const client = find(id);
  if (client == nullptr) {
    inbox_.tell(engine::Done{op});
    return;
  }
  client->trace = op;
  client->trace_size = text.size();
  client->unsent += text;
  write(*client);
}

void ControlSocket::hang_up(ClientId id) {
  Client* const client = find(id);
  if (client == nullptr) {
    return;
  }
  client->left = true;
  look_at_rest(*client);
}

void ControlSocket::resume() {
  for (const ClientId id : std::exchange(paused_, {})) {
    if (Client* const client = find(id)) {
      read(*client);
    }
  }
}

// Sends as much as the client takes. May lose it.
void ControlSocket::write(Client& client) {
  while (!client.unsent.empty() && !client.awaits_room) {
    const ssize_t sent = ::send(client.socket.native_handle(), client.unsent.data(),
                                client.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      client.unsent.erase(0, static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      client.awaits_room = true;
      client.socket.async_wait(stream_protocol::socket::wait_write,
                               [this, id = client.id](const error_code& error) {
                                 Client* const found = find(id);
                                 if (found != nullptr && !error) {
                                   found->awaits_room = false;
                                   write(*found);
                                 }
                               });
    } else if (errno != EINTR) {
      client.unsent.clear();
      lose(client);
      return;
    }
  }
  if (client.unsent.size() > unread_answers_bytes_max + client.trace_size) {
    client.unsent.clear();
    lose(client);
  } else {
    look_at_rest(client);
  }
}

// Tells Left, once. What the client asked for may still reach it.
void ControlSocket::lose(Client& client) {
  if (!std::exchange(client.left, true)) {
    inbox_.tell(engine::Left{client.id});
  }
  look_at_rest(client);
}

// What is done when all is sent. May end the client's life.
void ControlSocket::look_at_rest(Client& client) {
  if (!client.unsent.empty()) {
    return;
  }
  client.trace_size = 0;
  if (const engine::OpId op = std::exchange(client.trace, {})) {
    inbox_.tell(engine::Done{op});
  }
  if (client.left) {
    clients_.erase(client.id);
  }
}

ControlSocket::Client* ControlSocket::find(ClientId client) {
  const auto found = clients_.find(client);
  return found == clients_.end() ? nullptr : found->second.get();
}

}  // namespace innduct::io
