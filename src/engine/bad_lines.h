// bad_lines.h: before a file goes, its bad lines are kept: appended to F_bad, durably, once.
//
// When every entry of a file is settled, whatever is left in it that is not blank is bad. One
// more pass over the file collects just that, so nothing about bad lines is held in core. F_bad
// holds at most 1 MB: when it is full, or cannot be written, the file itself must be kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/line_reader.h"
#include "engine/names.h"
#include "engine/record_file.h"
#include "engine/turn.h"

namespace innduct::engine {

class BadLines {
 public:
  static constexpr std::uint64_t size_max = 1'000'000;

  explicit BadLines(const Names& names) : names_(names), bad_(Room::bad_lines, names.bad) {}

  // Starts to keep the bad lines of an open file of `size` bytes. One file at a time.
  void keep(Turn& turn, FileId from, std::string_view name, core::Dialect dialect,
            std::uint64_t size);
  // With a file, or with an answer that was not taken yet.
  bool busy() const { return busy_ || result_; }
  // The answer, once: true if all are kept and the file may go, false if it must stay.
  std::optional<bool> take_result() { return std::exchange(result_, std::nullopt); }

  void on(Turn& turn, const Event& event);

 private:
  void read(Turn& turn);
  void collect(Turn& turn, std::string_view bytes);
  void heard(Turn& turn, const RecordFile::News& news);
  void finish(Turn& turn, bool kept);
  void end(Turn& turn, bool kept);

  static constexpr std::size_t read_size = 65536;

  const Names& names_;
  bool busy_ = false;
  OpId read_op_;
  FileId from_;
  std::string from_name_;
  std::uint64_t from_size_ = 0;
  std::uint64_t read_to_ = 0;
  core::LineReader reader_{core::Dialect::feed};
  core::Dialect dialect_ = core::Dialect::feed;
  std::vector<core::Record> records_;
  RecordFile bad_;
  std::string batch_;
  bool in_bad_line_ = false;
  bool kept_ = false;
  std::optional<bool> result_;
};

}  // namespace innduct::engine
