// inn_conf_file_test.cc: proves that our own reader of inn.conf takes what inn.conf(5) describes,
// derives the paths that are not given, and names file and line of every mistake.
#include "io/inn/inn_conf_file.h"

#include <gtest/gtest.h>

namespace innduct::io {
namespace {

InnConfig parsed(std::string_view text) {
  const auto config = parse_inn_conf(text, "inn.conf");
  EXPECT_TRUE(config.has_value()) << config.error();
  return config.value_or(InnConfig{});
}

TEST(InnConfFile, DefaultsToThePlacesOfThePackage) {
  const InnConfig config = parsed("");
  EXPECT_EQ(config.path_outgoing, "/var/spool/news/outgoing");
  EXPECT_EQ(config.path_articles, "/var/spool/news/articles");
  EXPECT_EQ(config.path_run, "/run/news");
  EXPECT_EQ(config.path_etc, "/etc/news");
  EXPECT_EQ(config.source_address, "");
  EXPECT_EQ(config.source_address6, "");
  EXPECT_EQ(config.runas_user, "news");
  EXPECT_EQ(config.runas_group, "news");
}

TEST(InnConfFile, DerivesPaths) {
  const InnConfig below_news = parsed("pathnews: /news\n");
  EXPECT_EQ(below_news.path_outgoing, "/news/spool/outgoing");
  EXPECT_EQ(below_news.path_articles, "/news/spool/articles");
  EXPECT_EQ(below_news.path_run, "/news/run");
  EXPECT_EQ(below_news.path_etc, "/news/etc");

  const InnConfig below_spool = parsed("pathnews: /news\npathspool: /spool\n");
  EXPECT_EQ(below_spool.path_outgoing, "/spool/outgoing");
  EXPECT_EQ(below_spool.path_articles, "/spool/articles");

  const InnConfig given =
      parsed("pathspool: /spool\npathoutgoing: /o\npatharticles: /a\npathrun: /r\npathetc: /e\n");
  EXPECT_EQ(given.path_outgoing, "/o");
  EXPECT_EQ(given.path_articles, "/a");
  EXPECT_EQ(given.path_run, "/r");
  EXPECT_EQ(given.path_etc, "/e");
}

TEST(InnConfFile, ReadsValues) {
  const struct {
    const char* name;
    const char* text;
    const char* runas_user;
  } cases[] = {
      {"plain", "runasuser: feeder\n", "feeder"},
      {"no blank", "runasuser:feeder\n", "feeder"},
      {"blanks", "  runasuser:\t feeder \t\r\n", "feeder"},
      {"last line without newline", "runasuser: feeder", "feeder"},
      {"quoted", "runasuser: \"feeder\"\n", "feeder"},
      {"quoted with specials", "runasuser: \"a b:#[]\"\n", "a b:#[]"},
      {"escaped", "runasuser: \"a\\\"b\\\\c\"\n", "a\"b\\c"},
      {"comment lines", "# runasuser: x\n\n  # y\nrunasuser: feeder\n", "feeder"},
      {"comment behind", "runasuser: feeder # not root\n", "feeder"},
      {"comment behind quotes", "runasuser: \"feeder\" # not root\n", "feeder"},
      {"number sign within", "runasuser: fee#der\n", "fee#der"},
      {"the first counts", "runasuser: feeder\nrunasuser: other\n", "feeder"},
      {"no value", "runasuser:\n", "news"},
      {"case matters", "RunAsUser: feeder\n", "news"},
      {"other names are skipped", "foo: [ a b ]\nbar: \"x\nrunasuser: feeder\n", "feeder"},
  };
  for (const auto& [name, text, runas_user] : cases) {
    EXPECT_EQ(parsed(text).runas_user, runas_user) << name;
  }
}

TEST(InnConfFile, ReadsAddresses) {
  const InnConfig config = parsed("sourceaddress: 127.0.0.2\nsourceaddress6: \"::1\"\n");
  EXPECT_EQ(config.source_address, "127.0.0.2");
  EXPECT_EQ(config.source_address6, "::1");
  EXPECT_EQ(parsed("sourceaddress: all\n").source_address, "");
  EXPECT_EQ(parsed("sourceaddress6: all\n").source_address6, "");
}

TEST(InnConfFile, NamesFileAndLineOfEveryMistake) {
  const auto config = parse_inn_conf(
      "pathnews: /news\npathrun /run\npathetc: \"/etc\nruns: x\npathspool: a b\n"
      "sourceaddress6: ::1\nrunasuser: \"a\" b\n",
      "/x/inn.conf");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error(),
            "/x/inn.conf:2: expected `name: value`, found pathrun /run\n"
            "/x/inn.conf:3: pathetc: the closing quote is missing\n"
            "/x/inn.conf:5: pathspool: the value has to stand in double quotes\n"
            "/x/inn.conf:6: sourceaddress6: the value has to stand in double quotes\n"
            "/x/inn.conf:7: runasuser: something stands behind the closing quote");
}

}  // namespace
}  // namespace innduct::io
