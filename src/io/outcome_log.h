// outcome_log.h: the file to which the outcome log is written (engine/outcomes.h).
//
// A record for people, no part of the promise: it is not synced, and when it cannot be written its
// lines are lost, counted, and the feed goes on. The lines of a turn leave in one write. Whoever
// renames the file has it opened anew.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "io/descriptor.h"
#include "io/log.h"

namespace innduct::io {

class OutcomeLog {
 public:
  // `log` outlives it.
  explicit OutcomeLog(const Log& log) : log_(log) {}

  // Opens `path` for appending; made with mode 0664 if it is absent. The error is for people.
  std::expected<void, std::string> open(const std::string& path);
  bool is_open() const { return bool{file_}; }
  // Opens the path once more; goes on with the old file if that fails.
  void reopen();

  // A line, without its newline.
  void add(std::string_view line) {
    lines_ += line;
    lines_ += '\n';
    ++waiting_;
  }
  // Writes what was added. Cheap if there is nothing.
  void write() {
    if (waiting_ > 0) {
      write_lines();
    }
  }

 private:
  void write_lines();

  const Log& log_;
  std::string path_;
  Descriptor file_;
  std::string lines_;
  std::uint64_t waiting_ = 0;  // lines in lines_
  std::uint64_t lost_ = 0;     // lines that could not be written, since one could
  bool cut_ = false;           // the file ends within a line
};

}  // namespace innduct::io
