// http_server.h: the state of the feed over HTTP: a page, JSON, metrics, health, and events for the
// page to follow.
//
// Nobody who is connected can delay the feed or change anything: there are GET and HEAD, of five
// names; a client has one request of at most 8 KB, and ten seconds; so many clients, and no more. A
// request is a question to the engine, `show json`, by a ClientId of its own; what the engine shows
// is rendered as the name wants it.
//
// Who asks for /events is told the state once a second for as long as he likes (server-sent
// events). The next one is asked for when the last one was taken in: at most one is kept for each,
// and who does not read has ten seconds, as all have.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <unordered_map>

#include "engine/port.h"
#include "engine/status.h"
#include "io/acceptor.h"
#include "io/http_address.h"
#include "io/inbox.h"
#include "io/log.h"

namespace innduct::io {

class HttpServer {
 public:
  static constexpr std::size_t clients_max = 16;
  static constexpr std::size_t followers_max = 8;  // of /events, among the clients
  static constexpr std::size_t request_size_max = 8192;
  static constexpr std::chrono::seconds patience{10};
  static constexpr std::chrono::seconds between_events{1};

  HttpServer(boost::asio::io_context& loop, Inbox& inbox, const Log& log);
  // Unlinks the socket, if it has a name.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The error is for people.
  std::expected<void, std::string> listen(const HttpAddress& address);

  // Whether the client is one of these here.
  static bool owns(engine::ClientId client) { return client.value >= first_id; }
  // What the engine shows to a client.
  void show(engine::ClientId client, const engine::Status& status);

 private:
  using Protocol = boost::asio::generic::stream_protocol;
  struct Client;

  void take(Protocol::socket socket);
  // Beast's operations refer to what the client holds until their handler has run, so the handlers
  // keep it; by then it may have been given up.
  using ClientPtr = std::shared_ptr<Client>;
  void read(const ClientPtr& client);
  void received(const ClientPtr& client, const boost::system::error_code& error);
  void answer(const ClientPtr& client);
  void limit_time(const ClientPtr& client);
  bool follow(const ClientPtr& client);
  void ask(const ClientPtr& client);
  void push(const ClientPtr& client, const engine::Status& status);
  void pause(const ClientPtr& client);
  void write(const ClientPtr& client);
  void drain(const ClientPtr& client);
  void end(const ClientPtr& client);

  // Control clients have the numbers below.
  static constexpr std::uint64_t first_id = std::uint64_t{1} << 32;

  boost::asio::io_context& loop_;
  Inbox& inbox_;
  Acceptor<Protocol> acceptor_;
  std::string path_;  // of a socket that has a name
  std::unordered_map<engine::ClientId, ClientPtr> clients_;
  std::uint64_t last_id_ = first_id;
};

}  // namespace innduct::io
