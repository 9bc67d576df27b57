// peer.h: the connections to the peer.
//
//     Send Send Send ... end of the turn: one gathered write -- would block -> the rest when it can
//     wait(): one read per connection -> Received; the next read only in the next wait()
//
// So a peer that sends faster than it is listened to is slowed down by TCP, and what it sent costs
// one buffer. What a peer said before it went away is told before Lost.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/port.h"
#include "io/article_bytes.h"
#include "io/inbox.h"
#include "io/source_address.h"

namespace innduct::io {

// One Received holds at most this much.
inline constexpr std::size_t received_bytes_max = 65536;

class Peer {
 public:
  // Gives an article back to where it came from.
  using GiveBack = std::function<void(engine::ArticleRef)>;

  Peer(boost::asio::io_context& loop, Inbox& inbox, std::uint16_t port, SourceAddresses sources,
       GiveBack give_back);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void connect(engine::ConnId conn, std::string_view address);
  // Takes `article`, if it is not zero, with its `bytes`. What is sent leaves with leave() or
  // disconnect().
  void send(engine::ConnId conn, std::string_view text, engine::ArticleRef article,
            const ArticleBytes& bytes);
  void disconnect(engine::ConnId conn, bool gracefully);

  // The end of a turn's actions: what it sent leaves now.
  void leave();
  // The begin of a wait(): the events of the last one were seen, reading goes on.
  void resume();

 private:
  struct Connection;

  bool open(Connection& connection, const boost::asio::ip::address& address,
            boost::system::error_code& error);
  void connected(engine::ConnId conn, const boost::system::error_code& error);
  void read(Connection& connection);
  void received(engine::ConnId conn, const boost::system::error_code& error, std::size_t size);
  void write(Connection& connection);
  ssize_t send_some(Connection& connection);
  void tell_sent(Connection& connection, std::size_t bytes);
  void give_back();
  void lose(Connection& connection, int error, std::string_view what);
  void close_if_left(Connection& connection);
  void close(Connection& connection);
  Connection* find(engine::ConnId conn);

  boost::asio::io_context& loop_;
  Inbox& inbox_;
  std::uint16_t port_;
  SourceAddresses sources_;
  GiveBack give_back_;
  std::unordered_map<engine::ConnId, std::unique_ptr<Connection>> connections_;
  std::vector<engine::ConnId> sending_;  // were sent to in this turn
  std::vector<engine::ConnId> paused_;   // told Received in this wait()
  // Closed ones, whose received bytes may still be referred to.
  std::vector<std::unique_ptr<Connection>> closed_;
  std::vector<iovec> vectors_;
  std::vector<engine::ArticleRef> gone_;
};

}  // namespace innduct::io
