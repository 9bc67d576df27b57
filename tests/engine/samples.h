// samples.h: articles by number, as the tests of this floor speak of them: article 7 has the token
// @00...07@ and the message-id <7@x>.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/token.h"

namespace innduct::engine {

inline std::string token(unsigned number) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text = "@" + std::string(core::token_size - 2, '0') + "@";
  for (std::size_t at = core::token_size - 2; number != 0; --at, number /= 16) {
    text[at] = digits[number % 16];
  }
  return text;
}

inline std::string message_id(unsigned number) { return "<" + std::to_string(number) + "@x>"; }
inline std::string record(unsigned number) { return token(number) + " " + message_id(number); }
inline std::string line(unsigned number) { return record(number) + "\n"; }

// The lines of articles `first` to `last`.
inline std::string lines(unsigned first, unsigned last) {
  std::string text;
  for (unsigned number = first; number <= last; ++number) {
    text += line(number);
  }
  return text;
}

// `text` when all of it is settled.
inline std::string blanked(std::string text) {
  for (char& c : text) {
    c = c == '\n' ? '\n' : ' ';
  }
  return text;
}

}  // namespace innduct::engine
