// token_fuzz.cc: any text as token, and as what a torn write left of one.
//
// A text could stand somewhere in a token exactly if it makes one when it is laid over another.
//
// The first byte of the input is the place.
#include <string>

#include "core/token.h"
#include "input.h"

using namespace innduct::core;

namespace {

bool obeys_the_rule(std::string_view text) {
  if (text.size() != 38 || text.front() != '@' || text.back() != '@') {
    return false;
  }
  return text.substr(1, 36).find_first_not_of("0123456789ABCDEF") == text.npos;
}

bool makes_a_token(std::string_view text, std::size_t offset) {
  std::string token = "@" + std::string(36, '0') + "@";
  if (offset > token.size() || text.size() > token.size() - offset) {
    return false;
  }
  return obeys_the_rule(token.replace(offset, text.size(), text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innduct::fuzz::Input input(data, size);
  const std::size_t offset = input.byte();
  const std::string_view text = input.rest();
  check(is_token(text) == obeys_the_rule(text), "a token is what obeys the rule");
  check(is_token_part(text, offset) == makes_a_token(text, offset),
        "a part of a token is what makes one");
  return 0;
}
