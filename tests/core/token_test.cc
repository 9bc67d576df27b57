// token_test.cc: a token is `@`, 36 upper-case hexadecimal digits, `@`, and nothing else is; a
// torn token is known by any of its parts, at its own place only.
#include "core/token.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "samples.h"

namespace innduct::core {
namespace {

const std::string whole = "@0123456789ABCDEF0123456789ABCDEF0123@";

TEST(TokenTest, TellsTokens) {
  struct Case {
    std::string text;
    bool is;
  };
  const std::vector<Case> cases{
      {whole, true},
      {token('0'), true},
      {token('F'), true},
      {"", false},
      {"@", false},
      {"@@", false},
      {whole + " ", false},
      {" " + whole, false},
      {whole.substr(1), false},
      {whole.substr(0, 37), false},
      {"@" + std::string(35, '0') + "@", false},
      {"@" + std::string(37, '0') + "@", false},
      {token('a'), false},
      {token('G'), false},
      {token('/'), false},
      {token(':'), false},
      {token('@'), false},
      {token(' '), false},
      {token('\0'), false},
      {token('\xb0'), false},
      {"X" + whole.substr(1), false},
      {whole.substr(0, 37) + "X", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(is_token(c.text), c.is) << testing::PrintToString(c.text);
  }
}

TEST(TokenTest, OneWrongDigitAnywhereIsSeen) {
  for (std::size_t i = 0; i < token_size; ++i) {
    std::string text = whole;
    text[i] = 'g';
    EXPECT_FALSE(is_token(text)) << i;
  }
}

TEST(TokenTest, KnowsEveryPartAtItsPlace) {
  for (std::size_t offset = 0; offset <= token_size; ++offset) {
    for (std::size_t size = 0; size <= token_size - offset; ++size) {
      EXPECT_TRUE(is_token_part(whole.substr(offset, size), offset)) << offset << " " << size;
    }
  }
}

TEST(TokenTest, KnowsNoPartAtAnotherPlace) {
  struct Case {
    std::string text;
    std::size_t offset;
  };
  const std::vector<Case> cases{
      {"@", 1},  {"@", 36}, {"0", 0},  {"0", 37},        {"@@", 0},   {"0@", 35},
      {"a", 5},  {" ", 5},  {"G", 5},  {whole + "0", 0}, {whole, 1},  {"00", 37},
      {"0", 38}, {"", 39},  {"@", 38}, {"@0@", 0},       {"0@0", 20}, {"@", 1000},
  };
  for (const Case& c : cases) {
    EXPECT_FALSE(is_token_part(c.text, c.offset)) << c.text << " at " << c.offset;
  }
}

}  // namespace
}  // namespace innduct::core
