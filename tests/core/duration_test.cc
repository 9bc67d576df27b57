// duration_test.cc: every unit of the manual page, with and without a fraction, is read exactly;
// what is no usable interval is refused with a sentence that quotes it; and intervals are shown
// shortly.
#include "core/duration.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace innduct::core {
namespace {

using namespace std::chrono_literals;

TEST(DurationTest, ReadsIntervals) {
  struct Case {
    std::string_view text;
    Duration duration;
  };
  const std::vector<Case> cases{
      {"100", 100s},
      {"100s", 100s},
      {"100 s", 100s},
      {"100sec", 100s},
      {"5m", 300s},
      {"5min", 300s},
      {"5 min", 300s},
      {"5   min", 300s},
      {"2h", 2h},
      {"1hour", 1h},
      {"3d", 72h},
      {"1day", 24h},
      {"1das", 10s},
      {"1hs", 100s},
      {"2ks", 2000s},
      {"1Ms", 1000000s},
      {"1.5", 1500ms},
      {"0.25s", 250ms},
      {"1.5h", 90min},
      {"0.000000001", 1ns},
      {"0.0000000019", 1ns},
      {"0.123456789Ms", 123456789ms},
      {"00100", 100s},
      {"1 ", 1s},
      {"36500d", duration_max},
      {"3153.6Ms", duration_max},
      {"3153600000", duration_max},
  };
  for (const Case& c : cases) {
    const auto duration = parse_duration(c.text);
    ASSERT_TRUE(duration.has_value()) << c.text << ": " << duration.error();
    EXPECT_EQ(*duration, c.duration) << c.text;
  }
}

TEST(DurationTest, RefusesWithAReason) {
  const std::string number = "it must begin with a positive number, like `100s` or `2.5 min`";
  const std::string unit = "the units are s m h d, sec min hour day, das hs ks Ms";
  const std::string zero = "it must be longer than zero";
  const std::string longest = "the longest is 36500 d";
  struct Case {
    std::string_view text;
    std::string_view why;
  };
  const std::vector<Case> cases{
      {"", number},
      {" ", number},
      {"s", number},
      {"-1", number},
      {"+1", number},
      {" 1", number},
      {".5", number},
      {"1.", number},
      {"1.s", number},
      {"0x10", unit},
      {"1e3", unit},
      {"1,5", unit},
      {"1.2.3", unit},
      {"1 s ", unit},
      {"1 2", unit},
      {"1S", unit},
      {"1ms", unit},
      {"1MS", unit},
      {"1mins", unit},
      {"1\tmin", unit},
      {"1weeks", unit},
      {"0", zero},
      {"0s", zero},
      {"0.0Ms", zero},
      {"0.0000000001", zero},
      {"36501d", longest},
      {"3153600000.1", longest},
      {"3153600001", longest},
      {"99999999999999999999999999999999", longest},
      {"9223372036854775807Ms", longest},
      {"18446744073709551617", longest},
  };
  for (const Case& c : cases) {
    const auto duration = parse_duration(c.text);
    ASSERT_FALSE(duration.has_value()) << c.text;
    EXPECT_EQ(duration.error(),
              "`" + (c.text.find('\t') == c.text.npos ? std::string(c.text) : "1\\tmin") +
                  "` is not a usable interval: " + std::string(c.why));
  }
}

TEST(DurationTest, AMonstrousTextMakesNoMonstrousSentence) {
  const auto duration = parse_duration(std::string(1000000, '9') + "\x1b[31m");
  ASSERT_FALSE(duration.has_value());
  EXPECT_LT(duration.error().size(), 250u);
  EXPECT_EQ(duration.error().find('\x1b'), std::string::npos);
}

TEST(DurationTest, ShowsIntervals) {
  struct Case {
    Duration duration;
    std::string_view text;
  };
  const std::vector<Case> cases{
      {0s, "0s"},
      {1ns, "1ns"},
      {999ns, "999ns"},
      {15us, "15us"},
      {1999ns, "1us"},
      {250ms, "250ms"},
      {999999us, "999ms"},
      {1s, "1s"},
      {1500ms, "1.5s"},
      {1050ms, "1.05s"},
      {1001ms, "1.001s"},
      {1000999us, "1s"},
      {30s, "30s"},
      {59999ms, "59.999s"},
      {60s, "1m"},
      {60999ms, "1m"},
      {130s, "2m10s"},
      {3600s, "1h"},
      {3605s, "1h5s"},
      {7200s + 60s, "2h1m"},
      {100000s, "27h46m40s"},
      {-90s, "-1m30s"},
      {-1ns, "-1ns"},
      {duration_max, "876000h"},
      {Duration::max(), "2562047h47m16s"},
      {Duration::min(), "-2562047h47m16s"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(to_text(c.duration), c.text);
  }
}

}  // namespace
}  // namespace innduct::core
