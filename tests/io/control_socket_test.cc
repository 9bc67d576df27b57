// control_socket_test.cc: proves that people can talk to a feed, several at once, and that none of
// them, slow, silent, garrulous or gone, takes more than a bounded part of it; and whose socket is
// replaced or removed.
#include "io/control_socket.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/post.hpp>
#include <optional>
#include <vector>

#include "inn/temp_dir.h"
#include "io/line_cutter.h"
#include "loop.h"
#include "sockets.h"

namespace innduct::io {
namespace {

using engine::ClientId;
using engine::Event;
using Why = ListenFailed::Why;

class ControlSocketTest : public ::testing::Test {
 protected:
  ControlSocketTest() { control.emplace(loop.context(), loop.inbox(), log); }

  // Connects a client, whose id is the next one.
  Descriptor join(ClientId* id = nullptr) {
    Descriptor client = test::connect_to(path);
    EXPECT_TRUE(client);
    const auto joined = loop.await_one<engine::Joined>();
    control->resume();
    if (id != nullptr) {
      *id = joined.client;
    }
    return client;
  }
  // What the client hears until the end, or until it has heard `size` bytes.
  std::string hear_all(const Descriptor& client, std::size_t size, bool* ended) {
    std::string heard;
    EXPECT_TRUE(loop.run_until([&] {
      loop.poll();
      heard += test::hear(client, ended);
      boost::asio::post(loop.context(), [] {});
      return *ended || heard.size() >= size;
    }));
    return heard;
  }

