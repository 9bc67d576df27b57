// line_reader.h: cuts the bytes of one queue file, in whatever pieces they are read, into lines.
//
// Lines of any length are read in bounded memory: a power cut may leave megabytes of NULs in
// front of a record. A line longer than `piece_size_max` is handed out in pieces; no record
// is ever lost between two pieces. Where lines and pieces end depends on the bytes alone, not
// on how they were fed. The work is linear in the bytes fed, however few come at a time.
//
//   reader.feed(bytes);                 // what was read at reader.end()
//   while (auto piece = reader.next(records)) ...
//
// The caller stops calling next() when it has as many entries as it may hold; what is not yet
// cut stays inside, at most one read's worth.
//
// A line in pieces holds entries if one of its pieces does, else it is bad if one of them is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/line.h"

namespace innduct::core {

// The part of a line that was cut; for all but monstrous lines the whole line.
struct Piece {
  std::uint64_t offset = 0;  // in the file, of the piece's first byte
  std::size_t length = 0;    // without the newline
  LineKind kind = LineKind::settled;
  bool starts_line = true;  // the line's first piece
  bool ends_line = true;    // the line's last piece: its newline follows
  std::string_view text;    // valid until the next call of any member
};

class LineReader {
 public:
  static constexpr std::size_t piece_size_max = 16384;

  // Starts at `offset` of a file whose lines follow `dialect`.
  explicit LineReader(Dialect dialect, std::uint64_t offset = 0);

  // Takes the bytes that follow the ones taken so far.
  void feed(std::string_view bytes);

  // Cuts the next line (or piece); nothing if no whole one is there. Record offsets are
  // relative to the piece's offset. The last piece of a line may be empty.
  std::optional<Piece> next(std::vector<Record>& records);

  // The file offset behind the last byte that was fed: where to read on.
  std::uint64_t end() const { return end_; }

  // The bytes behind the last newline, once next() returned nothing: an unfinished line, or
  // of a monstrous one the unfinished last piece. At most piece_size_max bytes.
  std::string_view partial() const { return std::string_view(buffer_).substr(start_); }
  // Where partial() begins.
  std::uint64_t partial_offset() const { return end_ - held(); }
  // Whether partial() continues a line of which pieces were already handed out.
  bool partial_continues_line() const { return in_line_; }

  // Bytes that were fed and not yet cut.
  std::size_t held() const { return buffer_.size() - start_; }

  // Number of the line that the next piece belongs to, counted from 1 at the starting offset.
  std::uint64_t line_number() const { return line_number_; }

 private:
  // Hands out the first `length` held bytes.
  Piece cut(std::size_t length, bool ends_line, std::vector<Record>& records);

  Dialect dialect_;
  std::string buffer_;
  std::size_t start_ = 0;     // of the bytes not yet cut, within buffer_
  std::size_t searched_ = 0;  // of those, how many are known to hold no newline
  std::uint64_t end_;
  std::uint64_t line_number_ = 1;
  bool in_line_ = false;
};

}  // namespace innduct::core
