// line_fuzz.cc: any bytes as queue file: spans stay inside their lines and apart, blanking what
// was found settles a line, and LineReader reads the same from pieces as from the whole.
//
// The first byte of the input chooses the dialect and the size of the pieces.
#include <string>
#include <vector>

#include "core/line.h"
#include "core/line_reader.h"
#include "input.h"

using namespace innduct::core;

namespace {

void check_records(std::string_view text, LineKind kind, const std::vector<Record>& records) {
  check((kind == LineKind::entries) == !records.empty(), "entries, and only they, have records");
  std::size_t end = 0;
  for (const Record& record : records) {
    check(record.offset >= end, "spans are in order and apart");
    check(record.length != 0 && record.offset + record.length <= text.size(),
          "a span lies inside its line");
    end = record.offset + record.length;
    const std::string_view span = text.substr(record.offset, record.length);
    check(span.find(record.locator) != span.npos, "a locator lies inside its span");
    check(is_token(record.locator) != is_path(record.locator), "a locator is a token or a path");
    check(record.message_id.empty() || is_message_id(record.message_id),
          "a message-id may be offered");
    check(record.message_id.empty() || span.find(record.message_id) != span.npos,
          "a message-id lies inside its span");
  }
  if (records.size() == 1) {
    check(records.front().offset == 0 && records.front().length == text.size(),
          "the only entry owns the line");
  }
}

// Settles one entry of a line after the other, as a feeder does; the rest must stay readable.
void check_blanking(std::string_view line, Dialect dialect) {
  std::string text(line);
  std::vector<Record> records;
  parse_line(text, dialect, records);
  for (std::size_t left = records.size(); left > 0; --left) {
    std::vector<Record> found;
    check(parse_line(text, dialect, found) == LineKind::entries, "what is unsettled is read again");
    check(found.size() >= left, "blanking one entry harms no other");
    const Record last = found.back();
    text.replace(last.offset, last.length, last.length, ' ');
    if (found.size() == 1) {
      check(parse_line(text, dialect, found) == LineKind::settled, "a blanked line is settled");
      return;
    }
  }
}

// Everything that a reader tells, as one text.
std::string told(std::string_view bytes, Dialect dialect, std::size_t piece_size) {
  std::string text;
  LineReader reader(dialect);
  std::vector<Record> records;
  const auto take = [&] {
    while (const auto piece = reader.next(records)) {
      check_records(piece->text, piece->kind, records);
      text += std::to_string(piece->offset) + " " + std::to_string(piece->length) + " " +
              std::to_string(static_cast<int>(piece->kind)) + (piece->starts_line ? "s" : "") +
              (piece->ends_line ? "e" : "");
      for (const Record& record : records) {
        text += " " + std::to_string(record.offset) + "+" + std::to_string(record.length);
      }
      text += "\n";
    }
    check(reader.held() <= LineReader::piece_size_max, "a drained reader holds one piece at most");
  };
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_size);
    reader.feed(piece);
    bytes.remove_prefix(piece.size());
    take();
  }
  return text + std::to_string(reader.partial_offset()) + " " + std::to_string(reader.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const Dialect dialect = (data[0] & 1) != 0 ? Dialect::backlog : Dialect::feed;
  const std::size_t piece_size = 1 + data[0] / 2;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

  check(told(bytes, dialect, piece_size) == told(bytes, dialect, bytes.size()),
        "pieces are read like the whole");

  std::vector<Record> records;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    check_records(line, parse_line(line, dialect, records), records);
    check_blanking(line, dialect);
    const Record at_start = record_at_start(line);
    check(at_start.length <= line.size(), "a record at the start lies inside the text");
    const std::size_t whole = whole_records_size(line);
    check(whole <= line.size() && line.size() - whole < record_size_max,
          "less than a record is kept back");
    rest.remove_prefix(line.size());
    rest.remove_prefix(rest.empty() ? 0 : 1);
  }
  return 0;
}
