// line_reader.cc: one buffer, cut from the front; no byte is searched twice for a newline.
#include "core/line_reader.h"

#include <algorithm>

namespace innduct::core {

LineReader::LineReader(Dialect dialect, std::uint64_t offset) : dialect_(dialect), end_(offset) {}

void LineReader::feed(std::string_view bytes) {
  // Moving at most as many bytes as were cut since the last move keeps the work linear.
  if (start_ >= held()) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_.append(bytes);
  end_ += bytes.size();
}

std::optional<Piece> LineReader::next(std::vector<Record>& records) {
  // One byte more than a piece may have: whether it is a newline decides if the line is too long.
  const std::string_view window = std::string_view(buffer_).substr(start_, piece_size_max + 1);
  const std::size_t newline = window.find('\n', searched_);
  if (newline != std::string_view::npos) {
    return cut(newline, true, records);
  }
  searched_ = window.size();
  if (window.size() > piece_size_max) {
    return cut(whole_records_size(window.substr(0, piece_size_max)), false, records);
  }
  records.clear();
  return std::nullopt;
}

Piece LineReader::cut(std::size_t length, bool ends_line, std::vector<Record>& records) {
  Piece piece{.offset = partial_offset(),
              .length = length,
              .starts_line = !in_line_,
              .ends_line = ends_line,
              .text = partial().substr(0, length)};
  const bool whole_line = piece.starts_line && piece.ends_line;
  piece.kind = whole_line ? parse_line(piece.text, dialect_, records)
                          : parse_piece(piece.text, piece.starts_line, records);
  start_ += length;
  if (ends_line) {
    start_ += 1;
    searched_ = 0;
    line_number_ += 1;
  } else {
    searched_ -= length;
  }
  in_line_ = !ends_line;
  return piece;
}

}  // namespace innduct::core
