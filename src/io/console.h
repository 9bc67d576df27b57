// console.h: the control command line on standard input and output, for --interactive.
//
// A terminal or a pipe may keep whoever reads or writes it waiting, and must not be made
// non-blocking: it is shared with the shell that started us. So one thread reads, another writes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <string_view>

#include "engine/ids.h"
#include "io/inbox.h"
#include "io/line_cutter.h"
#include "io/worker.h"

namespace innduct::io {

inline constexpr engine::ClientId console_client{1};

class Console {
 public:
  Console(boost::asio::io_context& loop, Inbox& inbox);

  // Tells Joined, then what is read from `input`; at its end Left, and the feed goes on. Answers
  // go to `output`. Both stay open.
  void open(int input, int output);
  void answer(std::string_view text);
  // The same, whatever else waits to be shown; and then tells Done.
  void answer_trace(engine::OpId op, std::string_view text);
  void hang_up() { output_ = -1; }
  // The begin of a wait(): the events of the last one were seen, reading goes on.
  void resume();

 private:
  void read();
  void write(std::string_view text, engine::OpId op);
  void received(std::string_view bytes);

  Inbox& inbox_;
  Worker reader_;
  Worker writer_;
  LineCutter lines_;
  int input_ = -1;
  int output_ = -1;
  bool paused_ = false;
  std::size_t unwritten_ = 0;
};

}  // namespace innduct::io
