// cat_test.cc: parts of every kind come out in order, numbers as digits, text as it is.
#include "core/cat.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace innduct::core {
namespace {

TEST(CatTest, PutsPartsTogether) {
  const std::string text = "text";
  EXPECT_EQ(cat(), "");
  EXPECT_EQ(cat(text, ' ', "literal", std::string_view(" view"), ": ", 3, " articles"),
            "text literal view: 3 articles");
  EXPECT_EQ(cat(-1, 'c', std::uint8_t{65}), "-1c65");
  EXPECT_EQ(cat(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(cat(std::string("a\0b", 3)).size(), 3u);
}

}  // namespace
}  // namespace innduct::core
