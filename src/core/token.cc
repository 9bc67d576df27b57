// token.cc: which bytes may stand where in a token.
#include "core/token.h"

namespace innduct::core {
namespace {

constexpr bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

// Without an early end: nearly every text is right to its end, and a loop without branches is
// several times as fast.
bool all_digits(std::string_view text) {
  bool all = true;
  for (const char c : text) {
    all &= is_digit(c);
  }
  return all;
}

}  // namespace

bool is_token(std::string_view text) {
  return text.size() == token_size && text.front() == '@' && text.back() == '@' &&
         all_digits(text.substr(1, token_size - 2));
}

bool is_token_part(std::string_view text, std::size_t offset) {
  if (offset > token_size || text.size() > token_size - offset) {
    return false;
  }
  if (!text.empty() && offset == 0) {
    if (text.front() != '@') {
      return false;
    }
    text.remove_prefix(1);
    offset = 1;
  }
  if (!text.empty() && offset + text.size() == token_size) {
    if (text.back() != '@') {
      return false;
    }
    text.remove_suffix(1);
  }
  return all_digits(text);
}

}  // namespace innduct::core
