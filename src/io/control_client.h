// control_client.h: the other end of the control line, as a program uses it.
//
// It says `batch` and is answered in whole lines, with `ok` or `failed` behind each answer. One
// question at a time; whoever waits for other things besides gives it with say(), and hears the
// answer when there is something to read.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "io/descriptor.h"

namespace innduct::io {

struct ControlAnswer {
  std::string text;  // whole lines, or nothing
  bool good = false;
};

// Finds the end of an answer in what comes, at any split.
class AnswerReader {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }
  // The next whole answer. The first one is that to `batch`, behind the prompt for people.
  std::optional<ControlAnswer> next();
  // What has come so far of lines that are no answer: whole lines, or nothing.
  std::string take_lines();

 private:
  bool is_batch_ = false;
  std::string buffer_;
  std::size_t searched_ = 0;  // where the first line begins that was not looked at
};

class ControlClient {
 public:
  // Longer than that an answer does not take, unless innduct or its disk hangs.
  static constexpr std::chrono::seconds patience{60};

  // Connects to the socket at `path`. Errors are for people, here and below.
  static std::expected<ControlClient, std::string> connect(const std::string& path);

  // Gives a command, one line, and waits for its answer.
  std::expected<ControlAnswer, std::string> ask(std::string_view command);
  // The same in two parts. hear() does not wait: nothing is an answer that is not whole yet.
  std::expected<void, std::string> say(std::string_view command);
  std::expected<std::optional<ControlAnswer>, std::string> hear() { return receive(false); }
  // Readable when there is something to hear().
  int descriptor() const { return socket_.get(); }

  // Shows what comes unasked, as after `trace`, in whole lines, until `stop` can be read from (-1:
  // nothing stops it) or innduct has ended; returns whether it has.
  std::expected<bool, std::string> follow(int stop,
                                          const std::function<void(const std::string&)>& show);

 private:
  ControlClient(std::string path, Descriptor socket);
  // Reads once; `wait`: for at most `patience` if there is nothing.
  std::expected<std::optional<ControlAnswer>, std::string> receive(bool wait);
  // The same, whatever is read; false at the end.
  std::expected<bool, std::string> read(bool wait);

  std::string path_;
  Descriptor socket_;
  AnswerReader reader_;
};

}  // namespace innduct::io
