// http_server_test.cc: proves that a request is a question to the engine, that what it shows goes
// to whoever asked, in the form of the name, and that nobody else is answered.
#include "io/http_server.h"

#include <gtest/gtest.h>
#include <poll.h>

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
  const Log log{true};
  std::unique_ptr<HttpServer> server =
      std::make_unique<HttpServer>(loop.context(), loop.inbox(), log);
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

// What a client of /events hears next, up to the end of an event.
std::string event_for(test::Loop& loop, const Descriptor& client) {
  std::string text;
  EXPECT_TRUE(loop.run_until([&] {
    loop.poll();
    text += test::hear(client);
    return text.ends_with("\n\n");
  })) << text;
  return text;
}

TEST_F(HttpServerTest, EventsFollowEachOtherUntilTheClientGoes) {
  Descriptor client = test::connect_to(path);
  test::say(client, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  const Asked first = loop.await_one<Asked>();
  server->show(first.client, status);
  const std::string begin = event_for(loop, client);
  EXPECT_TRUE(begin.starts_with("HTTP/1.1 200 OK\r\n")) << begin;
  EXPECT_NE(begin.find("Content-Type: text/event-stream\r\n"), begin.npos) << begin;
  EXPECT_EQ(begin.find("Content-Length"), begin.npos) << begin;
  EXPECT_NE(begin.find("\r\n\r\ndata: {\"site\":\"peer\","), begin.npos) << begin;
  for (int i = 0; i < 2; ++i) {
    const Asked next = loop.await_one<Asked>();
    EXPECT_EQ(next.client, first.client);
    EXPECT_EQ(next.line, "show json");
    status.counters.accepted = 8;
    server->show(next.client, status);
    const std::string event = event_for(loop, client);
    EXPECT_TRUE(event.starts_with("data: {\"site\":\"peer\",")) << event;
    EXPECT_NE(event.find("\"accepted\":8,"), event.npos) << event;
  }
  client = Descriptor();
  const Asked last = loop.await_one<Asked>();
  server->show(last.client, status);
  loop.poll();
  server->show(last.client, status);  // it has gone
  EXPECT_TRUE(loop.inbox().empty());
}

TEST_F(HttpServerTest, OnlySoManyFollow) {
  std::vector<Descriptor> clients;
  for (std::size_t i = 0; i < HttpServer::followers_max; ++i) {
    clients.push_back(test::connect_to(path));
    test::say(clients.back(), "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    loop.await_one<Asked>();
  }
  const Descriptor one_more = test::connect_to(path);
  test::say(one_more, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(all_of(one_more).starts_with("HTTP/1.1 503 "));
  const Descriptor other = test::connect_to(path);
  test::say(other, "GET /status.json HTTP/1.1\r\nHost: x\r\n\r\n");
  server->show(loop.await_one<Asked>().client, status);
  EXPECT_TRUE(all_of(other).starts_with("HTTP/1.1 200 "));
  const Descriptor head = test::connect_to(path);
  test::say(head, "HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(all_of(head).starts_with("HTTP/1.1 200 ")) << "that follows nothing";
}

// An event that does not fit into its socket is kept, and no other is asked for; then it is
// dropped.
TEST_F(HttpServerTest, WhoDoesNotReadHisEventsIsEnded) {
  const Descriptor client = test::connect_to(path);
  test::say(client, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  server->show(loop.await_one<Asked>().client, status);
  event_for(loop, client);
  const Asked asked = loop.await_one<Asked>();
  status.files.resize(20'000);
  server->show(asked.client, status);
  server->show(asked.client, status);  // not asked for
  EXPECT_TRUE(loop.run_until([&] {
    pollfd closed{client.get(), POLLRDHUP, 0};
    return ::poll(&closed, 1, 0) > 0 && (closed.revents & (POLLRDHUP | POLLHUP)) != 0;
  }));
  EXPECT_TRUE(loop.inbox().empty());
  std::string text;
  std::string more;
  while (!(more = test::hear(client)).empty()) {
    text += more;
  }
  EXPECT_FALSE(text.ends_with("\n\n"));
}

TEST_F(HttpServerTest, TheEndLeavesNobodyFollowing) {
  const Descriptor client = test::connect_to(path);
  test::say(client, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  server->show(loop.await_one<Asked>().client, status);
  event_for(loop, client);
  server.reset();
  loop.poll();
  bool ended = false;
  test::hear(client, &ended);
  EXPECT_TRUE(ended);
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
  const auto nowhere = HttpServer(loop.context(), loop.inbox(), log).listen(address);
  ASSERT_FALSE(nowhere);
  EXPECT_TRUE(nowhere.error().starts_with("cannot listen for HTTP at " + address.path + ": "))
      << nowhere.error();
}

}  // namespace
}  // namespace innduct::io
