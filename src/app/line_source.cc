// line_source.cc: libedit on a terminal, standard input else.
#include "app/line_source.h"

#include <editline/readline.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

namespace innduct::app {

LineSource::LineSource(std::string prompt)
    : prompt_(std::move(prompt)), terminal_(::isatty(STDIN_FILENO) != 0) {}

std::optional<std::string> LineSource::next() {
  std::string line;
  if (!terminal_) {
    return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
  }
  const std::unique_ptr<char, decltype(&std::free)> typed(::readline(prompt_.c_str()), &std::free);
  if (!typed) {
    return std::nullopt;
  }
  line = typed.get();
  if (!line.empty()) {
    ::add_history(line.c_str());
  }
  return line;
}

int LineSource::enter() const { return terminal_ ? STDIN_FILENO : -1; }

void LineSource::take_enter() const {
  std::array<char, 4096> line{};  // no longer one fits into a terminal's
  static_cast<void>(::read(STDIN_FILENO, line.data(), line.size()));
}

}  // namespace innduct::app
