// peer.cc: sockets to the peer.
//
// Handlers name their connection by its ConnId and look it up: one that ended while its handler
// was on its way is not found.
#include "io/peer.h"

#include <netinet/in.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "io/outbox.h"

namespace innduct::io {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using engine::ArticleRef;
using engine::ConnId;

// One sendmsg(2) takes no more pieces (IOV_MAX).
constexpr std::size_t pieces_max = 1024;
// How long a connection that is being closed in good order may take.
constexpr auto leave_time_max = std::chrono::seconds(10);

enum class State : std::uint8_t {
  connecting,
  open,
  leaving,  // the engine is done with it; what was sent still leaves
};

}  // namespace

struct Peer::Connection {
  Connection(boost::asio::io_context& loop, ConnId its_id) : id(its_id), socket(loop) {}

  ConnId id;
  tcp::socket socket;
  State state = State::connecting;
  Outbox outbox;
  bool sending = false;         // it is in sending_
  bool awaits_room = false;     // the socket's buffer is full
  bool shut = false;            // we have said all that we had to say
  int send_error = 0;           // nothing can be sent any more; what was received may still be read
  std::uint64_t sent_turn = 0;  // Sent was told in this turn of the inbox,
  std::size_t sent_index = 0;   // at this place
  std::unique_ptr<char[]> room = std::make_unique_for_overwrite<char[]>(received_bytes_max);
  std::optional<boost::asio::steady_timer> leave_timer;
};

Peer::Peer(boost::asio::io_context& loop, Inbox& inbox, std::uint16_t port, SourceAddresses sources,
           GiveBack give_back)
    : loop_(loop),
      inbox_(inbox),
      port_(port),
      sources_(std::move(sources)),
      give_back_(std::move(give_back)) {}

Peer::~Peer() = default;

void Peer::connect(ConnId conn, std::string_view address) {
  core::check(!connections_.contains(conn), "a ConnId is used once");
  Connection& connection =
      *connections_.emplace(conn, std::make_unique<Connection>(loop_, conn)).first->second;
  error_code error;
  const auto found = boost::asio::ip::make_address(address, error);
  if (error || !open(connection, found, error)) {
    lose(connection, error.value(), {});
    return;
  }
  const SourceAddress& source = sources_.of(found);
  if (source.use == SourceAddress::Use::one && connection.socket.bind({source.address, 0}, error)) {
    lose(connection, error.value(),
         core::cat("the source address ", source.address.to_string(), " of inn.conf: "));
    return;
  }
  connection.socket.async_connect(
      {found, port_}, [this, conn](const error_code& failure) { connected(conn, failure); });
}

