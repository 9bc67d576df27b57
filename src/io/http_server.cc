// http_server.cc: a listener, requests, responses.
#include "io/http_server.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <string_view>
#include <utility>

#include "core/cat.h"
#include "core/escape.h"
#include "engine/troubles.h"
#include "io/control_socket.h"
#include "io/status_json.h"
#include "io/status_metrics.h"
#include "io/status_page.h"

namespace innduct::io {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using engine::ClientId;

constexpr std::size_t drained_max = 65536;

// What every response says.
void dress(http::response<http::string_body>& response) {
  response.version(11);
  response.keep_alive(false);
  response.set(http::field::server, "innduct");
  if (response.find(http::field::content_type) == response.end()) {
    response.set(http::field::content_type, "text/plain; charset=utf-8");
  }
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Content-Security-Policy",
               "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
               "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'");
}

}  // namespace

struct HttpServer::Client {
  Client(HttpServer* its_server, ClientId its_id, Protocol::socket its_socket,
         boost::asio::io_context& loop)
      : server(its_server), id(its_id), socket(std::move(its_socket)), deadline(loop) {
    parser.header_limit(request_size_max);
  }

  void give_up() {
    server = nullptr;
    error_code ignored;
    socket.close(ignored);
    deadline.cancel(ignored);
  }

  HttpServer* server;  // null: it was given up
  ClientId id;
  Protocol::socket socket;
  boost::asio::steady_timer deadline;
  boost::beast::flat_buffer buffer{request_size_max};
  http::request_parser<http::empty_body> parser;
  http::response<http::string_body> response;
  bool waits = false;     // for what the engine shows
  bool follows = false;   // it is told events
  bool followed = false;  // it was told the first one
  std::string event;
  std::size_t drained = 0;
  std::array<char, 4096> rest{};
};

HttpServer::HttpServer(boost::asio::io_context& loop, Inbox& inbox, const Log& log)
    : loop_(loop),
      inbox_(inbox),
      acceptor_(
          loop, [this](Protocol::socket socket) { take(std::move(socket)); },
          [&log](const std::string& why) {
            log.note(engine::Level::warning, core::cat("cannot take clients of the status page: ",
                                                       why, "; trying again each second"));
          }) {}

HttpServer::~HttpServer() {
  for (const auto& [id, client] : clients_) {
    client->give_up();
  }
  if (!path_.empty()) {
    ::unlink(path_.c_str());
  }
}

std::expected<void, std::string> HttpServer::listen(const HttpAddress& address) {
  const auto failed = [&](std::string_view why) {
    return std::unexpected(core::cat("cannot listen for HTTP at ", name_of(address), ": ", why));
  };
  Protocol::endpoint endpoint;
  if (address.path.empty()) {
    endpoint = boost::asio::ip::tcp::endpoint(address.address, address.port);
  } else if (address.path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return failed("the name is too long for a socket");
  } else if (const auto free = make_way("HTTP socket", address.path); !free) {
    return failed(free.error().text);
  } else {
    endpoint = boost::asio::local::stream_protocol::endpoint(address.path);
  }
  error_code error;
  acceptor_.listener().open(endpoint.protocol(), error);
  if (!error && address.path.empty()) {
    acceptor_.listener().set_option(boost::asio::socket_base::reuse_address(true), error);
  }
  if (!error) {
    acceptor_.listener().bind(endpoint, error);
  }
  if (!error) {
    path_ = address.path;
    acceptor_.listener().listen(static_cast<int>(clients_max), error);
  }
  if (error) {
    return failed(error.message());
  }
  acceptor_.start();
  return {};
}

void HttpServer::take(Protocol::socket socket) {
  if (clients_.size() >= clients_max) {
    return;
  }
  const ClientId id{++last_id_};
  const auto client = std::make_shared<Client>(this, id, std::move(socket), loop_);
  clients_.emplace(id, client);
  limit_time(client);
  read(client);
}

void HttpServer::limit_time(const ClientPtr& client) {
  client->deadline.expires_after(patience);
  client->deadline.async_wait([client](const error_code& cancelled) {
    if (!cancelled && client->server != nullptr) {
      client->server->end(client);
    }
  });
}

// A body, if there is one, is nobody's business.
void HttpServer::read(const ClientPtr& client) {
  http::async_read_header(client->socket, client->buffer, client->parser,
                          [client](const error_code& error, std::size_t) {
                            if (client->server != nullptr) {
                              client->server->received(client, error);
                            }
                          });
}