  test::Loop loop;
  const Log log{true};
  test::TempDir dir;
  const std::string path = dir / "innduct/peer";
  std::optional<ControlSocket> control;
};

TEST_F(ControlSocketTest, SeveralClientsAskAndAreAnswered) {
  ASSERT_TRUE(control->listen(path));
  ClientId first_id;
  ClientId second_id;
  const Descriptor first = join(&first_id);
  const Descriptor second = join(&second_id);
  EXPECT_NE(first_id, second_id);
  test::say(second, "show\nsto");
  const auto asked = loop.await_one<engine::Asked>();
  EXPECT_EQ(asked.client, second_id);
  EXPECT_EQ(asked.line, "show");
  test::say(second, "p\n");
  control->resume();
  EXPECT_EQ(loop.await_one<engine::Asked>().line, "stop");
  control->answer(first_id, "peer| ");
  control->answer(second_id, "all is well\n");
  control->answer({999}, "nobody");
  EXPECT_EQ(test::hear(first), "peer| ");
  EXPECT_EQ(test::hear(second), "all is well\n");
  control->hang_up(second_id);
  bool ended = false;
  EXPECT_EQ(test::hear(second, &ended), "");
  EXPECT_TRUE(ended);
  loop.poll();
  EXPECT_TRUE(loop.inbox().empty());  // whom we hang up on is not told of
}

TEST_F(ControlSocketTest, AClientThatClosesItsSideIsStillAnswered) {
  ASSERT_TRUE(control->listen(path));
  ClientId id;
  const Descriptor client = join(&id);
  test::say(client, "show\n");
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(loop.await_one<engine::Asked>().line, "show");
  control->answer(id, "all is well\n");
  control->resume();
  EXPECT_EQ(loop.await_one<engine::Left>().client, id);
  bool ended = false;
  EXPECT_EQ(hear_all(client, 1 << 20, &ended), "all is well\n");
  EXPECT_TRUE(ended);
}

TEST_F(ControlSocketTest, ALongLineEndsTheConversation) {
  ASSERT_TRUE(control->listen(path));
  ClientId id;
  const Descriptor client = join(&id);
  test::say(client, "h\n" + std::string(3 * LineCutter::line_size_max, 'x'));
  std::vector<std::string> told;
  ASSERT_TRUE(loop.run_until([&] {
    loop.poll();
    control->resume();
    for (const Event& event : loop.inbox().hand_over()) {
      if (const auto* asked = std::get_if<engine::Asked>(&event)) {
        told.emplace_back(asked->line);
      } else {
        EXPECT_EQ(std::get<engine::Left>(event).client, id);
        told.emplace_back("left");
      }
    }
    return told.size() == 2;
  }));
  EXPECT_EQ(told, (std::vector<std::string>{"h", "left"}));
  EXPECT_EQ(test::hear(client), "error: a line has at most 1024 bytes\n");
  control->answer(id, "too late");
  bool ended = false;
  EXPECT_EQ(test::hear(client, &ended), "");
  EXPECT_TRUE(ended);
}

TEST_F(ControlSocketTest, AClientThatDoesNotReadIsHungUp) {
  ASSERT_TRUE(control->listen(path));
  ClientId id;
  const Descriptor client = join(&id);
  const std::string page(10'000, 'x');
  std::size_t answered = 0;
  while (loop.inbox().empty()) {
    control->answer(id, page);
    answered += page.size();
    ASSERT_LT(answered, 100'000'000u);
  }
  EXPECT_EQ(loop.await_one<engine::Left>().client, id);
  // It is owed what the socket took.
  bool ended = false;
  EXPECT_GE(hear_all(client, 1 << 30, &ended).size(), answered - unread_answers_bytes_max - 20'000);
}

TEST_F(ControlSocketTest, ASlowClientHearsEverythingInTheEnd) {
  ASSERT_TRUE(control->listen(path));
  ClientId id;
  const Descriptor client = join(&id);
  const int little = 4096;
  ::setsockopt(client.get(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  std::string said;
  std::string heard;
  for (int i = 0; i < 200; ++i) {
    const std::string page(5'000, static_cast<char>('a' + i % 26));
    said += page;
    control->answer(id, page);
    loop.poll();
    heard += test::hear(client, nullptr, 5'000);
  }
  bool ended = false;
  heard += hear_all(client, said.size() - heard.size(), &ended);
  EXPECT_TRUE(said == heard);
  EXPECT_TRUE(loop.inbox().empty());
}

TEST_F(ControlSocketTest, APieceOfATraceIsDoneWhenItIsTakenIn) {
  ASSERT_TRUE(control->listen(path));
  ClientId id;
  const Descriptor client = join(&id);
  control->answer_trace({7}, id, "what is said\n");
  EXPECT_EQ(loop.await_one<engine::Done>().op, engine::OpId{7});
  EXPECT_EQ(test::hear(client), "what is said\n");
  // More than the socket takes, and more than answers may be late.
  const std::string piece(1 << 20, 'x');
  control->answer_trace({8}, id, piece);
  control->answer(id, "and an answer\n");
  loop.poll();
  EXPECT_TRUE(loop.inbox().empty());
  bool ended = false;
  EXPECT_EQ(hear_all(client, piece.size() + 14, &ended), piece + "and an answer\n");
  EXPECT_FALSE(ended);
  EXPECT_EQ(loop.await_one<engine::Done>().op, engine::OpId{8});
}

TEST_F(ControlSocketTest, APieceOfATraceIsDoneWhenItsClientIsGone) {
  ASSERT_TRUE(control->listen(path));
  ClientId id;
  {
    const Descriptor client = join(&id);
    control->answer_trace({8}, id, std::string(1 << 20, 'x'));
    control->resume();
  }
  std::vector<std::string> told;
  ASSERT_TRUE(loop.run_until([&] {
    loop.poll();
    for (const Event& event : loop.inbox().hand_over()) {
      told.emplace_back(std::holds_alternative<engine::Left>(event) ? "left" : "done");
    }
    return told.size() == 2;
  }));
  EXPECT_EQ(told, (std::vector<std::string>{"left", "done"}));
  control->answer_trace({9}, id, "to nobody");
  EXPECT_EQ(loop.await_one<engine::Done>().op, engine::OpId{9});
}

TEST_F(ControlSocketTest, OneTooManyIsSentAway) {
  ASSERT_TRUE(control->listen(path));
  std::vector<Descriptor> clients;
  for (std::size_t i = 0; i < clients_max; ++i) {
    clients.push_back(join());
  }
  const Descriptor one_too_many = test::connect_to(path);
  bool ended = false;
  EXPECT_EQ(hear_all(one_too_many, 1 << 20, &ended), "error: too many control connections\n");
  EXPECT_TRUE(loop.inbox().empty());
  clients.pop_back();
  loop.await_one<engine::Left>();
  join();
}

TEST_F(ControlSocketTest, ASecondListenerIsRefused) {
  ASSERT_TRUE(control->listen(path));
  ControlSocket second(loop.context(), loop.inbox(), log);
  const auto listening = second.listen(path);
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().why, Why::in_use);
  EXPECT_NE(listening.error().text.find(path), std::string::npos);
}

TEST_F(ControlSocketTest, ABusyListenerIsAlive) {
  // Nobody accepts here, and the queue is full.
  ASSERT_EQ(::mkdir((dir / "innduct").c_str(), 0700), 0);
  const Descriptor busy(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(busy.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(busy.get(), 0), 0);
  const Descriptor waiting = test::connect_to(path);
  const auto listening = control->listen(path);
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().why, Why::in_use);
}

TEST_F(ControlSocketTest, AStaleSocketIsReplaced) {
  ASSERT_TRUE(control->listen(path));
  // As a killed process leaves it: closed, not unlinked.
  ASSERT_EQ(::rename(path.c_str(), (path + ".old").c_str()), 0);
  control.reset();
  ASSERT_EQ(::rename((path + ".old").c_str(), path.c_str()), 0);
  EXPECT_FALSE(test::connect_to(path));
  control.emplace(loop.context(), loop.inbox(), log);
  ASSERT_TRUE(control->listen(path));
  join();
}

TEST_F(ControlSocketTest, OnlyItsOwnerMayConnect) {
  ASSERT_TRUE(control->listen(path));
  struct stat found {};
  ASSERT_EQ(::stat((dir / "innduct").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0700u);
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
}

TEST_F(ControlSocketTest, TheSocketGoesWithUsIfItIsStillOurs) {
  ASSERT_TRUE(control->listen(path));
  control.reset();
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  control.emplace(loop.context(), loop.inbox(), log);
  ASSERT_TRUE(control->listen(path));
  ASSERT_EQ(::unlink(path.c_str()), 0);
  ControlSocket successor(loop.context(), loop.inbox(), log);
  ASSERT_TRUE(successor.listen(path));
  control.reset();
  EXPECT_TRUE(test::connect_to(path));
}

TEST_F(ControlSocketTest, WhatIsNoSocketStays) {
  dir.write("innduct/peer", "precious");
  const auto listening = control->listen(path);
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().why, Why::trouble);
  EXPECT_EQ(::access(path.c_str(), F_OK), 0);
}

TEST_F(ControlSocketTest, ALongNameIsNamed) {
  const std::string name = dir / std::string(120, 'x');
  const auto listening = control->listen(name);
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().why, Why::too_long);
  EXPECT_NE(listening.error().text.find(name), std::string::npos);
  EXPECT_EQ(control->listen(dir / "absent/deeper/peer").error().why, Why::trouble);
}

}  // namespace
}  // namespace innduct::io