bool Peer::open(Connection& connection, const boost::asio::ip::address& address,
                error_code& error) {
  tcp::socket& socket = connection.socket;
  if (socket.open(address.is_v4() ? tcp::v4() : tcp::v6(), error) ||
      socket.non_blocking(true, error) || socket.set_option(tcp::no_delay(true), error) ||
      socket.set_option(boost::asio::socket_base::keep_alive(true), error)) {
    return false;
  }
  // A bound source address is to cost no port of its own before connect(2) chooses one.
  const int yes = 1;
  ::setsockopt(socket.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  return true;
}

void Peer::connected(ConnId conn, const error_code& error) {
  Connection* const connection = find(conn);
  if (connection == nullptr) {
    return;
  }
  if (error) {
    lose(*connection, error.value(), {});
    return;
  }
  connection->state = State::open;
  inbox_.tell(engine::Connected{conn});
  read(*connection);
  write(*connection);
}

void Peer::send(ConnId conn, std::string_view text, ArticleRef article, const ArticleBytes& bytes) {
  Connection* const connection = find(conn);
  if (connection == nullptr || connection->state == State::leaving || connection->send_error != 0) {
    if (article) {
      give_back_(article);
    }
    return;
  }
  connection->outbox.add(text);
  if (article) {
    connection->outbox.add(article, bytes);
  }
  if (!connection->sending) {
    connection->sending = true;
    sending_.push_back(conn);
  }
}

void Peer::leave() {
  for (const ConnId conn : sending_) {
    if (Connection* const connection = find(conn)) {
      connection->sending = false;
      write(*connection);
    }
  }
  sending_.clear();
}

void Peer::disconnect(ConnId conn, bool gracefully) {
  Connection* const connection = find(conn);
  if (connection == nullptr || connection->state == State::leaving) {
    return;
  }
  const bool was_open = connection->state == State::open;
  write(*connection);
  connection->state = State::leaving;
  if (!gracefully || !was_open || connection->send_error != 0) {
    close(*connection);
    return;
  }
  connection->leave_timer.emplace(loop_, leave_time_max);
  connection->leave_timer->async_wait([this, conn](const error_code& error) {
    if (Connection* const late = find(conn); late != nullptr && !error) {
      close(*late);
    }
  });
  close_if_left(*connection);
}

void Peer::resume() {
  closed_.clear();
  for (const ConnId conn : std::exchange(paused_, {})) {
    if (Connection* const connection = find(conn)) {
      read(*connection);
    }
  }
}

void Peer::read(Connection& connection) {
  connection.socket.async_read_some(
      boost::asio::buffer(connection.room.get(), received_bytes_max),
      [this, conn = connection.id](const error_code& error, std::size_t size) {
        received(conn, error, size);
      });
}

void Peer::received(ConnId conn, const error_code& error, std::size_t size) {
  Connection* const connection = find(conn);
  if (connection == nullptr) {
    return;
  }
  if (connection->state == State::leaving) {
    if (error) {
      close(*connection);
    } else {
      read(*connection);  // of no interest; but unread bytes would reset the connection
    }
    return;
  }
  if (error == boost::asio::error::eof) {
    lose(*connection, connection->send_error, {});
  } else if (error) {
    lose(*connection, error.value(), {});
  } else {
    inbox_.tell(engine::Received{conn, {connection->room.get(), size}});
    paused_.push_back(conn);
  }
}

// Sends as much as the socket takes.
void Peer::write(Connection& connection) {
  if (connection.state == State::connecting || connection.awaits_room) {
    return;
  }
  while (!connection.outbox.empty()) {
    const ssize_t sent = send_some(connection);
    if (sent >= 0) {
      connection.outbox.accepted(static_cast<std::size_t>(sent), gone_);
      tell_sent(connection, static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) {
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      connection.awaits_room = true;
      connection.socket.async_wait(tcp::socket::wait_write,
                                   [this, conn = connection.id](const error_code& error) {
                                     Connection* const found = find(conn);
                                     if (found == nullptr || error) {
                                       return;
                                     }
                                     found->awaits_room = false;
                                     write(*found);
                                     close_if_left(*found);
                                   });
      break;
    }
    // The peer may have said why before it went: reading comes to its end and tells Lost. That end
    // is made here, as the connection itself may be well (ENOBUFS).
    connection.send_error = errno;
    connection.outbox.drop(gone_);
    error_code ignored;
    connection.socket.shutdown(tcp::socket::shutdown_both, ignored);
  }
  give_back();
}

// As sendmsg(2). What is in a file never passes through our memory: the copy that was verified is
// the file, of which nothing is changed once it is there (decision 0009).
ssize_t Peer::send_some(Connection& connection) {
  const int socket = connection.socket.native_handle();
  if (const auto part = connection.outbox.file_part()) {
    auto offset = static_cast<off_t>(part->offset);
    const ssize_t sent = ::sendfile(socket, part->file, &offset, part->size);
    if (sent == 0) {
      errno = EIO;  // it has become shorter
      return -1;
    }
    return sent;
  }
  const bool more_follows = connection.outbox.gather(vectors_, pieces_max);
  msghdr message{};
  message.msg_iov = vectors_.data();
  message.msg_iovlen = vectors_.size();
  return ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT | (more_follows ? MSG_MORE : 0));
}

// Told once a turn; more of it is added to what was told.
void Peer::tell_sent(Connection& connection, std::size_t bytes) {
  if (connection.state == State::leaving) {
    return;
  }
  if (connection.sent_turn != inbox_.turn()) {
    connection.sent_turn = inbox_.turn();
    connection.sent_index = inbox_.tell(engine::Sent{connection.id, 0});
  }
  inbox_.at<engine::Sent>(connection.sent_index).bytes += bytes;
}

void Peer::give_back() {
  for (const ArticleRef article : gone_) {
    give_back_(article);
  }
  gone_.clear();
}

void Peer::lose(Connection& connection, int error, std::string_view what) {
  const std::string_view text =
      error == 0 ? "closed by the peer" : inbox_.keep(core::cat(what, std::strerror(error)));
  inbox_.tell(engine::Lost{connection.id, error, text});
  close(connection);
}

// Goes on with a graceful end: when all has left, says so; the peer's end of file closes it.
void Peer::close_if_left(Connection& connection) {
  if (connection.state != State::leaving || !connection.outbox.empty() || connection.shut) {
    return;
  }
  connection.shut = true;
  error_code error;
  connection.socket.shutdown(tcp::socket::shutdown_send, error);
  if (error || connection.send_error != 0) {
    close(connection);
  }
}

void Peer::close(Connection& connection) {
  connection.outbox.drop(gone_);
  error_code ignored;
  connection.socket.close(ignored);
  connection.leave_timer.reset();
  const auto node = connections_.extract(connection.id);
  closed_.push_back(std::move(node.mapped()));
  give_back();
}

Peer::Connection* Peer::find(ConnId conn) {
  const auto found = connections_.find(conn);
  return found == connections_.end() ? nullptr : found->second.get();
}

}  // namespace innduct::io
