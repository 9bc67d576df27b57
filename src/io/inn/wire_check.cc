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

}  // namespace

std::string_view message_id_of(std::string_view article, std::string_view wanted) {
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

namespace {

// A NUL, or a dot behind a LF, is all that can be wrong between an article's ends, and rare: it is
// worth while to look for it in many bytes at once. `before` is the byte before the first.
bool needs_closer_look(const char* before) {
  return before[1] == '\0' || (before[1] == '.' && *before == '\n');
}

using Bytes16 [[gnu::vector_size(16)]] = unsigned char;
using Bytes32 [[gnu::vector_size(32)]] = unsigned char;

// Of `size` bytes, several vectors, before anything is decided.
template <class Bytes>
[[gnu::always_inline]] inline bool any_needs_closer_look(const char* before, std::size_t size) {
  Bytes found{};
  for (std::size_t i = 0; i < size; i += sizeof found) {
    Bytes at_before;
    Bytes at;
    std::memcpy(&at_before, before + i, sizeof at_before);
    std::memcpy(&at, before + i + 1, sizeof at);
    found |= Bytes(at == '\0') | (Bytes(at == '.') & Bytes(at_before == '\n'));
  }
  std::array<std::uint64_t, sizeof found / 8> words{};
  std::memcpy(words.data(), &found, sizeof found);
  std::uint64_t any = 0;
  for (const std::uint64_t word : words) {
    any |= word;
  }
  return any != 0;
}

constexpr std::size_t stride = 128;
constexpr std::size_t short_stride = 16;

// From `i`, which is not the first byte, on: where the first stride begins that needs a closer
// look, or what is left of one in front of `end`.
template <class Bytes>
[[gnu::always_inline]] inline std::size_t skip_harmless(std::string_view text, std::size_t i,
                                                        std::size_t end) {
  while (i + stride <= end && !any_needs_closer_look<Bytes>(text.data() + i - 1, stride)) {
    i += stride;
  }
  // The last stride begins earlier, so as to end where it must.
  const bool is_last = i < end && end < i + stride && end > stride;
  return is_last && !any_needs_closer_look<Bytes>(text.data() + end - stride - 1, stride) ? end : i;
}

using SkipHarmless = std::size_t(std::string_view text, std::size_t i, std::size_t end);

std::size_t skip_harmless_everywhere(std::string_view text, std::size_t i, std::size_t end) {
  return skip_harmless<Bytes16>(text, i, end);
}

#ifdef __x86_64__
[[gnu::target("avx2")]] std::size_t skip_harmless_avx2(std::string_view text, std::size_t i,
                                                       std::size_t end) {
  return skip_harmless<Bytes32>(text, i, end);
}

SkipHarmless* const skip_harmless_here =
    __builtin_cpu_supports("avx2") ? skip_harmless_avx2 : skip_harmless_everywhere;
#else
SkipHarmless* const skip_harmless_here = skip_harmless_everywhere;
#endif

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

// What is wrong with the first bad byte from `i`, which is not the first of all, to `end`.
std::string_view damage_between(std::string_view text, std::size_t i, std::size_t end) {
  std::string_view damage;
  for (std::size_t next = i; i < end && damage.empty(); i = next) {
    next = std::min(end, i + short_stride);
    if (next == i + short_stride &&
        !any_needs_closer_look<Bytes16>(text.data() + i - 1, short_stride)) {
      continue;
    }
    for (; i < next && damage.empty(); ++i) {
      if (needs_closer_look(text.data() + i - 1)) {
        damage = damage_at(text, i);
      }
    }
  }
  return damage;
}

}  // namespace

// What is judged is from the first byte to two before the last, as it depends on two bytes on
// either side; an end mark is judged as a whole.
std::string_view damage_of(std::string_view text, Piece piece) {
  const bool begins = piece == Piece::whole || piece == Piece::first;
  const bool ends = piece == Piece::whole || piece == Piece::last;
  if (ends && !text.ends_with(end_mark)) {
    return "it does not end with CRLF.CRLF";
  }
  const std::size_t end = text.size() - (ends ? 3 : 2);  // 3: the end mark's dot
  std::string_view damage;
  if (begins) {
    damage = damage_at(text, 0);
  }
  std::size_t next = begins ? 1 : piece_overlap - 2;
  while (next < end && damage.empty()) {
    const std::size_t i = skip_harmless_here(text, next, end);
    next = std::min(end, i + stride);
    damage = damage_between(text, i, next);
  }
  return damage;
}

WireCheck check_wire(std::string_view article, std::string_view wanted) {
  return {message_id_of(article, wanted), damage_of(article, Piece::whole)};
}

}  // namespace innduct::io
