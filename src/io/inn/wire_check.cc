// wire_check.cc: one pass over the head for the Message-ID, one over everything for its form.
#include "io/inn/wire_check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/message_id.h"

namespace innduct::io {
namespace {

constexpr std::string_view end_mark = "\r\n.\r\n";
constexpr std::string_view id_header = "Message-ID:";

// Where the line that starts at `start` ends, behind its CRLF.
std::size_t line_end(std::string_view article, std::size_t start) {
  std::size_t lf = article.find('\n', start);
  while (lf != article.npos && (lf == start || article[lf - 1] != '\r')) {
    lf = article.find('\n', lf + 1);
  }
  return lf == article.npos ? article.size() : lf + 1;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Compares one letter first: few headers begin with an M.
bool is_id_header(std::string_view text) {
  return (text.starts_with('M') || text.starts_with('m')) &&
         std::ranges::equal(text.substr(0, id_header.size()), id_header, {}, lower, lower);
}

bool continues_header(std::string_view text) {
  return text.starts_with(' ') || text.starts_with('\t');
}

// What a folded value is when it is unfolded, for values that have no blank inside.
std::string_view trimmed(std::string_view value) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = value.find_first_not_of(blanks);
  if (first == value.npos) {
    return {};
  }
  return value.substr(first, value.find_last_not_of(blanks) - first + 1);
}

std::string_view find_message_id(std::string_view article, std::string_view wanted) {
  std::string_view found;
  std::size_t end = 0;
  for (std::size_t start = 0; start < article.size(); start = end) {
    end = line_end(article, start);
    const std::string_view header = article.substr(start, end - start);
    if (header == "\r\n") {
      break;
    }
    if (!is_id_header(header)) {
      continue;
    }
    while (continues_header(article.substr(end))) {
      end = line_end(article, end);
    }
    const std::size_t value = start + id_header.size();
    const std::string_view id = trimmed(article.substr(value, end - value));
    if (!wanted.empty() && id == wanted) {
      return id;
    }
    if (found.empty() && core::is_message_id(id)) {
      found = id;
    }
    if (!found.empty() && wanted.empty()) {
      break;
    }
  }
  return found;
}

// A NUL, or a dot behind a LF, is all that can be wrong between an article's ends, and rare: it is
// worth while to look for it in many bytes at once. `before` is the byte before the first.
bool needs_closer_look(const char* before) {
  return before[1] == '\0' || (before[1] == '.' && *before == '\n');
}

using Bytes [[gnu::vector_size(16)]] = unsigned char;

Bytes load(const char* from) {
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

constexpr std::size_t stride = 64;
bool any_needs_closer_look(const char* before) {
  Bytes found{};
  for (std::size_t i = 0; i < stride; i += sizeof found) {
    const Bytes at = load(before + i + 1);
    found |= Bytes(at == '\0') | (Bytes(at == '.') & Bytes(load(before + i) == '\n'));
  }
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), &found, sizeof found);
  return (words[0] | words[1]) != 0;
}

// What is wrong with the byte at `i`. There are at least three more bytes: the article's end.
std::string_view damage_at(std::string_view article, std::size_t i) {
  if (article[i] == '\0') {
    return "it contains a NUL";
  }
  const bool leads_line = i == 0 || (i >= 2 && article[i - 1] == '\n' && article[i - 2] == '\r');
  if (article[i] != '.' || !leads_line || article[i + 1] == '.') {
    return {};
  }
  if (article[i + 1] == '\r' && article[i + 2] == '\n') {
    return "it contains its end mark, CRLF.CRLF, before its end";
  }
  return "a line begins with a dot that is not doubled";
}

std::string_view find_damage(std::string_view article) {
  if (!article.ends_with(end_mark)) {
    return "it does not end with CRLF.CRLF";
  }
  const std::size_t end = article.size() - 3;  // of the end mark's dot
  std::string_view damage = damage_at(article, 0);
  std::size_t next = 1;
  for (std::size_t i = next; i < end && damage.empty(); i = next) {
    next = std::min(end, i + stride);
    // The last stride begins earlier, so as to end where it must.
    if (next > stride && !any_needs_closer_look(article.data() + next - stride - 1)) {
      continue;
    }
    for (; i < next && damage.empty(); ++i) {
      if (needs_closer_look(article.data() + i - 1)) {
        damage = damage_at(article, i);
      }
    }
  }
  return damage;
}

}  // namespace

WireCheck check_wire(std::string_view article, std::string_view wanted) {
  return {find_message_id(article, wanted), find_damage(article)};
}

}  // namespace innduct::io
