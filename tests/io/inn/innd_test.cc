// innd_test.cc: proves what is said to innd's control channel, what each of its answers means, and
// that a late answer reaches nobody. innd is played by a datagram socket of the test.
#include "io/inn/innd.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <vector>

#include "temp_dir.h"

namespace innduct::io {
namespace {

using namespace std::chrono_literals;
using engine::FlushOutcome;
using engine::OpId;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

// The other end of the control channel.
class FakeInnd {
 public:
  explicit FakeInnd(const std::string& path_run)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_un address = address_of(path_run + "/control");
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    const timeval patience{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  ~FakeInnd() { ::close(socket_); }
  FakeInnd(const FakeInnd&) = delete;
  FakeInnd& operator=(const FakeInnd&) = delete;

  // The next request, as it came.
  std::string receive() const {
    std::array<char, 8192> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    EXPECT_GT(size, 0) << "no request came";
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }

  // Sends bytes to a reply socket; returns errno.
  int send(const std::string& reply_path, std::string_view bytes) const {
    const sockaddr_un address = address_of(reply_path);
    const ssize_t sent = ::sendto(socket_, bytes.data(), bytes.size(), 0,
                                  reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    return sent < 0 ? errno : 0;
  }

 private:
  int socket_;
};

std::string framed(std::string_view text) {
  const std::size_t size = text.size() + 3;
  std::string bytes = "a";
  bytes += static_cast<char>(size >> 8);
  bytes += static_cast<char>(size & 0xff);
  return bytes.append(text);
}

// The path that a request wants its reply at.
std::string reply_path_of(const std::string& request) {
  return request.substr(3, request.find('\1') - 3);
}

struct Answer {
  OpId op;
  FlushOutcome outcome{};
  std::string text;
};

class InndTest : public ::testing::Test {
 protected:
  void flush(std::uint64_t op, std::string_view site = "peer") {
    innd.flush(OpId{op}, site, [this](OpId answered, FlushOutcome outcome, std::string text) {
      answers.push_back({answered, outcome, std::move(text)});
    });
  }
  // Runs the loop until `count` answers are there.
  void await_answers(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (answers.size() < count && std::chrono::steady_clock::now() < deadline) {
      loop.restart();
      loop.run_one_until(deadline);
    }
    ASSERT_EQ(answers.size(), count);
  }
  std::size_t sockets_left() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      count += entry.path().filename().native().starts_with("innduct.") ? 1u : 0u;
    }
    return count;
  }

