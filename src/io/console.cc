// console.cc: a client that is not a socket.
#include "io/console.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "core/cat.h"
#include "io/control_socket.h"
#include "io/file.h"

namespace innduct::io {

Console::Console(boost::asio::io_context& loop, Inbox& inbox)
    : inbox_(inbox), reader_(loop, Worker::AtEnd::leave), writer_(loop, Worker::AtEnd::leave) {}

void Console::open(int input, int output) {
  input_ = input;
  output_ = output;
  inbox_.tell(engine::Joined{console_client});
  read();
}

void Console::read() {
  reader_.run([this, input = input_]() -> Worker::Done {
    std::string bytes(LineCutter::line_size_max, '\0');
    pollfd readable{.fd = input, .events = POLLIN};
    ssize_t got = 0;
    do {  // somebody else may have made it non-blocking
      got = ::poll(&readable, 1, -1) < 0 ? -1 : ::read(input, bytes.data(), bytes.size());
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return [this, bytes = std::move(bytes)] { received(bytes); };
  });
}

// Nothing: the end of the input, or no way to read it.
void Console::received(std::string_view bytes) {
  lines_.feed(bytes);
  while (const auto line = lines_.next()) {
    inbox_.tell(engine::Asked{console_client, inbox_.keep(*line)});
  }
  if (lines_.overlong()) {
    answer(core::cat("error: a line has at most ", LineCutter::line_size_max, " bytes\n"));
  }
  if (bytes.empty() || lines_.overlong()) {
    inbox_.tell(engine::Left{console_client});
    return;
  }
  paused_ = true;
}

void Console::answer(std::string_view text) {
  // Somebody stopped the terminal: what does not fit is not shown.
  if (output_ < 0 || unwritten_ + text.size() > unread_answers_bytes_max) {
    return;
  }
  unwritten_ += text.size();
  write(text, {});
}

void Console::answer_trace(engine::OpId op, std::string_view text) {
  if (output_ < 0) {
    inbox_.tell(engine::Done{op});
  } else {
    write(text, op);
  }
}

// `op`: told to be done; else the text counts as unwritten until then.
void Console::write(std::string_view text, engine::OpId op) {
  writer_.run([this, op, output = output_, bytes = std::string(text)]() -> Worker::Done {
    // That nobody reads is no reason to end the feed.
    static_cast<void>(append_to(output, bytes));
    return [this, op, size = bytes.size()] {
      if (op) {
        inbox_.tell(engine::Done{op});
      } else {
        unwritten_ -= size;
      }
    };
  });
}

void Console::resume() {
  if (paused_) {
    paused_ = false;
    read();
  }
}

}  // namespace innduct::io
