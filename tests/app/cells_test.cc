// cells_test.cc: proves how lines are put together and cut, and which bytes they become.
#include "app/cells.h"

#include <gtest/gtest.h>

namespace innduct::app {
namespace {

Line line_of(std::string_view text) {
  Line line;
  put(line, text);
  return line;
}

TEST(CellsTest, TextEndsAtItsColumn) {
  Line line = line_of("ab");
  put_up_to(6, line, "cd");
  EXPECT_EQ(text_of(line), "ab  cd");
  put_up_to(4, line, "ef");
  EXPECT_EQ(text_of(line), "ab  cd ef");
  Line empty;
  put_up_to(1, empty, "long");
  EXPECT_EQ(text_of(empty), "long");
}

TEST(CellsTest, WhatDoesNotFitIsMarked) {
  Line line = line_of("abcd");
  cut(line, 4, U'\u2026');
  EXPECT_EQ(text_of(line), "abcd");
  cut(line, 3, U'\u2026');
  EXPECT_EQ(text_of(line), "ab\u2026");
  cut(line, 1, U'>');
  EXPECT_EQ(text_of(line), ">");
  cut(line, 0, U'>');
  EXPECT_EQ(text_of(line), "");
}

TEST(CellsTest, LinesGoBesideOthers) {
  std::vector<Line> left{line_of("a"), line_of("bc")};
  put_beside(left, 4, {line_of("x")});
  EXPECT_EQ(text_of(left[0]), "a   x");
  EXPECT_EQ(text_of(left[1]), "bc");
  put_beside(left, 6, {{}, {}, line_of("y")});
  ASSERT_EQ(left.size(), 3U);
  EXPECT_EQ(text_of(left[2]), "      y");
}

TEST(CellsTest, WrapsBetweenWords) {
  using Pieces = std::vector<std::string>;
  EXPECT_EQ(wrap("", 5), Pieces{""});
  EXPECT_EQ(wrap("ab cd", 5), Pieces{"ab cd"});
  EXPECT_EQ(wrap("ab cd ef", 5), (Pieces{"ab cd", "ef"}));
  EXPECT_EQ(wrap("ab cd ef", 4), (Pieces{"ab", "cd", "ef"}));
  EXPECT_EQ(wrap("abcdefg h", 3), (Pieces{"abc", "def", "g h"}));
  EXPECT_EQ(wrap(" abc", 2), (Pieces{" a", "bc"}));
  EXPECT_EQ(wrap("ab", 0), (Pieces{"a", "b"}));
}

TEST(CellsTest, LooksAreSgr) {
  Line line = line_of("a");
  put(line, "b", Look::bad);
  put(line, "c", Look::good);
  EXPECT_EQ(painted(line, true), "a\x1b[0;1;37;41mb\x1b[0;1;32mc\x1b[0m");
  EXPECT_EQ(painted(line, false), "a\x1b[0;7mb\x1b[0;1mc\x1b[0m");
  put(line, "d");
  EXPECT_EQ(painted(line, false), "a\x1b[0;7mb\x1b[0;1mc\x1b[0md");
  EXPECT_EQ(painted(line_of("plain"), true), "plain");
}

TEST(CellsTest, GlyphsAreUtf8) {
  Line line;
  put(line, U'\u2581');
  put(line, U'\u2588');
  put(line, U'\u2026');
  EXPECT_EQ(text_of(line), "\xe2\x96\x81\xe2\x96\x88\xe2\x80\xa6");
}

}  // namespace
}  // namespace innduct::app
