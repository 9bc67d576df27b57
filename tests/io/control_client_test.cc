// control_client_test.cc: proves that a client finds the end of each answer at any split, and that
// it says what is wrong when nobody answers. innduct is played by a socket of the test.
#include "io/control_client.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include "inn/temp_dir.h"

namespace innduct::io {
namespace {

struct Expected {
  std::string text;
  bool good;
};

void expect_answers(std::string_view bytes, const std::vector<Expected>& answers) {
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    AnswerReader reader;
    std::size_t found = 0;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.feed(bytes.substr(at, piece));
      while (const auto answer = reader.next()) {
        ASSERT_LT(found, answers.size()) << piece;
        EXPECT_EQ(answer->text, answers[found].text) << piece;
        EXPECT_EQ(answer->good, answers[found].good) << piece;
        ++found;
      }
    }
    EXPECT_EQ(found, answers.size()) << piece;
  }
}

TEST(AnswerReaderTest, AnswersEndWithALineOfTheirOwn) {
  expect_answers(
      "site|ok\nok\nfailed\none\ntwo\nok\nno ok\nokay\n ok\nfailed\nleft",
      {{"", true}, {"", true}, {"", false}, {"one\ntwo\n", true}, {"no ok\nokay\n ok\n", false}});
}

TEST(AnswerReaderTest, OnlyTheFirstLineHasAPrompt) {
  expect_answers("a|b|ok\nx|ok\nok\n", {{"", true}, {"x|ok\n", true}});
}

TEST(AnswerReaderTest, WhatIsNoAnswerToBatchHasFailed) {
  AnswerReader reader;
  reader.feed("site|unknown command: batch (h lists all)\nsite|");
  const auto answer = reader.next();
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->good);
  EXPECT_EQ(answer->text, "unknown command: batch (h lists all)");
}

TEST(AnswerReaderTest, LinesThatAreNoAnswerAreTakenWhole) {
  AnswerReader reader;
  reader.feed("site|ok\nit is traced\nok\nfirst\nsec");
  ASSERT_TRUE(reader.next());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.take_lines(), "first\n");
  EXPECT_EQ(reader.take_lines(), "");
  reader.feed("ond 435 not ok\nok\n");
  const auto answer = reader.next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text, "second 435 not ok\n");
}

// Plays innduct for one client: says these things, one for each line that it hears.
class FakeInnduct {
 public:
  FakeInnduct(const std::string& path, std::vector<std::string> says)
      : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 1), 0);
    thread_ = std::thread([this, says = std::move(says)] {
      const Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      for (const std::string& text : says) {
        std::array<char, 2000> bytes{};
        const ssize_t got = ::recv(client.get(), bytes.data(), bytes.size(), 0);
        heard_.append(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        EXPECT_EQ(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
      }
    });
  }
  ~FakeInnduct() { thread_.join(); }
  FakeInnduct(const FakeInnduct&) = delete;
  FakeInnduct& operator=(const FakeInnduct&) = delete;
  const std::string& heard() const { return heard_; }

 private:
  Descriptor listener_;
  std::thread thread_;
  std::string heard_;
};

struct ControlClientTest : testing::Test {
  test::TempDir dir;
  const std::string path = dir / "peer";
};

TEST_F(ControlClientTest, AsksOneThingAfterTheOther) {
  FakeInnduct innduct(path, {"peer|ok\n", "the feed is being flushed\nok\n", "no\nfailed\n"});
  auto client = ControlClient::connect(path);
  ASSERT_TRUE(client) << client.error();
  const auto first = client->ask("flush");
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->good);
  EXPECT_EQ(first->text, "the feed is being flushed\n");
  const auto second = client->ask("nonsense");
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->good);
  EXPECT_EQ(innduct.heard(), "batch\nflush\nnonsense\n");
  const auto third = client->ask("show");
  ASSERT_FALSE(third);
  EXPECT_NE(third.error().find(path), std::string::npos) << third.error();
}

