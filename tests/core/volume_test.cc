// volume_test.cc: proves that a number of bytes is short to read, and never more than there are.
#include "core/volume.h"

#include <gtest/gtest.h>

#include <limits>

namespace innduct::core {
namespace {

TEST(VolumeTest, HasTheUnitThatLeavesFewDigits) {
  const struct {
    std::uint64_t bytes;
    const char* text;
  } cases[] = {
      {0, "0 bytes"},
      {999, "999 bytes"},
      {1000, "1.0 KB"},
      {1299, "1.2 KB"},
      {999'999, "999.9 KB"},
      {1'000'000, "1.0 MB"},
      {52'428'800, "52.4 MB"},
      {7'000'000'000, "7.0 GB"},
      {std::numeric_limits<std::uint64_t>::max(), "18.4 EB"},
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(volume_text(bytes), text);
  }
}

}  // namespace
}  // namespace innduct::core
