// inn_config_test.cc: proves, for whichever reader this build has, that inn.conf is found by name
// and by $INNCONF, and that an unusable one is an error with the file's name and not a line on
// stderr.
#include "io/inn/inn_config.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "child.h"
#include "temp_dir.h"

namespace innduct::io {
namespace {

// What libinn demands, too.
constexpr const char* text =
    "domain: test.invalid\npathhost: test.invalid\nmta: \"/bin/true %s\"\n"
    "hismethod: hisv6\novmethod: tradindexed\nenableoverview: false\n"
    "pathnews: /n\npathspool: /s\npathrun: /r\npathetc: /e\nsourceaddress: 127.0.0.2\n"
    "runasuser: feeder\nrunasgroup: feeders\n";

void expect_all_read(const std::expected<InnConfig, std::string>& config) {
  ASSERT_TRUE(config.has_value()) << config.error();
  EXPECT_EQ(config->path_outgoing, "/s/outgoing");
  EXPECT_EQ(config->path_articles, "/s/articles");
  EXPECT_EQ(config->path_run, "/r");
  EXPECT_EQ(config->path_etc, "/e");
  EXPECT_EQ(config->source_address, "127.0.0.2");
  EXPECT_EQ(config->source_address6, "");
  EXPECT_EQ(config->runas_user, "feeder");
  EXPECT_EQ(config->runas_group, "feeders");
}

TEST(InnConfig, IsReadFromTheNamedFile) {
  const test::TempDir dir;
  dir.write("inn.conf", text);
  test::in_child([&] {
    ::setenv("INNCONF", "/nonexistent", 1);
    expect_all_read(read_inn_config(dir / "inn.conf"));
    EXPECT_STREQ(::getenv("INNCONF"), (dir / "inn.conf").c_str());
  });
}

TEST(InnConfig, IsReadFromTheEnvironmentsFile) {
  const test::TempDir dir;
  dir.write("inn.conf", text);
  test::in_child([&] {
    ::setenv("INNCONF", (dir / "inn.conf").c_str(), 1);
    expect_all_read(read_inn_config(""));
  });
}

TEST(InnConfig, ThatIsMissingIsAnErrorOnNobodysScreen) {
  const test::TempDir dir;
  test::in_child([&] {
    ::testing::internal::CaptureStderr();
    const auto config = read_inn_config(dir / "none.conf");
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    ASSERT_FALSE(config.has_value());
    EXPECT_NE(config.error().find(dir / "none.conf"), std::string::npos) << config.error();
    EXPECT_NE(config.error().find("No such file"), std::string::npos) << config.error();
  });
}

TEST(InnConfig, WithAMistakeIsAnErrorThatNamesTheLine) {
  const test::TempDir dir;
  dir.write("inn.conf", std::string(text) + "sourceaddress6: \"::1\npathtmp: x\n");
  test::in_child([&] {
    ::testing::internal::CaptureStderr();
    const auto config = read_inn_config(dir / "inn.conf");
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    ASSERT_FALSE(config.has_value());
    EXPECT_NE(config.error().find((dir / "inn.conf") + ":"), std::string::npos) << config.error();
  });
}

#ifdef INNDUCT_WITH_INN
// Without a domain, and with a host name that has none (a container's), libinn gives up.
TEST(InnConfig, WithoutADomainSaysWhatIsMissing) {
  const test::TempDir dir;
  std::string without = text;
  without.erase(0, without.find('\n') + 1);
  dir.write("inn.conf", without);
  test::in_child([&] {
    const auto config = read_inn_config(dir / "inn.conf");
    if (!config) {  // this machine's name has no domain
      EXPECT_NE(config.error().find("domain"), std::string::npos) << config.error();
    } else {
      expect_all_read(config);
    }
  });
}
#endif

}  // namespace
}  // namespace innduct::io
