// outcome_log_test.cc: proves that lines are appended as they were given; that a file which cannot
// be written costs its lines, is said once, and goes on with whole lines when it can be written
// again; and that a file which was renamed is left for a new one.
#include "io/outcome_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "inn/temp_dir.h"

namespace innduct::io {
namespace {

using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

class OutcomeLogTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(outcomes.open(path)); }
  void write(std::initializer_list<std::string_view> lines) {
    for (const std::string_view line : lines) {
      outcomes.add(line);
    }
    outcomes.write();
  }
  static std::string content(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  test::TempDir dir;
  const std::string path = dir / "outcomes";
  const Log log{true};
  OutcomeLog outcomes{log};
};

// What the file begins with: other files are shorter, and grow while it is full.
const std::string head = std::string(9999, '.') + "\n";

// No file grows beyond `head` and so many bytes as long as this lives.
class Full {
 public:
  explicit Full(rlim_t size) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit little = before_;
    little.rlim_cur = head.size() + size;
    ::setrlimit(RLIMIT_FSIZE, &little);
  }
  ~Full() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  Full(const Full&) = delete;
  Full& operator=(const Full&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

TEST_F(OutcomeLogTest, AppendsTheLinesOfATurn) {
  write({"one", "two"});
  write({});
  EXPECT_EQ(content(path), "one\ntwo\n");
  OutcomeLog next(log);
  ASSERT_TRUE(next.open(path));
  next.add("three");
  EXPECT_EQ(content(path), "one\ntwo\n") << "not before the turn is over";
  next.write();
  EXPECT_EQ(content(path), "one\ntwo\nthree\n");
}

TEST_F(OutcomeLogTest, IsMadeForItsGroupToo) {
  const mode_t mask = ::umask(002);
  ASSERT_TRUE(outcomes.open(dir / "new"));
  ::umask(mask);
  struct stat found {};
  ASSERT_EQ(::stat((dir / "new").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0664U);
}

TEST_F(OutcomeLogTest, WhyItCannotBeOpenedIsSaid) {
  const auto opened = outcomes.open(dir / "absent/outcomes");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), "cannot open the outcome log " + dir.path() +
                                "/absent/outcomes: No such file or directory");
}

TEST_F(OutcomeLogTest, AFullDiskCostsLinesAndIsSaidOnce) {
  std::ofstream(path) << head;
  CaptureStderr();
  {
    const Full full(10);
    write({"first", "second", "third"});  // six bytes, and four of the next line
    write({"fourth"});
  }
  const std::string said = GetCapturedStderr();
  EXPECT_TRUE(said.starts_with("innduct: warning: cannot write the outcome log " + path +
                               ": File too large; its lines are lost"))
      << said;
  EXPECT_EQ(std::ranges::count(said, '\n'), 1);
  EXPECT_EQ(content(path), head + "first\nseco");
  CaptureStderr();
  write({"fifth", "sixth"});
  EXPECT_EQ(GetCapturedStderr(),
            "innduct: notice: the outcome log can be written again: it lacks 3 lines\n");
  EXPECT_EQ(content(path), head + "first\nseco\nfifth\nsixth\n");
  CaptureStderr();
  write({"seventh"});
  EXPECT_EQ(GetCapturedStderr(), "");
}

TEST_F(OutcomeLogTest, ALineThatWasCutCountsAsLostHoweverItEnds) {
  std::ofstream(path) << head;
  CaptureStderr();
  {
    const Full full(3);
    write({"first"});
  }
  {
    const Full full(8);
    write({"a", "b", "c", "d"});  // "\na\nb\n": whole lines, if not all
  }
  write({"e"});
  const std::string said = GetCapturedStderr();
  EXPECT_NE(said.find("it lacks 3 lines\n"), std::string::npos) << said;
  EXPECT_EQ(content(path), head + "fir\na\nb\ne\n");
}

TEST_F(OutcomeLogTest, HalfALineOfTheLastProcessIsLeftAlone) {
  std::ofstream(path) << "whole\nhal";
  ASSERT_TRUE(outcomes.open(path));
  write({"mine"});
  EXPECT_EQ(content(path), "whole\nhal\nmine\n");
}

TEST_F(OutcomeLogTest, ARenamedFileIsLeftForANewOne) {
  write({"old"});
  std::rename(path.c_str(), (dir / "outcomes.1").c_str());
  write({"still old"});
  CaptureStderr();
  outcomes.reopen();
  EXPECT_EQ(GetCapturedStderr(),
            "innduct: info: SIGHUP: the outcome log " + path + " was opened anew\n");
  write({"new"});
  EXPECT_EQ(content(dir / "outcomes.1"), "old\nstill old\n");
  EXPECT_EQ(content(path), "new\n");
}

TEST_F(OutcomeLogTest, WhatCannotBeOpenedAnewIsGoneOnWith) {
  std::rename(path.c_str(), (dir / "outcomes.1").c_str());
  ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
  CaptureStderr();
  outcomes.reopen();
  EXPECT_EQ(GetCapturedStderr(),
            "innduct: warning: cannot open the outcome log " + path +
                ": Is a directory; writing on in the old file: see to it, then "
                "send SIGHUP\n");
  write({"on"});
  EXPECT_EQ(content(dir / "outcomes.1"), "on\n");
}

}  // namespace
}  // namespace innduct::io