void HttpServer::received(const ClientPtr& client, const error_code& error) {
  if (!error) {
    answer(client);
  } else if (error == http::error::end_of_stream ||
             error.category() != http::make_error_code(http::error{}).category()) {
    end(client);  // it has gone
  } else {
    client->response.result(http::status::bad_request);
    client->response.body() = "bad request\n";
    write(client);
  }
}

void HttpServer::answer(const ClientPtr& client) {
  const auto& request = client->parser.get();
  const std::string_view target(request.target().data(), request.target().size());
  auto& response = client->response;
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
    response.body() = "only GET and HEAD\n";
  } else if (target == "/") {
    response.set(http::field::content_type, "text/html; charset=utf-8");
    response.body() = status_page();
  } else if (target == "/events" && request.method() == http::verb::head) {
    response.set(http::field::content_type, "text/event-stream");
  } else if (target == "/events" && !follow(client)) {
    response.result(http::status::service_unavailable);
    response.body() = "others follow the events: look at /status.json\n";
  } else if (target == "/status.json" || target == "/metrics" || target == "/healthz" ||
             client->follows) {
    ask(client);
    return;
  } else {
    response.result(http::status::not_found);
    response.body() = "there are / /status.json /metrics /healthz /events\n";
  }
  write(client);
}

// Takes the client among those who follow the events, if there is room.
bool HttpServer::follow(const ClientPtr& client) {
  const auto followers =
      std::ranges::count_if(clients_, [](const auto& each) { return each.second->follows; });
  client->follows = static_cast<std::size_t>(followers) < followers_max;
  return client->follows;
}

void HttpServer::ask(const ClientPtr& client) {
  client->waits = true;
  inbox_.tell(engine::Asked{client->id, "show json"});
}

void HttpServer::show(ClientId id, const engine::Status& status) {
  const auto found = clients_.find(id);
  if (found == clients_.end() || !std::exchange(found->second->waits, false)) {
    return;
  }
  const ClientPtr client = found->second;
  const auto target = client->parser.get().target();
  auto& response = client->response;
  if (client->follows) {
    push(client, status);
    return;
  }
  if (target == "/metrics") {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = to_metrics(status);
  } else if (target == "/status.json") {
    response.set(http::field::content_type, "application/json");
    response.body() = to_json(status);
  } else {
    for (const std::string& trouble : engine::troubles(status)) {
      response.result(http::status::service_unavailable);
      response.body() += trouble + '\n';
    }
    if (response.body().empty()) {
      response.body() = "ok\n";
    }
  }
  write(client);
}

// An event is a line of data and an empty one. Behind the first one the response does not end.
void HttpServer::push(const ClientPtr& client, const engine::Status& status) {
  client->event = core::cat("data: ", to_json(status), "\n");
  const auto taken_in = [client](const error_code& error, std::size_t) {
    if (client->server == nullptr) {
      return;
    }
    if (error) {
      client->server->end(client);
    } else {
      client->server->pause(client);
    }
  };
  if (std::exchange(client->followed, true)) {
    boost::asio::async_write(client->socket, boost::asio::buffer(client->event), taken_in);
    return;
  }
  client->response.set(http::field::content_type, "text/event-stream");
  client->response.body() = client->event;
  dress(client->response);
  http::async_write(client->socket, client->response, taken_in);
}

void HttpServer::pause(const ClientPtr& client) {
  client->deadline.expires_after(between_events);
  client->deadline.async_wait([client](const error_code& cancelled) {
    if (!cancelled && client->server != nullptr) {
      client->server->limit_time(client);
      client->server->ask(client);
    }
  });
}

void HttpServer::write(const ClientPtr& client) {
  dress(client->response);
  client->response.prepare_payload();
  if (client->parser.get().method() == http::verb::head) {
    client->response.body().clear();  // its size stays told
  }
  http::async_write(client->socket, client->response, [client](const error_code&, std::size_t) {
    if (client->server != nullptr) {
      error_code ignored;
      client->socket.shutdown(Protocol::socket::shutdown_send, ignored);
      client->server->drain(client);
    }
  });
}

// What the client still says is read and forgotten: closed before that, the connection would be
// reset, and the response perhaps be lost.
void HttpServer::drain(const ClientPtr& client) {
  client->socket.async_read_some(boost::asio::buffer(client->rest),
                                 [client](const error_code& error, std::size_t size) {
                                   if (client->server == nullptr) {
                                     return;
                                   }
                                   client->drained += size;
                                   if (error || client->drained > drained_max) {
                                     client->server->end(client);
                                   } else {
                                     client->server->drain(client);
                                   }
                                 });
}

void HttpServer::end(const ClientPtr& client) {
  client->give_up();
  clients_.erase(client->id);
}

}  // namespace innduct::io
