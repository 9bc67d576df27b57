// console_test.cc: proves, with pipes in place of a terminal, that its lines are told, that its end
// is, and that an output that nobody reads keeps nobody waiting.
#include "io/console.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "io/control_socket.h"
#include "io/descriptor.h"
#include "loop.h"

namespace innduct::io {
namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }
  void write(std::string_view text) const {
    EXPECT_EQ(::write(in.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string read() const {
    std::string got(65536, '\0');
    const ssize_t size = ::read(out.get(), got.data(), got.size());
    EXPECT_GT(size, 0);
    got.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return got;
  }
  Descriptor out;
  Descriptor in;
};

TEST(ConsoleTest, IsAClientLikeOthers) {
  test::Loop loop;
  Pipe input;
  const Pipe output;
  Console console(loop.context(), loop.inbox());
  console.open(input.out.get(), output.in.get());
  EXPECT_EQ(loop.await_one<engine::Joined>().client, console_client);
  console.answer("peer| ");
  EXPECT_EQ(output.read(), "peer| ");
  input.write("show\nnext");
  EXPECT_EQ(loop.await_one<engine::Asked>().line, "show");
  console.resume();
  input.write(" conn\n");
  EXPECT_EQ(loop.await_one<engine::Asked>().line, "next conn");
  console.resume();
  input.in = Descriptor();
  EXPECT_EQ(loop.await_one<engine::Left>().client, console_client);
  console.resume();
  console.answer("still here\n");
  EXPECT_EQ(output.read(), "still here\n");
}

TEST(ConsoleTest, ALongLineEndsIt) {
  test::Loop loop;
  const Pipe input;
  const Pipe output;
  Console console(loop.context(), loop.inbox());
  console.open(input.out.get(), output.in.get());
  loop.await_one<engine::Joined>();
  input.write(std::string(2 * LineCutter::line_size_max, 'x'));
  ASSERT_TRUE(loop.run_until([&] {
    console.resume();
    return !loop.inbox().empty();
  }));
  EXPECT_EQ(loop.await_one<engine::Left>().client, console_client);
  EXPECT_EQ(output.read(), "error: a line has at most 1024 bytes\n");
}

TEST(ConsoleTest, APieceOfATraceIsDoneWhenItIsWritten) {
  test::Loop loop;
  Pipe input;
  Pipe output;
  Console console(loop.context(), loop.inbox());
  console.open(input.out.get(), output.in.get());
  loop.await_one<engine::Joined>();
  const std::string piece(100'000, 'x');  // more than the pipe takes
  console.answer_trace({7}, piece);
  console.answer("and an answer\n");
  std::string shown = output.read();
  EXPECT_TRUE(loop.inbox().empty());
  while (shown.size() < piece.size() + 14) {
    shown += output.read();
  }
  EXPECT_EQ(shown, piece + "and an answer\n");
  EXPECT_EQ(loop.await_one<engine::Done>().op, engine::OpId{7});
  console.hang_up();
  console.answer_trace({8}, "to nobody\n");
  EXPECT_EQ(loop.await_one<engine::Done>().op, engine::OpId{8});
  input.in = Descriptor();
}

TEST(ConsoleTest, AnUnreadOutputKeepsNobodyWaiting) {
  std::signal(SIGPIPE, SIG_IGN);
  test::Loop loop;
  Pipe input;
  Pipe output;
  {
    Console console(loop.context(), loop.inbox());
    console.open(input.out.get(), output.in.get());
    loop.await_one<engine::Joined>();
    for (int i = 0; i < 1000; ++i) {
      console.answer(std::string(1000, 'x'));  // returns though the pipe is long full
    }
    input.write("show\n");
    EXPECT_EQ(loop.await_one<engine::Asked>().line, "show");
    EXPECT_EQ(output.read().find_first_not_of('x'), std::string::npos);
  }
  // The threads that were left to themselves still use these.
  input.out.release();
  output.in.release();
}

}  // namespace
}  // namespace innduct::io
