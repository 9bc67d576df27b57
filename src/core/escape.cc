// escape.cc: one byte after the other.
#include "core/escape.h"

#include <algorithm>

namespace innduct::core {
namespace {

void append_byte(std::string& text, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '\n':
      text += "\\n";
      return;
    case '\r':
      text += "\\r";
      return;
    case '\t':
      text += "\\t";
      return;
    case '\\':
      text += "\\\\";
      return;
    default:
      break;
  }
  if (byte >= 0x20 && byte < 0x7f) {
    text += c;
    return;
  }
  text += "\\x";
  text += digits[byte >> 4];
  text += digits[byte & 0xf];
}

}  // namespace

void append_escaped(std::string& text, std::string_view bytes, std::size_t size_max) {
  const std::string_view shown = bytes.substr(0, size_max);
  for (const char c : shown) {
    append_byte(text, c);
  }
  if (shown.size() < bytes.size()) {
    const std::size_t hidden = bytes.size() - shown.size();
    text += "... (+" + std::to_string(hidden) + (hidden == 1 ? " byte)" : " bytes)");
  }
}

std::string escaped(std::string_view bytes, std::size_t size_max) {
  std::string text;
  text.reserve(std::min(bytes.size(), size_max));
  append_escaped(text, bytes, size_max);
  return text;
}

}  // namespace innduct::core
