// line.cc: the grammar of queue files, and what crashes leave of it.
#include "core/line.h"

#include <algorithm>

namespace innduct::core {
namespace {

constexpr auto nowhere = std::string_view::npos;

constexpr std::size_t record_size_min = token_size + 1 + message_id_size_min;
// `a/` and its space.
constexpr std::size_t path_and_space_size_min = 3;

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr bool is_path_byte(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '+' || c == '/' || c == '-';
}

bool all_path_bytes(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_path_byte);
}

bool has_parent_component(std::string_view path) {
  for (std::size_t at = 0; (at = path.find("..", at)) != nowhere; ++at) {
    const bool begins = at == 0 || path[at - 1] == '/';
    const bool ends = at + 2 == path.size() || path[at + 2] == '/';
    if (begins && ends) {
      return true;
    }
  }
  return false;
}

bool all_spaces(std::string_view text) { return text.find_first_not_of(' ') == nowhere; }

// The record, whose locator is a token, at text[0]; length 0 if there is none.
Record token_record(std::string_view text) {
  if (text.size() < record_size_min || text[token_size] != ' ' ||
      !is_token(text.substr(0, token_size))) {
    return {};
  }
  const std::size_t id_length = message_id_length(text.substr(token_size + 1));
  if (id_length == 0) {
    return {};
  }
  return {.offset = 0,
          .length = token_size + 1 + id_length,
          .locator = text.substr(0, token_size),
          .message_id = text.substr(token_size + 1, id_length)};
}

// The path entry at text[0]; length 0 if there is none.
Record path_entry(std::string_view text) {
  if (text.empty() || !is_alphanumeric(text.front())) {
    return {};
  }
  const std::size_t path_size = text.substr(0, path_size_max + 1).find(' ');
  if (path_size == nowhere || !is_path(text.substr(0, path_size))) {
    return {};
  }
  const std::size_t id_length = message_id_length(text.substr(path_size + 1));
  if (id_length == 0) {
    return {};
  }
  return {.offset = 0,
          .length = path_size + 1 + id_length,
          .locator = text.substr(0, path_size),
          .message_id = text.substr(path_size + 1, id_length)};
}

// Appends every record at or behind `from`.
void find_token_records(std::string_view text, std::size_t from, std::vector<Record>& records) {
  std::size_t at = from;
  while ((at = text.find('@', at)) != nowhere) {
    Record record = token_record(text.substr(at));
    if (record.length == 0) {
      ++at;
      continue;
    }
    record.offset = at;
    at += record.length;
    records.push_back(record);
  }
}

bool has_message_id(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('<', at)) != nowhere; ++at) {
    if (message_id_length(text.substr(at)) != 0) {
      return true;
    }
  }
  return false;
}

// Whether a message-id that belongs to none of `records` stands behind the first of them.
bool hides_message_id(std::string_view text, const std::vector<Record>& records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::size_t begin = records[i].offset + records[i].length;
    const std::size_t end = i + 1 < records.size() ? records[i + 1].offset : text.size();
    if (has_message_id(text.substr(begin, end - begin))) {
      return true;
    }
  }
  return false;
}

// Appends every entry of `text`. What stands behind a path entry may be another one, glued on:
// then the path entry is none, lest the other be blanked with it unread.
void find_entries(std::string_view text, bool starts_line, std::vector<Record>& records) {
  const Record first = starts_line ? path_entry(text) : Record{};
  if (first.length != 0) {
    records.push_back(first);
  }
  find_token_records(text, first.length, records);
  if (first.length != 0 && hides_message_id(text, records)) {
    records.erase(records.begin());
  }
}

// A line that is a token or a path, spaces apart; or a token behind what a power cut left as NULs,
// where a path might have lost its beginning. Length 0 if it is neither.
Record locator_alone(std::string_view line) {
  const std::size_t nul = line.rfind('\0');
  const std::string_view text = nul == nowhere ? line : line.substr(nul + 1);
  const std::string_view locator = text.substr(0, text.find(' '));
  const bool alone = all_spaces(text.substr(locator.size()));
  if (!alone || !(is_token(locator) || (nul == nowhere && is_path(locator)))) {
    return {};
  }
  return {.offset = 0, .length = line.size(), .locator = locator, .message_id = {}};
}

// The only entry of a line, or of a piece of one, owns all its bytes.
void own_everything(std::string_view line, std::vector<Record>& records) {
  if (records.size() == 1) {
    records.front().offset = 0;
    records.front().length = line.size();
  }
}

