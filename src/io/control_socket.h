// control_socket.h: the control command line, for several people at once, on an AF_UNIX socket.
//
// Nobody who is connected can delay the feed: a client is read once per wait(), a line is at most
// 1 KB, what a client does not read is kept up to a limit, and beyond it the client is hung up.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/port.h"
#include "io/acceptor.h"
#include "io/inbox.h"
#include "io/log.h"

namespace innduct::io {

inline constexpr std::size_t clients_max = 32;
inline constexpr std::size_t unread_answers_bytes_max = 65536;

struct ListenFailed {
  enum class Why : std::uint8_t {
    too_long,  // the name does not fit into a socket address
    in_use,    // another process answers there
    trouble,   // anything else
  };
  Why why{};
  std::string text;  // for people; names the socket
};

// Unlinks a socket at `path` that nobody listens on; there may be nothing. `what` it is, for the
// text.
std::expected<void, ListenFailed> make_way(std::string_view what, const std::string& path);

class ControlSocket {
 public:
  ControlSocket(boost::asio::io_context& loop, Inbox& inbox, const Log& log);
  // Unlinks the socket if the name still leads to it.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  // Listens at `path`. Its directory is created, for its owner alone, if it is absent; a socket
  // that nobody listens on any more is replaced. Whoever may connect: the owner.
  std::expected<void, ListenFailed> listen(const std::string& path);

  void answer(engine::ClientId client, std::string_view text);
  // The same, and then tells Done when the client has taken in all, or if it is gone. It may be
  // this much late without being hung up.
  void answer_trace(engine::OpId op, engine::ClientId client, std::string_view text);
  // Closes the connection as soon as the client has read its answers.
  void hang_up(engine::ClientId client);
  // The begin of a wait(): the events of the last one were seen, reading goes on.
  void resume();

 private:
  struct Client;

  void take(boost::asio::local::stream_protocol::socket socket);
  void read(Client& client);
  void received(engine::ClientId id, const boost::system::error_code& error, std::size_t size);
  void write(Client& client);
  void lose(Client& client);
  void look_at_rest(Client& client);
  Client* find(engine::ClientId client);

  Inbox& inbox_;
  Acceptor<boost::asio::local::stream_protocol> acceptor_;
  std::string path_;  // empty: not listening
  engine::FileStat bound_;
  std::unordered_map<engine::ClientId, std::unique_ptr<Client>> clients_;
  std::vector<engine::ClientId> paused_;
  std::uint64_t last_id_ = 1;  // 1 is the console's (console.h)
};

}  // namespace innduct::io
