// cells.cc: lines put together from texts, and made bytes for a terminal.
#include "app/cells.h"

#include <algorithm>

#include "core/cat.h"

namespace innduct::app {
namespace {

// All that is not ASCII here has three bytes.
void append_utf8(std::string& text, char32_t glyph) {
  if (glyph < 0x80) {
    text += static_cast<char>(glyph);
    return;
  }
  text += static_cast<char>(0xe0 | (glyph >> 12 & 0x0f));
  text += static_cast<char>(0x80 | (glyph >> 6 & 0x3f));
  text += static_cast<char>(0x80 | (glyph & 0x3f));
}

// The parameters of SGR (ECMA-48, 8.3.117).
std::string_view rendition(Look look, bool colours) {
  switch (look) {
    case Look::plain:
      return "0";
    case Look::dim:
      return "0;2";
    case Look::strong:
      return "0;1";
    case Look::good:
      return colours ? "0;1;32" : "0;1";
    case Look::warning:
      return colours ? "0;33" : "0;1";
    case Look::bad:
      return colours ? "0;1;37;41" : "0;7";
    case Look::chart:
      return colours ? "0;36" : "0";
  }
  return "0";
}

}  // namespace

void put(Line& line, std::string_view text, Look look) {
  for (const char c : text) {
    put(line, static_cast<char32_t>(c), look);
  }
}

void put(Line& line, char32_t glyph, Look look) { line.push_back({glyph, look}); }

void put_up_to(std::size_t column, Line& line, std::string_view text, Look look) {
  const std::size_t begin = column - std::min(column, text.size());
  line.resize(std::max(line.empty() ? 0 : line.size() + 1, begin));
  put(line, text, look);
}

void cut(Line& line, std::size_t columns, char32_t mark) {
  if (line.size() > columns) {
    line.resize(columns);
    if (columns > 0) {
      line.back().glyph = mark;
    }
  }
}

void put_beside(std::vector<Line>& left, std::size_t column, const std::vector<Line>& right) {
  left.resize(std::max(left.size(), right.size()));
  for (std::size_t i = 0; i < right.size(); ++i) {
    left[i].resize(column);
    left[i].insert(left[i].end(), right[i].begin(), right[i].end());
  }
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> pieces;
  columns = std::max<std::size_t>(columns, 1);
  while (text.size() > columns) {
    const std::size_t blank = text.rfind(' ', columns);
    const bool found = blank != text.npos && blank > 0;
    pieces.emplace_back(text.substr(0, found ? blank : columns));
    text.remove_prefix(found ? blank + 1 : columns);
  }
  pieces.emplace_back(text);
  return pieces;
}

std::string painted(const Line& line, bool colours) {
  std::string bytes;
  Look look = Look::plain;
  for (const Cell& cell : line) {
    if (cell.look != look) {
      look = cell.look;
      bytes += core::cat("\x1b[", rendition(look, colours), "m");
    }
    append_utf8(bytes, cell.glyph);
  }
  return look == Look::plain ? bytes : bytes + "\x1b[0m";
}

std::string text_of(const Line& line) {
  std::string text;
  for (const Cell& cell : line) {
    append_utf8(text, cell.glyph);
  }
  return text;
}

}  // namespace innduct::app
