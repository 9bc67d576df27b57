// feed_paths_test.cc: proves the manual page's rules on where feed file and control socket are.
#include "app/feed_paths.h"

#include <gtest/gtest.h>

#include "app/failure.h"

namespace innduct::app {
namespace {

FeedPaths paths_for(const std::string& feed_file, const std::string& control = "innduct/",
                    const std::string& run_directory = "") {
  Options options;
  options.config.site = "peer";
  options.feed_file = feed_file;
  options.control = control;
  options.run_directory = run_directory;
  io::InnConfig inn;
  inn.path_outgoing = "/news/outgoing";
  inn.path_run = "/run/news";
  return feed_paths(options, inn);
}

TEST(FeedPathsTest, TheFeedFile) {
  const struct {
    const char* given;
    const char* file;
    const char* directory;
    const char* name;
  } cases[] = {
      {"", "/news/outgoing/peer", "/news/outgoing", "peer"},
      {"other", "/news/outgoing/other", "/news/outgoing", "other"},
      {"sub/other", "/news/outgoing/sub/other", "/news/outgoing/sub", "other"},
      {"sub/", "/news/outgoing/sub/peer", "/news/outgoing/sub", "peer"},
      {"/spool/", "/spool/peer", "/spool", "peer"},
      {"/spool/other", "/spool/other", "/spool", "other"},
      {"/other", "/other", "/", "other"},
  };
  for (const auto& [given, file, directory, name] : cases) {
    const FeedPaths paths = paths_for(given);
    EXPECT_EQ(paths.feed_file, file) << given;
    EXPECT_EQ(paths.feed_directory, directory) << given;
    EXPECT_EQ(paths.feed_name, name) << given;
    EXPECT_EQ(paths.lock_file, std::string(file) + "_lock") << given;
  }
  for (const char* bad : {".", "sub/.."}) {
    try {
      paths_for(bad);
      ADD_FAILURE() << bad;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code, exit_code::bad_usage);
      EXPECT_NE(failure.text.find("--feedfile"), std::string::npos);
    }
  }
}

TEST(FeedPathsTest, TheControlSocket) {
  const struct {
    const char* given;
    const char* expected;
  } cases[] = {{"innduct/", "innduct/peer"}, {"socket", "socket"}, {"/run/x/", "/run/x/peer"},
               {"/run/x/y", "/run/x/y"},     {"none", ""},         {"none/", "none/peer"}};
  for (const auto& [given, expected] : cases) {
    EXPECT_EQ(paths_for("", given).control, expected) << given;
  }
}

TEST(FeedPathsTest, TheRunDirectory) {
  EXPECT_EQ(paths_for("").run_directory, "/run/news");
  EXPECT_EQ(paths_for("", "none", "/elsewhere").run_directory, "/elsewhere");
}

}  // namespace
}  // namespace innduct::app
