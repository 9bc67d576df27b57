// line_cutter_test.cc: proves that lines come out whole at any split, and that none grows for ever.
#include "io/line_cutter.h"

#include <gtest/gtest.h>

#include <vector>

namespace innduct::io {
namespace {

TEST(LineCutterTest, CutsAtAnySplit) {
  const std::string typed = "show\n\nnext conn\r\nstop";
  for (std::size_t split = 0; split <= typed.size(); ++split) {
    LineCutter cutter;
    std::vector<std::string> lines;
    for (const std::string& part : {typed.substr(0, split), typed.substr(split)}) {
      cutter.feed(part);
      while (const auto line = cutter.next()) {
        lines.emplace_back(*line);
      }
    }
    EXPECT_EQ(lines, (std::vector<std::string>{"show", "", "next conn\r"})) << split;
    EXPECT_FALSE(cutter.overlong());
  }
}

TEST(LineCutterTest, ALineHasALimit) {
  LineCutter cutter;
  cutter.feed(std::string(LineCutter::line_size_max, 'x') + "\n");
  EXPECT_EQ(cutter.next()->size(), LineCutter::line_size_max);
  EXPECT_FALSE(cutter.overlong());
  cutter.feed(std::string(LineCutter::line_size_max, 'y'));
  EXPECT_FALSE(cutter.next());
  EXPECT_FALSE(cutter.overlong());
  cutter.feed("y\n");
  EXPECT_FALSE(cutter.next());
  EXPECT_TRUE(cutter.overlong());
}

}  // namespace
}  // namespace innduct::io
