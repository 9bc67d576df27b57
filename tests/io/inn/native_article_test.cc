// native_article_test.cc: proves that a native article comes out as RFC 3977 3.1.1 wants it on the
// wire, and that the format of a stored article is told by its first line.
#include "io/inn/native_article.h"

#include <gtest/gtest.h>

#include <string>

#include "io/inn/wire_check.h"

namespace innduct::io {
namespace {

std::string wire_of(std::string_view native) {
  ArticleBuffer wire;
  wire_from_native(native, wire);
  return std::string(wire.view());
}

TEST(NativeArticle, BecomesWireFormat) {
  const struct {
    const char* native;
    const char* wire;
  } cases[] = {
      {"H: v\n\nbody\n", "H: v\r\n\r\nbody\r\n.\r\n"},
      {"H: v\n\n", "H: v\r\n\r\n.\r\n"},
      {"H: v\n\n.\n", "H: v\r\n\r\n..\r\n.\r\n"},
      {"H: v\n\n.x\n..y\na.b\n", "H: v\r\n\r\n..x\r\n...y\r\na.b\r\n.\r\n"},
      {".H: v\n\n", "..H: v\r\n\r\n.\r\n"},
      {"H: v\n\na\rb\n", "H: v\r\n\r\na\rb\r\n.\r\n"},
      {"H: v\n\nno newline", "H: v\r\n\r\nno newline.\r\n"},
      {"H: v\n\n.", "H: v\r\n\r\n...\r\n"},
      {"\n\n\n", "\r\n\r\n\r\n.\r\n"},
      {".\n.\n.\n.\n.", "..\r\n..\r\n..\r\n..\r\n...\r\n"},
      {"", ".\r\n"},
  };
  for (const auto& [native, wire] : cases) {
    EXPECT_EQ(wire_of(native), wire);
  }
}

TEST(NativeArticle, IsFitForTheWireOnlyIfItsLastLineIsWhole) {
  EXPECT_EQ(check_wire(wire_of("H: v\n\n.x\n.\n"), "").damage, "");
  EXPECT_NE(check_wire(wire_of("H: v\n\nno newline"), "").damage, "");
  EXPECT_NE(check_wire(wire_of("H: v\n\n."), "").damage, "");
}

TEST(NativeArticle, IsToldByTheFirstLine) {
  EXPECT_TRUE(is_wire_format("H: v\r\n\r\n.\r\n"));
  EXPECT_TRUE(is_wire_format("\r\n"));
  EXPECT_TRUE(is_wire_format("H: v\r\nbare\n"));
  EXPECT_FALSE(is_wire_format("H: v\n\r\n"));
  EXPECT_FALSE(is_wire_format("\n"));
  EXPECT_FALSE(is_wire_format("H: v"));
  EXPECT_FALSE(is_wire_format("H: v\r"));
  EXPECT_FALSE(is_wire_format(""));
}

}  // namespace
}  // namespace innduct::io
