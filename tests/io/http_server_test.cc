// http_server_test.cc: proves that a request is a question to the engine, that what it shows goes
// to whoever asked, in the form of the name, and that nobody else is answered.
#include "io/http_server.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "inn/temp_dir.h"
#include "loop.h"
#include "sockets.h"

namespace innduct::io {
namespace {

using engine::Asked;
using engine::ClientId;

struct HttpServerTest : testing::Test {
  HttpServerTest() {
    HttpAddress address;
    address.path = path;
    EXPECT_TRUE(server->listen(address));
    status.site = "peer";
    status.counters.read = status.counters.accepted = 7;
  }
  // All that comes on a connection up to its end.
  std::string all_of(const Descriptor& client) {
    std::string text;
    EXPECT_TRUE(loop.run_until([&] {
      loop.poll();
      bool ended = false;
      text += test::hear(client, &ended);
      return ended || waiting(text);
    })) << text;
    return text;
  }
  // The server has said all, and waits for the client to close.
  static bool waiting(const std::string& text) {
    const std::size_t end = text.find("\r\n\r\n");
    const std::size_t size = text.find("Content-Length: ");
    return end != text.npos && size != text.npos &&
           text.size() >= end + 4 + std::stoul(text.substr(size + 16));
  }

  test::TempDir dir;
  const std::string path = dir / "page";
  test::Loop loop;
  std::unique_ptr<HttpServer> server = std::make_unique<HttpServer>(loop.context(), loop.inbox());
  engine::Status status;
};

TEST_F(HttpServerTest, EachIsShownWhatItAskedFor) {
  const Descriptor metrics = test::connect_to(path);
  const Descriptor json = test::connect_to(path);
  test::say(metrics, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  const Asked first = loop.await_one<Asked>();
  EXPECT_EQ(first.line, "show json");
  EXPECT_TRUE(HttpServer::owns(first.client));
  test::say(json, "GET /status.json HTTP/1.1\r\nHost: x\r\n\r\n");
  const Asked second = loop.await_one<Asked>();
  EXPECT_NE(second.client, first.client);
  server->show(second.client, status);
  server->show(first.client, status);
  EXPECT_NE(all_of(json).find("\"accepted\":7"), std::string::npos);
  EXPECT_NE(all_of(metrics).find("outcome=\"accepted\"} 7\n"), std::string::npos);
}

TEST_F(HttpServerTest, ThePageAsksNobody) {
  const Descriptor client = test::connect_to(path);
  test::say(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(all_of(client).find("<!DOCTYPE html>"), std::string::npos);
  EXPECT_TRUE(loop.inbox().empty());
}

TEST_F(HttpServerTest, WhoHasGoneOrDidNotAskIsShownNothing) {
  EXPECT_FALSE(HttpServer::owns(ClientId{1}));
  server->show(ClientId{std::uint64_t{1} << 40}, status);
  const Descriptor client = test::connect_to(path);
  test::say(client, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  const Asked asked = loop.await_one<Asked>();
  status.store_in_trouble = true;
  server->show(asked.client, status);
  server->show(asked.client, status);  // once is enough
  const std::string text = all_of(client);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 503 ")) << text;
  EXPECT_EQ(text.find("in trouble"), text.rfind("in trouble")) << text;
}

TEST_F(HttpServerTest, WhatChangesSomethingIsRefused) {
  for (const char* request : {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nstop\n",
                              "FLUSH / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    const Descriptor client = test::connect_to(path);
    test::say(client, request);
    const std::string text = all_of(client);
    EXPECT_TRUE(text.starts_with("HTTP/1.1 405 ")) << text;
    EXPECT_NE(text.find("Allow: GET, HEAD\r\n"), std::string::npos) << text;
  }
  EXPECT_TRUE(loop.inbox().empty());
}

TEST_F(HttpServerTest, OnlySoManyAreServed) {
  std::vector<Descriptor> clients;
  for (std::size_t i = 0; i <= HttpServer::clients_max; ++i) {
    clients.push_back(test::connect_to(path));
    loop.poll();
  }
  bool ended = false;
  EXPECT_TRUE(loop.run_until([&] {
    loop.poll();
    test::hear(clients.back(), &ended);
    return ended;
  }));
  test::hear(clients.front(), &ended);
  EXPECT_FALSE(ended);
}

TEST_F(HttpServerTest, TheEndLeavesNothing) {
  const Descriptor client = test::connect_to(path);
  test::say(client, "GET /healthz HT");
  loop.poll();
  server.reset();
  loop.poll();
  EXPECT_FALSE(test::connect_to(path));
  HttpAddress address;
  address.path = dir / "none/page";
  const auto nowhere = HttpServer(loop.context(), loop.inbox()).listen(address);
  ASSERT_FALSE(nowhere);
  EXPECT_TRUE(nowhere.error().starts_with("cannot listen for HTTP at " + address.path + ": "))
      << nowhere.error();
}

}  // namespace
}  // namespace innduct::io