  test::TempDir dir;
  boost::asio::io_context loop;
  Innd innd{loop, dir.path()};
  std::vector<Answer> answers;
};

TEST_F(InndTest, AsksAsInndExpects) {
  const FakeInnd fake(dir.path());
  flush(1, "peer.example");
  const std::string request = fake.receive();
  const std::string reply_path = reply_path_of(request);
  EXPECT_EQ(request, framed(reply_path + "\1f\1peer.example"));
  EXPECT_TRUE(reply_path.starts_with(dir / ("innduct." + std::to_string(::getpid()) + ".")));
  EXPECT_GE(reply_path.size(), (dir / "innduct.1.").size() + 8);
  EXPECT_TRUE(std::filesystem::is_socket(reply_path));
}

TEST_F(InndTest, UnderstandsEveryAnswer) {
  const struct {
    std::string reply;
    FlushOutcome outcome;
    std::string text;
  } cases[] = {
      {framed("0 Ok"), FlushOutcome::ok, "innd: 0 Ok"},
      {framed(std::string("0 Ok\0", 5)), FlushOutcome::ok, "innd: 0 Ok"},
      {framed("1 No such site"), FlushOutcome::no_such_site, "innd: 1 No such site"},
      {framed("1 No such site here"), FlushOutcome::refused, "innd: 1 No such site here"},
      {framed("1 Can't do that\n"), FlushOutcome::refused, "innd: 1 Can't do that"},
      {framed("1 \x1b[2J"), FlushOutcome::refused, "innd: 1 \\x1b[2J"},
      {framed("00 Ok"), FlushOutcome::refused, "innd: 00 Ok"},
      {framed(""), FlushOutcome::refused, "innd: "},
      {"0 Ok", FlushOutcome::refused, "innd's reply is not understood: 0 Ok"},
      {"", FlushOutcome::refused, "innd's reply is not understood: "},
  };
  const FakeInnd fake(dir.path());
  std::uint64_t op = 0;
  for (const auto& [reply, outcome, text] : cases) {
    flush(++op);
    ASSERT_EQ(fake.send(reply_path_of(fake.receive()), reply), 0);
    await_answers(op);
    EXPECT_EQ(answers.back().op, OpId{op});
    EXPECT_EQ(answers.back().outcome, outcome) << text;
    EXPECT_EQ(answers.back().text, text);
    EXPECT_EQ(sockets_left(), 0u) << text;
  }
}

TEST_F(InndTest, AnswersEachRequestByItself) {
  const FakeInnd fake(dir.path());
  flush(1);
  flush(2);
  const std::string first = reply_path_of(fake.receive());
  const std::string second = reply_path_of(fake.receive());
  EXPECT_NE(first, second);
  ASSERT_EQ(fake.send(second, framed("1 No such site")), 0);
  await_answers(1);
  ASSERT_EQ(fake.send(first, framed("0 Ok")), 0);
  await_answers(2);
  EXPECT_EQ(answers[0].op, OpId{2});
  EXPECT_EQ(answers[0].outcome, FlushOutcome::no_such_site);
  EXPECT_EQ(answers[1].op, OpId{1});
  EXPECT_EQ(answers[1].outcome, FlushOutcome::ok);
}

TEST_F(InndTest, ALateAnswerReachesNobody) {
  const FakeInnd fake(dir.path());
  flush(1);
  const std::string forgotten = reply_path_of(fake.receive());
  innd.forget(OpId{1});
  EXPECT_EQ(fake.send(forgotten, framed("0 Ok")), ENOENT);
  flush(2);
  ASSERT_EQ(fake.send(reply_path_of(fake.receive()), framed("1 No such site")), 0);
  await_answers(1);
  EXPECT_EQ(answers[0].op, OpId{2});
  EXPECT_EQ(answers[0].outcome, FlushOutcome::no_such_site);
}

TEST_F(InndTest, AnAnswerThatWaitsWhenTheFlushIsForgottenReachesNobody) {
  const FakeInnd fake(dir.path());
  flush(1);
  ASSERT_EQ(fake.send(reply_path_of(fake.receive()), framed("0 Ok")), 0);
  innd.forget(OpId{1});
  innd.forget(OpId{1});
  loop.restart();
  loop.run();
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(sockets_left(), 0u);
}

TEST_F(InndTest, WithoutASocketInndIsUnreachable) {
  flush(1);
  EXPECT_TRUE(answers.empty()) << "the answer comes from the loop";
  await_answers(1);
  EXPECT_EQ(answers[0].outcome, FlushOutcome::unreachable);
  EXPECT_EQ(answers[0].text,
            "innd cannot be reached at " + (dir / "control") + ": No such file or directory");
  EXPECT_EQ(sockets_left(), 0u);
}

TEST_F(InndTest, BehindAStaleSocketInndIsUnreachable) {
  { const FakeInnd fake(dir.path()); }
  flush(1);
  await_answers(1);
  EXPECT_EQ(answers[0].outcome, FlushOutcome::unreachable);
  EXPECT_EQ(answers[0].text,
            "innd cannot be reached at " + (dir / "control") + ": Connection refused");
}

TEST_F(InndTest, AnUnreachableInndIsForgottenToo) {
  flush(1);
  innd.forget(OpId{1});
  loop.restart();
  loop.run();
  EXPECT_TRUE(answers.empty());
}

TEST_F(InndTest, AFullQueueNeverBlocks) {
  const FakeInnd fake(dir.path());  // reads nothing
  std::uint64_t op = 0;
  for (; op < 2000 && answers.empty(); ++op) {
    flush(op + 1);
    loop.restart();
    loop.poll();
  }
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].op, OpId{op});
  EXPECT_EQ(answers[0].outcome, FlushOutcome::unreachable);
  EXPECT_NE(answers[0].text.find("innd does not read"), std::string::npos) << answers[0].text;
}

