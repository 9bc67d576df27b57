// peer_test.cc: proves, over loopback, that what is sent arrives byte for byte however slowly it is
// read, that articles are given back once, that a peer is read no further than it is listened to,
// and that each way in which a connection can end is told, once, after the peer's last words.
#include "io/peer.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "loop.h"
#include "sockets.h"

namespace innduct::io {
namespace {

using engine::ArticleRef;
using engine::ConnId;
using engine::Event;

class PeerTest : public ::testing::Test {
 protected:
  void start(const char* source = "") {
    peer.emplace(loop.context(), loop.inbox(), listener.port(), *read_source_addresses(source, ""),
                 [this](ArticleRef article) {
                   EXPECT_TRUE(out.erase(article)) << "given back, but not out";
                 });
  }
  // Connects, and returns the other side.
  Descriptor connect(ConnId conn) {
    peer->connect(conn, "127.0.0.1");
    Descriptor other = listener.accept();
    EXPECT_EQ(loop.await_one<engine::Connected>().conn, conn);
    peer->resume();
    return other;
  }
  void send(ConnId conn, std::string_view text, ArticleRef article = {},
            const ArticleBytes& bytes = {}) {
    if (article) {
      out.insert(article);
    }
    peer->send(conn, text, article, bytes);
  }
  void send(ConnId conn, std::string_view text, ArticleRef article, const std::string& bytes) {
    send(conn, text, article, std::string_view(bytes));
  }
  // Reads what was sent until `size` bytes are there; the loop runs meanwhile.
  std::string hear_all(const Descriptor& other, std::size_t size, std::size_t at_a_time = 1 << 20) {
    std::string heard;
    EXPECT_TRUE(loop.run_until([&] {
      loop.poll();
      heard += test::hear(other, nullptr, at_a_time);
      return heard.size() >= size || wake_up();
    }));
    return heard;
  }
  // The other side is no part of the loop: run_until() is not to sleep.
  bool wake_up() {
    boost::asio::post(loop.context(), [] {});
    return false;
  }
  bool hears_the_end(const Descriptor& other) {
    bool ended = false;
    return loop.run_until([&] {
      loop.poll();
      test::hear(other, &ended);
      return ended || wake_up();
    });
  }
  // From now on nothing can be sent to `other`, which notices nothing that it cares about.
  static void break_sending_to(const Descriptor& other) {
    sockaddr_in ours{};
    socklen_t size = sizeof ours;
    ASSERT_EQ(::getpeername(other.get(), reinterpret_cast<sockaddr*>(&ours), &size), 0);
    for (int number = 0; number < 256; ++number) {
      sockaddr_in found{};
      size = sizeof found;
      if (::getsockname(number, reinterpret_cast<sockaddr*>(&found), &size) == 0 &&
          found.sin_port == ours.sin_port && number != other.get()) {
        ASSERT_EQ(::shutdown(number, SHUT_WR), 0);
        return;
      }
    }
    FAIL() << "our socket is not found";
  }
  static void reset(Descriptor& other) {
    const linger at_once{1, 0};
    ::setsockopt(other.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    other = Descriptor();
  }

  test::Loop loop;
  test::Listener listener;
  std::set<ArticleRef> out;  // articles that the peer holds
  std::optional<Peer> peer;
};

TEST_F(PeerTest, ConnectsAndTalks) {
  start();
  const Descriptor other = connect({1});
  test::say(other, "200 hello\r\n");
  const auto received = loop.await_one<engine::Received>();
  EXPECT_EQ(received.conn, ConnId{1});
  EXPECT_EQ(received.bytes, "200 hello\r\n");
  peer->resume();
  send({1}, "CAPABILITIES\r\n");
  send({1}, "MODE STREAM\r\n");
  EXPECT_TRUE(loop.inbox().empty());  // it leaves at the end of the turn
  peer->leave();
  const auto sent = loop.await_one<engine::Sent>();
  EXPECT_EQ(sent.conn, ConnId{1});
  EXPECT_EQ(sent.bytes, 27u);
  EXPECT_EQ(hear_all(other, 27), "CAPABILITIES\r\nMODE STREAM\r\n");
}

// A send may fail though the peer is well (ENOBUFS), and so says nothing and closes nothing.
TEST_F(PeerTest, AConnectionThatCannotSendEnds) {
  start();
  const Descriptor other = connect({1});
  break_sending_to(other);
  test::say(other, "200 hello\r\n");
  send({1}, "CHECK <a@b>\r\n");
  peer->leave();
  EXPECT_EQ(loop.await_one<engine::Received>().bytes, "200 hello\r\n") << "its last words first";
  peer->resume();
  EXPECT_EQ(loop.await_one<engine::Lost>().error, EPIPE);
}

TEST_F(PeerTest, TheSourceAddressIsBound) {
  start("127.0.0.9");
  peer->connect({1}, "127.0.0.1");
  sockaddr_in from{};
  const Descriptor other = listener.accept(&from);
  EXPECT_EQ(ntohl(from.sin_addr.s_addr), 0x7f000009u);
  loop.await_one<engine::Connected>();
}

TEST_F(PeerTest, ASourceAddressThatIsNotOursIsNamed) {
  start("192.0.2.1");
  peer->connect({1}, "127.0.0.1");
  const auto lost = loop.await_one<engine::Lost>();
  EXPECT_EQ(lost.error, EADDRNOTAVAIL);
  EXPECT_NE(lost.text.find("192.0.2.1"), std::string::npos);
}

TEST_F(PeerTest, ARefusedConnectionIsLost) {
  start();
  const std::uint16_t port = [] { return test::Listener().port(); }();  // closed again
  Peer other(loop.context(), loop.inbox(), port, {}, [](ArticleRef) {});
  other.connect({1}, "127.0.0.1");
  const auto lost = loop.await_one<engine::Lost>();
  EXPECT_EQ(lost.conn, ConnId{1});
  EXPECT_EQ(lost.error, ECONNREFUSED);
  EXPECT_EQ(lost.text, "Connection refused");
  other.connect({2}, "not an address");
  EXPECT_EQ(loop.await_one<engine::Lost>().error, EINVAL);
}

TEST_F(PeerTest, AnArticleLeavesFromItsFile) {
  start();
  const Descriptor other = connect({1});
  const std::string article(3'000'000, 'x');
  const Descriptor file(::memfd_create("article", MFD_CLOEXEC));
  ASSERT_EQ(::write(file.get(), article.data(), article.size()),
            static_cast<ssize_t>(article.size()));
  send({1}, "TAKETHIS <a@b>\r\n", {1}, ArticleBytes(file.get(), article.size()));
  send({1}, "QUIT\r\n");
  peer->leave();
  const std::string expected = "TAKETHIS <a@b>\r\n" + article + "QUIT\r\n";
  EXPECT_TRUE(hear_all(other, expected.size(), 70'000) == expected);
  EXPECT_TRUE(out.empty());
}

// What it says of the rest would be taken for the article's.
TEST_F(PeerTest, AConnectionEndsWithAnArticleWhoseFileWasCut) {
  start();
  const Descriptor other = connect({1});
  const Descriptor file(::memfd_create("article", MFD_CLOEXEC));
  ASSERT_EQ(::write(file.get(), "bod", 3), 3);
  send({1}, "TAKETHIS <a@b>\r\n", {1}, ArticleBytes(file.get(), 4));
  send({1}, "QUIT\r\n");
  peer->leave();
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(hear_all(other, 19), "TAKETHIS <a@b>\r\nbod");
  const auto events = loop.await(2);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<engine::Sent>(events[0]).bytes, 19u);
  EXPECT_EQ(std::get<engine::Lost>(events[1]).error, EIO);
}

TEST_F(PeerTest, ManyArticlesReachASlowReaderWhole) {
  start();
  const Descriptor other = connect({1});
  std::mt19937 dice(7);
  std::map<std::uint64_t, std::string> articles;
  std::string expected;
  std::string heard;
  std::size_t sent = 0;
  const auto run = [&](std::size_t at_a_time) {
    loop.poll();
    for (const Event& event : loop.inbox().hand_over()) {
      sent += std::get<engine::Sent>(event).bytes;
    }
    heard += test::hear(other, nullptr, at_a_time);
  };
  std::uint64_t last = 0;
  for (int turn = 0; turn < 40; ++turn) {
    for (int i = 0; i < 30; ++i) {
      std::string& article = articles[++last];
      article.assign(dice() % 20'000 + 1, static_cast<char>('a' + last % 26));
      std::string text = "TAKETHIS <" + std::to_string(last) + "@x>\r\n";
      send({1}, text, {last}, article);
      expected += text + article;
      text.assign(text.size(), '?');  // an action's text dies with the turn
    }
    peer->leave();
    run(5'000);
  }
  EXPECT_GT(out.size(), 0u);  // it is behind
  ASSERT_TRUE(loop.run_until([&] {
    run(100'000);
    return heard.size() >= expected.size() || wake_up();
  }));
  EXPECT_TRUE(heard == expected);
  EXPECT_EQ(sent, expected.size());
  EXPECT_TRUE(out.empty());
}

TEST_F(PeerTest, SentIsToldOnceATurn) {
  start();
  const Descriptor other = connect({1});
  const std::string article(10'000'000, 'x');
  send({1}, "", {1}, article);
  peer->leave();
  std::size_t turns = 0;
  std::size_t sent = 0;
  std::size_t heard = 0;
  ASSERT_TRUE(loop.run_until([&] {
    // Several writes may happen in one turn.
    for (int i = 0; i < 20; ++i) {
      heard += test::hear(other).size();
      loop.poll();
    }
    const auto events = loop.inbox().hand_over();
    EXPECT_LE(events.size(), 1u);
    for (const Event& event : events) {
      sent += std::get<engine::Sent>(event).bytes;
      ++turns;
    }
    return heard == article.size() || wake_up();
  }));
  EXPECT_EQ(sent, article.size());
  EXPECT_GT(turns, 1u);
}

TEST_F(PeerTest, APeerIsReadNoFurtherThanItIsListenedTo) {
  start();
  const Descriptor other = connect({1});
  // Everything that the buffers of both sides take, and more than one Received holds.
  const std::string flood(65536, 'x');
  std::size_t said = 0;
  for (ssize_t sent = 1; sent > 0;) {
    sent = ::send(other.get(), flood.data(), flood.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    said += sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  ASSERT_GT(said, 2 * received_bytes_max);
  std::size_t received = loop.await_one<engine::Received>().bytes.size();
  EXPECT_LE(received, received_bytes_max);
  loop.poll();
  EXPECT_TRUE(loop.inbox().empty());
  peer->resume();
  while (received < said) {
    const auto more = loop.await_one<engine::Received>();
    ASSERT_FALSE(more.bytes.empty());
    EXPECT_LE(more.bytes.size(), received_bytes_max);
    received += more.bytes.size();
    peer->resume();
  }
  EXPECT_EQ(received, said);
}

TEST_F(PeerTest, AnOrderlyCloseIsTold) {
  start();
  Descriptor other = connect({1});
  test::say(other, "400 going down\r\n");
  other = Descriptor();
  EXPECT_EQ(loop.await_one<engine::Received>().bytes, "400 going down\r\n");
  peer->resume();
  const auto lost = loop.await_one<engine::Lost>();
  EXPECT_EQ(lost.error, 0);
  EXPECT_EQ(lost.text, "closed by the peer");
}

TEST_F(PeerTest, AResetIsTold) {
  start();
  Descriptor other = connect({1});
  reset(other);
  EXPECT_EQ(loop.await_one<engine::Lost>().error, ECONNRESET);
}

TEST_F(PeerTest, TheLastWordsAreHeardThoughSendingFails) {
  start();
  Descriptor other = connect({1});
  test::say(other, "400 no more\r\n");
  reset(other);
  // Sending fails at once, and gives the articles back; reading is not over.
  const std::string article(1000, 'x');
  send({1}, "TAKETHIS <a@b>\r\n", {1}, article);
  peer->leave();
  EXPECT_TRUE(out.empty());
  send({1}, "TAKETHIS <c@d>\r\n", {2}, article);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(loop.await_one<engine::Received>().bytes, "400 no more\r\n");
  peer->resume();
  const auto lost = loop.await_one<engine::Lost>();
  EXPECT_TRUE(lost.error == ECONNRESET || lost.error == EPIPE) << lost.text;
}

TEST_F(PeerTest, ALostConnectionGivesItsArticlesBack) {
  start();
  Descriptor other = connect({1});
  const std::string article(8'000'000, 'x');
  send({1}, "TAKETHIS <a@b>\r\n", {1}, article);
  send({1}, "TAKETHIS <c@d>\r\n", {2}, article);
  peer->leave();
  EXPECT_EQ(out.size(), 2u);
  loop.inbox().hand_over();
  reset(other);
  EXPECT_NE(loop.await_one<engine::Lost>().error, 0);
  EXPECT_TRUE(out.empty());
  send({1}, "TAKETHIS <e@f>\r\n", {3}, article);  // the engine cannot know yet
  EXPECT_TRUE(out.empty());
}

TEST_F(PeerTest, AnAbortSendsWhatTheSocketTakesAndNoMore) {
  start();
  const Descriptor other = connect({1});
  const std::string article(8'000'000, 'x');
  send({1}, "TAKETHIS <a@b>\r\n", {1}, article);
  peer->disconnect({1}, false);
  EXPECT_TRUE(out.empty());
  EXPECT_TRUE(hears_the_end(other));
  loop.poll();
  for (const Event& event : loop.inbox().hand_over()) {
    EXPECT_TRUE(std::holds_alternative<engine::Sent>(event)) << "given back, yet told of";
  }
}

TEST_F(PeerTest, AGracefulEndLetsEverythingLeave) {
  start();
  Descriptor other = connect({1});
  const std::string article(8'000'000, 'x');
  send({1}, "", {1}, article);
  send({1}, "QUIT\r\n");
  peer->disconnect({1}, true);
  loop.inbox().hand_over();
  const std::string heard = hear_all(other, article.size() + 6);
  EXPECT_EQ(heard.size(), article.size() + 6);
  EXPECT_TRUE(heard.ends_with("xQUIT\r\n"));
  EXPECT_TRUE(out.empty());
  EXPECT_TRUE(hears_the_end(other));
  test::say(other, "205 bye\r\n");  // of no interest any more, and no reason for a reset
  other = Descriptor();
  loop.poll();
  EXPECT_TRUE(loop.inbox().empty());
}

TEST_F(PeerTest, ConnectingCanBeGivenUp) {
  start();
  peer->connect({1}, "127.0.0.1");
  peer->disconnect({1}, true);
  peer->disconnect({1}, true);
  loop.poll();
  EXPECT_TRUE(loop.inbox().empty());
}

}  // namespace
}  // namespace innduct::io
