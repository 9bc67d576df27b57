// escape_test.cc: every byte comes out printable, differently from every other, and no more of
// them than were asked for.
#include "core/escape.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "samples.h"

namespace innduct::core {
namespace {

TEST(EscapeTest, Escapes) {
  struct Case {
    std::string bytes;
    std::string text;
  };
  const std::vector<Case> cases{
      {"", ""},
      {"plain ~ text", "plain ~ text"},
      {"a\nb\r\tc", "a\\nb\\r\\tc"},
      {"\\", "\\\\"},
      {"\x1b[31m", "\\x1b[31m"},
      {nuls(1) + "0", "\\x000"},
      {"\x7f\x80\xff", "\\x7f\\x80\\xff"},
      {"\xc3\xa4", "\\xc3\\xa4"},
      {"`$(x)`", "`$(x)`"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(escaped(c.bytes), c.text);
  }
}

TEST(EscapeTest, EveryByteIsPrintableAndDiffers) {
  std::set<std::string> texts;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = escaped(std::string(1, static_cast<char>(byte)));
    for (const char c : text) {
      EXPECT_TRUE(c >= ' ' && c <= '~') << byte;
    }
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), 256u);
}

TEST(EscapeTest, AppendsToAText) {
  std::string text = "it said ";
  append_escaped(text, "\x1b[x", 2);
  EXPECT_EQ(text, "it said \\x1b[... (+1 byte)");
}

TEST(EscapeTest, AnnouncesWhatWasCut) {
  EXPECT_EQ(escaped("abcdef", 6), "abcdef");
  EXPECT_EQ(escaped("abcdef", 5), "abcde... (+1 byte)");
  EXPECT_EQ(escaped("abcdef", 0), "... (+6 bytes)");
  EXPECT_EQ(escaped(std::string(201, 'x')), std::string(200, 'x') + "... (+1 byte)");
  EXPECT_EQ(escaped(nuls(1000), 2), "\\x00\\x00... (+998 bytes)");
}

}  // namespace
}  // namespace innduct::core