// Whether `text`, which does not end with a space, could begin an entry that is `size` bytes
// long and thus longer than `text`. What is left of a path is judged by its alphabet alone.
bool begins_entry(std::string_view text, std::size_t size) {
  const std::size_t space = text.find(' ');
  if (space != nowhere) {
    const std::string_view locator = text.substr(0, space);
    return (is_token(locator) || is_path(locator)) &&
           is_message_id_prefix(text.substr(space + 1), size - space - 1);
  }
  if (size >= record_size_min && size <= record_size_max && is_token_part(text, 0)) {
    return true;
  }
  return is_alphanumeric(text.front()) && all_path_bytes(text) && size <= entry_size_max &&
         text.size() <= path_size_max && text.size() + 1 + message_id_size_min <= size;
}

// Whether `text`, which does not begin with a space, could end an entry of which `torn_off`
// bytes are missing.
bool ends_entry(std::string_view text, std::size_t torn_off) {
  const std::size_t space = text.find(' ');
  if (space != nowhere) {
    const std::string_view locator_end = text.substr(0, space);
    const std::size_t locator_size = torn_off + locator_end.size();
    const bool of_token = locator_size == token_size && is_token_part(locator_end, torn_off);
    const bool of_path = locator_size <= path_size_max && all_path_bytes(locator_end);
    return (of_token || of_path) && is_message_id(text.substr(space + 1));
  }
  // Some path is long enough to make up the rest.
  const std::size_t size = torn_off + text.size();
  if (size < path_and_space_size_min + message_id_size_min || size > entry_size_max) {
    return false;
  }
  const std::size_t id_size_max = std::min(size - path_and_space_size_min, message_id_size_max);
  return is_message_id(text) ? text.size() <= id_size_max : is_message_id_suffix(text, id_size_max);
}

// `line` is not all spaces.
bool is_torn_blank(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  const std::size_t end = line.find_last_not_of(' ') + 1;
  if (first == 0) {
    return end < line.size() && begins_entry(line.substr(0, end), line.size());
  }
  return end == line.size() && ends_entry(line.substr(first), first);
}

// Whether `text` could begin a record, and is not all of it.
bool begins_token_record(std::string_view text) {
  if (text.size() <= token_size) {
    return is_token_part(text, 0);
  }
  const std::string_view id = text.substr(token_size + 1);
  return is_token(text.substr(0, token_size)) && text[token_size] == ' ' &&
         (id.empty() || is_message_id_prefix(id));
}

}  // namespace

bool is_path(std::string_view locator) {
  return !locator.empty() && locator.size() <= path_size_max && is_alphanumeric(locator.front()) &&
         locator.find('/') != nowhere && all_path_bytes(locator) && !has_parent_component(locator);
}

Record record_at_start(std::string_view text) {
  Record record = token_record(text);
  if (record.length == 0) {
    record = path_entry(text);
  }
  const bool ends = record.length == text.size() || text[record.length] == ' ';
  return ends ? record : Record{};
}

LineKind parse_line(std::string_view line, Dialect dialect, std::vector<Record>& records) {
  records.clear();
  // What nearly every line is.
  if (const Record record = token_record(line);
      record.length != 0 && record.length == line.size()) {
    records.push_back(record);
    return LineKind::entries;
  }
  if (all_spaces(line)) {
    return LineKind::settled;
  }
  find_entries(line, true, records);
  if (records.empty() && dialect == Dialect::backlog) {
    if (const Record record = locator_alone(line); record.length != 0) {
      records.push_back(record);
    }
  }
  if (records.empty()) {
    return is_torn_blank(line) ? LineKind::torn_blank : LineKind::bad;
  }
  own_everything(line, records);
  return LineKind::entries;
}

LineKind parse_piece(std::string_view piece, bool starts_line, std::vector<Record>& records) {
  records.clear();
  find_entries(piece, starts_line, records);
  if (records.empty()) {
    return all_spaces(piece) ? LineKind::settled : LineKind::bad;
  }
  own_everything(piece, records);
  return LineKind::entries;
}

std::size_t whole_records_size(std::string_view text) {
  // An `@` within a whole record begins no other one: what follows it there is neither 36
  // digits nor free of `>`.
  std::size_t at = text.size() - std::min(text.size(), record_size_max - 1);
  for (; (at = text.find('@', at)) != nowhere; ++at) {
    if (begins_token_record(text.substr(at))) {
      return at;
    }
  }
  return text.size();
}

}  // namespace innduct::core
