// ctl_options_test.cc: proves what each option of innductctl does, and what a bad one is answered.
#include "app/ctl_options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

namespace innduct::app {
namespace {

std::expected<CtlOptions, NotStarted> read(std::vector<const char*> arguments) {
  return read_ctl_options(arguments);
}

TEST(CtlOptionsTest, SiteAndCommand) {
  const auto options = read({"peer"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->site, "peer");
  EXPECT_EQ(options->command, "");
  EXPECT_EQ(options->inn_conf, "");
  EXPECT_EQ(options->run_directory, "");
  EXPECT_EQ(options->control, "innduct/");
  EXPECT_EQ(read({"peer", "show"})->command, "show");
  EXPECT_EQ(read({"peer", "quarantine", "retry", "<a@b>"})->command, "quarantine retry <a@b>");
  EXPECT_EQ(read({"peer", "next  conn"})->command, "next  conn");
}

TEST(CtlOptionsTest, EachOptionHasItsEffect) {
  const auto options = read({"-C", "my.conf", "--chdir=/run", "peer", "--cli", "sock", "show"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->inn_conf, "my.conf");
  EXPECT_EQ(options->run_directory, "/run");
  EXPECT_EQ(options->control, "sock");
  EXPECT_EQ(options->command, "show");
  EXPECT_EQ(read({"--inndconf=/etc/x", "peer"})->inn_conf, "/etc/x");
}

TEST(CtlOptionsTest, MistakesAreNamed) {
  const struct {
    std::vector<const char*> arguments;
    const char* said;
  } cases[] = {
      {{}, "the site is missing"},
      {{""}, "the site is missing"},
      {{"a/b", "show"}, "site `a/b`"},
      {{"--cli=none", "peer"}, "--cli=none"},
      {{"--frobnicate", "peer"}, "frobnicate"},
      {{"peer", "--cli"}, "--cli"},
  };
  for (const auto& [arguments, said] : cases) {
    const auto options = read(arguments);
    ASSERT_FALSE(options) << said;
    ASSERT_EQ(options.error().mistakes.size(), 1U) << said;
    EXPECT_NE(options.error().mistakes[0].find(said), std::string::npos)
        << options.error().mistakes[0];
  }
}

TEST(CtlOptionsTest, HelpAndVersionAreAnswers) {
  EXPECT_NE(read({"--help"}).error().answer.find("--cli"), std::string::npos);
  EXPECT_EQ(read({"--version"}).error().answer, "innductctl " INNDUCT_VERSION "\n");
  std::ifstream page(MANUAL "innductctl.8");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  EXPECT_NE(text.find(" \"innduct " INNDUCT_VERSION "\" \"InterNetNews\"\n"), std::string::npos);
}

}  // namespace
}  // namespace innduct::app