TEST_F(ControlClientTest, HearsWithoutWaiting) {
  FakeInnduct innduct(path, {"peer|ok\n", "a part, ", "and the rest\nok\n"});
  auto client = ControlClient::connect(path);
  ASSERT_TRUE(client) << client.error();
  const auto early = client->hear();
  ASSERT_TRUE(early) << early.error();
  EXPECT_FALSE(*early);
  const auto readable = [&] {
    pollfd one{.fd = client->descriptor(), .events = POLLIN};
    return ::poll(&one, 1, 20'000) == 1;
  };
  ASSERT_TRUE(client->say("show"));
  ASSERT_TRUE(readable());
  const auto part = client->hear();
  ASSERT_TRUE(part) << part.error();
  EXPECT_FALSE(*part);
  ASSERT_TRUE(client->say("more"));
  ASSERT_TRUE(readable());
  const auto whole = client->hear();
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ((*whole)->text, "a part, and the rest\n");
  ASSERT_TRUE(readable());
  const auto ended = client->hear();
  ASSERT_FALSE(ended);
  EXPECT_NE(ended.error().find("ended the connection"), std::string::npos) << ended.error();
}

TEST_F(ControlClientTest, FollowsUntilTheEnd) {
  FakeInnduct innduct(path, {"peer|ok\n", "traced\nok\nfirst\nsecond\nthi"});
  auto client = ControlClient::connect(path);
  ASSERT_TRUE(client) << client.error();
  ASSERT_TRUE(client->ask("trace peer"));
  std::string shown;
  const auto ended = client->follow(-1, [&](const std::string& lines) { shown += lines; });
  ASSERT_TRUE(ended);
  EXPECT_TRUE(*ended);
  EXPECT_EQ(shown, "first\nsecond\n");
}

TEST_F(ControlClientTest, FollowsUntilItIsStopped) {
  FakeInnduct innduct(path, {"peer|ok\n", "traced\nok\nfirst\n", "second\nthat was all\nok\n"});
  auto client = ControlClient::connect(path);
  ASSERT_TRUE(client) << client.error();
  ASSERT_TRUE(client->ask("trace peer"));
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Descriptor stop(ends[0]);
  Descriptor enter(ends[1]);
  std::string shown;
  const auto ended = client->follow(stop.get(), [&](const std::string& lines) {
    shown += lines;
    if (shown == "first\n") {
      EXPECT_EQ(::write(enter.get(), "\n", 1), 1);
    }
  });
  ASSERT_TRUE(ended);
  EXPECT_FALSE(*ended);
  const auto last = client->ask("trace off");
  ASSERT_TRUE(last);
  EXPECT_EQ(shown + last->text, "first\nsecond\nthat was all\n");
}

TEST_F(ControlClientTest, ACommandIsOneLine) {
  FakeInnduct innduct(path, {"peer|ok\n"});
  auto client = ControlClient::connect(path);
  ASSERT_TRUE(client) << client.error();
  for (const std::string& bad : {std::string("show\nstop"), std::string(1024, 'x')}) {
    const auto refused = client->ask(bad);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find("a command is one line"), std::string::npos) << refused.error();
  }
}

TEST_F(ControlClientTest, SaysWhyNobodyAnswers) {
  const auto absent = ControlClient::connect(path);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error(),
            "control socket " + path +
                ": No such file or directory: no innduct listens there; is the feed "
                "running?");
  const auto too_long = ControlClient::connect(dir / std::string(120, 'x'));
  ASSERT_FALSE(too_long);
  EXPECT_NE(too_long.error().find("too long"), std::string::npos);
  FakeInnduct old(path, {"peer|unknown command: batch (h lists all)\npeer|"});
  const auto older = ControlClient::connect(path);
  ASSERT_FALSE(older);
  EXPECT_NE(older.error().find("an older innduct?"), std::string::npos) << older.error();
}

}  // namespace
}  // namespace innduct::io
