// line.h: is this line of a queue file an entry, settled, or bad?
//
// A queue file (feed file, backlog file, ...) has one *record* a line: a token, one space, a
// message-id. Or a *path entry*: a path below patharticles, one space, a message-id, from the
// line's first byte. Reality also leaves blanked lines, half-blanked ones, lines glued together
// because a newline was lost, and runs of NULs with a record behind them; this room reads
// all of them. doc/feedfiles.md has the grammar with examples. In short (_ is a space):
//
//   @T@_<a@b>               an entry; so is news/x/1_<a@b>
//   ____________            settled
//   @0500____   ____b>      a blank that a power cut tore: what is left of one record
//   @T@_<a@c@U@_<b@d>       the entry of U: the record of T lost its end, and its newline
//   00000@T@_<a@b>CR        the entry of T (0 is a NUL): whatever else stands in its line
//   anything else           bad
//
// Pure and without memory of earlier lines. LineReader, in line_reader.h, cuts a stream of
// bytes into lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/message_id.h"
#include "core/token.h"

namespace innduct::core {

// The longest record: token, space, message-id.
inline constexpr std::size_t record_size_max = token_size + 1 + message_id_size_max;
// The longest path that a path entry may name.
inline constexpr std::size_t path_size_max = 1024;
// The longest single entry of either kind.
inline constexpr std::size_t entry_size_max = path_size_max + 1 + message_id_size_max;

// Which grammar applies. Backlog files may, beyond feed files, hold a token or a path without
// a message-id. There, such a line with nothing but spaces behind is an entry and no torn blank:
// an article offered twice does less harm than one never offered. So is a token behind NULs.
enum class Dialect : std::uint8_t { feed, backlog };

enum class LineKind : std::uint8_t {
  settled,     // empty, or only spaces
  torn_blank,  // spaces and what is left of one record: counts as settled
  entries,     // at least one record was found
  bad,         // anything else
};

// One entry found in a line. Views point into the parsed text.
struct Record {
  std::size_t offset = 0;       // of the first byte to blank, within the line
  std::size_t length = 0;       // of the bytes to blank when it is settled
  std::string_view locator;     // the token, or the path
  std::string_view message_id;  // empty: to be read from the article (backlog only)
};

// What one line is; fills `records` (cleared first) if and only if the answer is `entries`.
// `line` comes without its newline. In a line with a single entry, that entry's span is the
// whole line; else each span is its record, and the bytes around them are blanked with the
// last. A path entry with a message-id in the bytes behind it, records apart, is none: another
// path entry may be hidden there, and would be blanked unread.
LineKind parse_line(std::string_view line, Dialect dialect, std::vector<Record>& records);

// The same for a piece of a line too long to be seen as a whole, cut where whole_records_size()
// allows: settled, entries or bad. Only the piece that starts the line may begin with a path
// entry.
LineKind parse_piece(std::string_view piece, bool starts_line, std::vector<Record>& records);

// How much of `text` can be cut off its line without cutting a record: all of it, or all before
// a record that begins in its last bytes and may go on behind them. At least
// text.size() - record_size_max + 1.
std::size_t whole_records_size(std::string_view text);

// The record (token or path, with message-id) that begins at text[0] and ends at the end of
// `text` or before a space; length 0 if there is none. Used to join the halves of a line that a
// full disk cut.
Record record_at_start(std::string_view text);

// Whether `locator` is a path (below patharticles) rather than a token: it has a `/`, begins
// with a letter or digit, and has no `..` component.
bool is_path(std::string_view locator);

}  // namespace innduct::core