TEST_F(InndTest, AMissingDirectoryIsNamed) {
  Innd elsewhere(loop, dir / "none");
  elsewhere.flush(OpId{1}, "peer", [this](OpId op, FlushOutcome outcome, std::string text) {
    answers.push_back({op, outcome, std::move(text)});
  });
  await_answers(1);
  EXPECT_EQ(answers[0].outcome, FlushOutcome::unreachable);
  EXPECT_NE(answers[0].text.find(dir / "none"), std::string::npos) << answers[0].text;
}

TEST_F(InndTest, APathThatIsTooLongIsNamed) {
  const std::string long_path = dir / std::string(90, 'x');
  std::filesystem::create_directory(long_path);
  Innd elsewhere(loop, long_path);
  elsewhere.flush(OpId{1}, "peer", [this](OpId op, FlushOutcome outcome, std::string text) {
    answers.push_back({op, outcome, std::move(text)});
  });
  await_answers(1);
  EXPECT_EQ(answers[0].outcome, FlushOutcome::unreachable);
  EXPECT_NE(answers[0].text.find("too long"), std::string::npos) << answers[0].text;
}

TEST_F(InndTest, TheCallbackMayAskAgain) {
  innd.flush(OpId{1}, "peer", [this](OpId, FlushOutcome, std::string) { flush(2); });
  await_answers(1);
  EXPECT_EQ(answers[0].op, OpId{2});
}

TEST_F(InndTest, LeavesNoSocketBehind) {
  const FakeInnd fake(dir.path());
  {
    Innd short_lived(loop, dir.path());
    short_lived.flush(OpId{1}, "peer", [](OpId, FlushOutcome, std::string) {});
    EXPECT_EQ(sockets_left(), 1u);
  }
  EXPECT_EQ(sockets_left(), 0u);
  loop.restart();
  loop.run();
}

// A name of one of our sockets, bound and abandoned.
void leave_socket(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(path);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ::close(socket);
}

TEST_F(InndTest, WhetherItListensIsSeenWithoutAWord) {
  const auto nobody = innd_listens(dir.path());
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error(),
            "innd cannot be reached at " + (dir / "control") + ": No such file or directory");
  {
    const FakeInnd fake(dir.path());
    EXPECT_TRUE(innd_listens(dir.path()));
    EXPECT_EQ(sockets_left(), 0u);
    flush(1);
    EXPECT_NE(fake.receive().find("\1f\1peer"), std::string::npos) << "nothing came before it";
  }
  const auto stale = innd_listens(dir.path());
  ASSERT_FALSE(stale);
  EXPECT_NE(stale.error().find("Connection refused"), std::string::npos) << stale.error();
  const auto too_long = innd_listens(dir / std::string(120, 'x'));
  ASSERT_FALSE(too_long);
  EXPECT_NE(too_long.error().find("too long"), std::string::npos) << too_long.error();
}

TEST(InndSweep, RemovesWhatTheDeadLeft) {
  const pid_t dead = ::fork();
  if (dead == 0) {
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(dead, nullptr, 0), dead);
  const pid_t alive = ::getppid();
  const test::TempDir dir;
  const std::string gone[] = {
      dir / ("innduct." + std::to_string(dead) + ".abc"),
      dir / ("innduct." + std::to_string(::getpid()) + ".abc"),
  };
  const std::string kept[] = {
      dir / ("innduct." + std::to_string(alive) + ".abc"),
      dir / "innduct.abc",
      dir / "innduct.",
      dir / ("innduct." + std::to_string(dead)),
      dir / "innduct.0.abc",
      dir / "innduct.-5.abc",
      dir / "control",
  };
  for (const std::string& path : gone) {
    leave_socket(path);
  }
  for (const std::string& path : kept) {
    leave_socket(path);
  }
  const std::string file = dir.write("innduct." + std::to_string(dead) + ".file", "");
  sweep(dir.path());
  for (const std::string& path : gone) {
    EXPECT_FALSE(std::filesystem::exists(path)) << path;
  }
  for (const std::string& path : kept) {
    EXPECT_TRUE(std::filesystem::exists(path)) << path;
  }
  EXPECT_TRUE(std::filesystem::exists(file)) << "a plain file is not ours";
  sweep(dir / "none");
}

}  // namespace
}  // namespace innduct::io
