// control_client.h: the other end of the control line, as a program uses it.
//
// It says `batch` and is answered in whole lines, with `ok` or `failed` behind each answer. One
// question at a time; it waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
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

 private:
  ControlClient(std::string path, Descriptor socket);
  std::expected<ControlAnswer, std::string> answer();

  std::string path_;
  Descriptor socket_;
  AnswerReader reader_;
};

}  // namespace innduct::io
