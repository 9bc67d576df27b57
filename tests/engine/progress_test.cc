// progress_test.cc: proves that whoever waits for the end of long work is told how much it is, how
// far it is, and when it will be done; and that nobody is told of little work.
#include "engine/progress.h"

#include <gtest/gtest.h>

#include <deque>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

Status sample() {
  Status status;
  status.state = FeedState::normal;
  status.backlog_files = 3;
  status.backlog_left = 2'000'000;
  status.counters.read = 12;
  status.counters.accepted = 2;
  FileStatus feed{"feed", "F", 900, 0, 5, {}};
  feed.size = 1000;
  FileStatus backlog{"backlog", "F_backlog.\x1b", 500'000, 0, 5, {}};
  backlog.size = 2'000'000;
  status.files = {feed, backlog};
  return status;
}

TEST(ProgressTest, EverythingThatIsNotReadIsCountedOnce) {
  Status status = sample();
  EXPECT_EQ(unread(status).bytes, 2'000'100U);
  EXPECT_EQ(unread(status).files, 4U);
  status.defer_bytes = 50;
  EXPECT_EQ(unread(status).bytes, 2'000'150U);
  EXPECT_EQ(unread(status).files, 5U);
  status.files[0].read_to = 1000;
  EXPECT_EQ(unread(status).bytes, 2'000'050U);
  EXPECT_EQ(unread(status).files, 4U);
}

TEST(ProgressTest, EachFileHasItsShare) {
  EXPECT_EQ(render_left(sample()),
            "2.0 MB in 4 files, 10 articles in memory (F 90 % read, F_backlog.\\x1b 25 % read)");
  EXPECT_EQ(render_left(Status()), "0 bytes in 0 files");
}

struct ProgressOfAFeed : testing::Test, Scene {
  ProgressOfAFeed() { config.connections_max = 1; }

  // Somebody made a backlog file of so many bytes an hour ago.
  void backlog_of(const std::string& name, unsigned first, std::size_t bytes) {
    std::string text;
    for (unsigned number = first; text.size() < bytes; ++number) {
      text += line(number);
    }
    file(name, text);
    stat(name).modified = now().wall - 1h;
  }
  // The peer answers so many offers, or all there are.
  void settle(std::size_t count) {
    while (count > 0) {
      const std::string said = peer(1).said();
      for (std::size_t at = 0; (at = said.find('<', at)) != said.npos;) {
        const std::size_t end = said.find('>', at) + 1;
        offered.push_back(said.substr(at, end - at));
        at = end;
      }
      if (offered.empty()) {
        return;
      }
      std::string answer;
      for (; count > 0 && !offered.empty(); --count) {
        answer += "438 " + offered.front() + "\r\n";
        offered.pop_front();
      }
      peer(1).says(answer);
    }
  }
  Lines told() {
    Lines found;
    for (const std::string& said : asked({"note "})) {
      for (const char* words :
           {"much waits", "still to be", "what waited", "left of the dropped"}) {
        if (said.find(words) != said.npos) {
          found.push_back(said.substr(5));
        }
      }
    }
    return found;
  }

  std::deque<std::string> offered;
};

TEST_F(ProgressOfAFeed, LittleIsNotWorthALine) {
  file("F", lines(1, 200));
  backlog_of("F_backlog.1", 201, 900'000);
  start();
  pass(2h);
  settle(1000);
  pass(2h);
  EXPECT_EQ(told(), Lines{});
}

TEST_F(ProgressOfAFeed, MuchIsToldAtTheStartWithEachTenthAndAtTheEnd) {
  file("F", {});
  backlog_of("F_backlog.1", 100'001, 2'000'000);
  start();
  const std::size_t articles = text("F_backlog.1").size() / line(100'001).size();
  Lines lines = told();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], "much waits to be offered: 2.0 MB in 1 file (F_backlog.1 0 % read)");
  settle(articles / 20);
  pass(3min);
  EXPECT_EQ(told(), Lines{}) << "a twentieth is not much";
  settle(articles / 5);
  EXPECT_EQ(told(), Lines{}) << "once a period";
  period();
  lines = told();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("still to be offered: 1.4 MB in 1 file, ")) << lines[0];
  EXPECT_NE(lines[0].find("(F_backlog.1 2"), lines[0].npos) << lines[0];
  // A quarter took three minutes and a half.
  EXPECT_NE(lines[0].find("; done in about 9m"), lines[0].npos) << lines[0];
  settle(articles / 5);
  period();
  EXPECT_EQ(told(), Lines{}) << "there was a line half a minute ago";
  period();
  EXPECT_EQ(told().size(), 1U);
  settle(articles);
  period();
  EXPECT_EQ(told(), Lines{"what waited is read"});
  pass(2h);
  EXPECT_EQ(told(), Lines{});
}

TEST_F(ProgressOfAFeed, WhileNothingIsDoneItIsSaidWithTheStatistics) {
  config.stats_log_interval = 20min;
  file("F", {});
  backlog_of("F_backlog.1", 100'001, 2'000'000);
  start();
  EXPECT_EQ(told().size(), 1U);
  pass(19min);
  EXPECT_EQ(told(), Lines{});
  pass(2min);
  const Lines lines = told();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].ends_with("; no end in sight")) << lines[0];
}

TEST_F(ProgressOfAFeed, ALargeFeedFileIsMuch) {
  backlog_of("F", 100'001, 1'500'000);
  start();
  const Lines lines = told();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("much waits to be offered: 1.4 MB in 1 file, ")) << lines[0];
}

TEST_F(ProgressOfAFeed, OfADroppedFeedAllThatIsLeftIsTold) {
  file("F", lines(1, 3));
  backlog_of("F_backlog.1", 1001, 100'000);
  start();
  EXPECT_EQ(told(), Lines{});
  ask("flush");
  innd(FlushOutcome::no_such_site);
  ASSERT_EQ(state(), FeedState::dropping);
  const Lines lines = told();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("left of the dropped feed: ")) << lines[0];
  EXPECT_NE(lines[0].find(" in 1 file, 403 articles in memory (F_backlog.1 "), lines[0].npos)
      << lines[0];
  EXPECT_TRUE(lines[0].ends_with("; no end in sight")) << lines[0];
  settle(2'000);
  pass(90s);
  const Lines next = told();
  ASSERT_EQ(next.size(), 1U);
  EXPECT_NE(next[0].find("; done in about "), next[0].npos) << next[0];
}

TEST_F(ProgressOfAFeed, OfADroppedFeedOfWhichNothingIsLeftNothingIsSaid) {
  file("F", {});
  start();
  ask("flush");
  innd(FlushOutcome::no_such_site);
  period();
  EXPECT_EQ(told(), Lines{});
}

}  // namespace
}  // namespace innduct::engine
