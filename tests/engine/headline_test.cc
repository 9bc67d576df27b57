// headline_test.cc: proves that the line for the service manager says what there is to say and no
// more, and that it is told when it has changed, but not with every change.
#include "engine/headline.h"

#include <gtest/gtest.h>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

Status sample() {
  Status status;
  status.state = FeedState::normal;
  status.counters.accepted = 5130;
  status.minute.accepted = 777;
  status.minute_took = 61s;
  status.queued = 40;
  status.in_flight = 22;
  status.connections.resize(3);
  return status;
}

TEST(HeadlineTest, SaysWhatIs) {
  EXPECT_EQ(render_headline(sample()),
            "NORMAL: 5130 accepted, 12/s; 40 queued, 22 on 3 connections");
}

TEST(HeadlineTest, SlowRatesHaveATenth) {
  Status status = sample();
  const struct {
    std::uint64_t accepted;
    const char* rate;
  } cases[] = {{0, " 0/s;"}, {32, " 0.5/s;"}, {609, " 9.9/s;"}, {610, " 10/s;"}};
  for (const auto& [accepted, rate] : cases) {
    status.minute.accepted = accepted;
    EXPECT_NE(render_headline(status).find(rate), std::string::npos) << render_headline(status);
  }
  status.minute_took = 0s;
  EXPECT_NE(render_headline(status).find(" 610/s;"), std::string::npos) << "of the first moment";
}

TEST(HeadlineTest, SaysWhatWaitsAndWhatIsNotWell) {
  Status status = sample();
  status.state = FeedState::flushfail;
  status.backlog_left = 1'200'000;
  status.defer_bytes = 100'000;
  status.backlog_done_in = 3min + 1ms;
  status.connect_failures = 1;
  status.connect_failure = "refused\n";
  EXPECT_EQ(
      render_headline(status),
      "FLUSHFAIL: 5130 accepted, 12/s; 40 queued, 22 on 3 connections; backlog 1.3 MB, done in "
      "3m; innd does not begin a new feed file; the peer cannot be reached: refused\\n");
}

struct HeadlineOfAFeed : testing::Test, Scene {
  Lines told() { return asked({"tell "}); }
};

TEST_F(HeadlineOfAFeed, IsToldToNobodyWhoDidNotAskForIt) {
  file("F", lines(1, 2));
  start();
  pass(10min);
  EXPECT_EQ(told(), Lines{});
}

TEST_F(HeadlineOfAFeed, IsToldWhenItHasChanged) {
  config.headline = true;
  file("F", lines(1, 2));
  start();
  EXPECT_EQ(told(), Lines{}) << "there was no time yet";
  pass(5s);
  EXPECT_EQ(told(), Lines{"tell NORMAL: 0 accepted, 0/s; 0 queued, 2 on 1 connection"});
  pass(10min);
  EXPECT_EQ(told(), Lines{}) << "nothing has changed";
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(told(), Lines{"tell NORMAL: 0 accepted, 0/s; 0 queued, 1 on 1 connection"});
  peer(1).says("438 <2@x>\r\n");
  EXPECT_EQ(told(), Lines{}) << "there was one a moment ago";
  period();
  EXPECT_EQ(told(), Lines{"tell NORMAL: 0 accepted, 0/s; 0 queued, 0 on 1 connection"});
}

TEST_F(HeadlineOfAFeed, ANewStateIsNotWaitedForUntilThePeriod) {
  config.headline = true;
  file("F", {});
  start();
  pass(5s);
  EXPECT_EQ(told().size(), 1U);
  ask("flush");
  EXPECT_EQ(state(), FeedState::flushing);
  pass(5s);
  const Lines lines = told();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("tell FLUSHING: ")) << lines[0];
}

}  // namespace
}  // namespace innduct::engine
