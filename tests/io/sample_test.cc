// sample_test.cc: proves that what the status says as JSON is read back, that anything else is read
// as far as it makes sense, and that no byte that is not printable gets through.
#include "io/sample.h"

#include <gtest/gtest.h>

#include <chrono>

#include "io/status_json.h"

namespace innduct::io {
namespace {

using namespace std::chrono_literals;

TEST(SampleTest, ReadsWhatTheStatusSays) {
  engine::Status status;
  status.site = "peer";
  status.fqdn = "news.example.com";
  status.state = engine::FeedState::flushfail;
  status.running_for = 90500ms;
  status.finish_in = 20s;
  status.counters = {.read = 9, .accepted = 7, .deferred = 2, .bytes = std::uint64_t{1} << 40};
  status.queued = 1;
  status.in_flight = 2;
  status.deferring = 3;
  status.no_check = true;
  status.defer_bytes = 4;
  status.backlog_files = 5;
  status.backlog_left = 6;
  status.backlog_age = 7s;
  status.backlog_done_in = 8s;
  status.suspects = 9;
  status.in_quarantine = 10;
  status.connect_failures = 11;
  status.connect_failure = "192.0.2.1: \x1b[2J";
  status.minute.accepted = 12;
  status.minute_took = 61500ms;
  status.accepted_in_each = {13, 14};
  status.delays.recent.add(1ms);
  status.answers.in_all.add(1ms);
  status.errors.push_back({engine::Level::error, "full", 15, 60s, 30s});
  status.files.push_back({"feed", "F", 16, 17, 18, {}});
  status.connections.push_back({"192.0.2.1", true, 19, 20, 21, 22, 23, 24s, 2500ms});

  const auto sample = read_sample(to_json(status));
  ASSERT_TRUE(sample) << sample.error();
  EXPECT_EQ(sample->site, "peer");
  EXPECT_EQ(sample->peer, "news.example.com");
  EXPECT_EQ(sample->state, "FLUSHFAIL");
  EXPECT_EQ(sample->running_for, 90.5);
  EXPECT_EQ(sample->finish_in, 20.0);
  EXPECT_EQ(sample->counters, status.counters);
  EXPECT_EQ(sample->queued, 1U);
  EXPECT_EQ(sample->in_flight, 2U);
  EXPECT_EQ(sample->deferring, 3U);
  EXPECT_TRUE(sample->no_check);
  EXPECT_EQ(sample->defer_bytes, 4U);
  EXPECT_EQ(sample->backlog_files, 5U);
  EXPECT_EQ(sample->backlog_left, 6U);
  EXPECT_EQ(sample->backlog_age, 7.0);
  EXPECT_EQ(sample->backlog_done_in, 8.0);
  EXPECT_EQ(sample->suspects, 9U);
  EXPECT_EQ(sample->in_quarantine, 10U);
  EXPECT_EQ(sample->connect_failures, 11U);
  EXPECT_EQ(sample->troubles, (std::vector<std::string>{
                                  "innd does not begin a new feed file",
                                  "the peer cannot be reached: 192.0.2.1: \\x1b[2J",
                                  "10 articles are in the quarantine",
                              }));
  EXPECT_EQ(sample->minute, status.minute);
  EXPECT_EQ(sample->minute_took, 61.5);
  EXPECT_EQ(sample->history_step, 10.0);
  EXPECT_EQ(sample->accepted_in_each, (std::vector<std::uint64_t>{13, 14}));
  EXPECT_EQ(sample->delay.p50, 0.001);
  EXPECT_EQ(sample->delay.p90, 0.001);
  EXPECT_EQ(sample->delay.p99, 0.001);
  EXPECT_EQ(sample->answer.p50, std::nullopt);
  ASSERT_EQ(sample->errors.size(), 1U);
  EXPECT_EQ(sample->errors[0].level, "error");
  EXPECT_EQ(sample->errors[0].text, "full");
  EXPECT_EQ(sample->errors[0].count, 15U);
  EXPECT_EQ(sample->errors[0].last_ago, 30.0);
  ASSERT_EQ(sample->files.size(), 1U);
  EXPECT_EQ(sample->files[0].role, "feed");
  EXPECT_EQ(sample->files[0].name, "F");
  EXPECT_EQ(sample->files[0].read_to, 16U);
  EXPECT_EQ(sample->files[0].size_at_open, 17U);
  EXPECT_EQ(sample->files[0].in_core, 18U);
  ASSERT_EQ(sample->connections.size(), 1U);
  const ConnectionSample& connection = sample->connections[0];
  EXPECT_EQ(connection.address, "192.0.2.1");
  EXPECT_EQ(connection.checking, 19U);
  EXPECT_EQ(connection.fetching, 20U);
  EXPECT_EQ(connection.ready, 21U);
  EXPECT_EQ(connection.taking, 22U);
  EXPECT_EQ(connection.unsent_bytes, 23U);
  EXPECT_EQ(connection.open_for, 24.0);
  EXPECT_EQ(connection.idle_for, 2.5);
}

TEST(SampleTest, WhatIsMissingOrWrongIsZeroOrUnknown) {
  for (const char* text :
       {"{}", R"({"site":7,"counters":[1],"queued":-1,"no_check":"yes","running_seconds":"long",
                  "finish_in_seconds":null,"troubles":"none","minute":5,"history":{"accepted":{}},
                  "delay":[],"errors":{"level":"error"},"connections":null})"}) {
    const auto sample = read_sample(text);
    ASSERT_TRUE(sample) << sample.error();
    EXPECT_EQ(sample->site, "");
    EXPECT_EQ(sample->counters, core::Counters{});
    EXPECT_EQ(sample->queued, 0U);
    EXPECT_FALSE(sample->no_check);
    EXPECT_EQ(sample->running_for, 0.0);
    EXPECT_EQ(sample->finish_in, std::nullopt);
    EXPECT_TRUE(sample->troubles.empty());
    EXPECT_TRUE(sample->accepted_in_each.empty());
    EXPECT_TRUE(sample->errors.empty());
    EXPECT_TRUE(sample->connections.empty());
  }
  const auto odd = read_sample(
      R"({"running_seconds":-5,"queued":1e3,"history":{"step_seconds":1e300,"accepted":[1,"x",3]},
          "errors":[7,{"text":"full"}],"connections":[null]})");
  ASSERT_TRUE(odd) << odd.error();
  EXPECT_EQ(odd->running_for, 0.0);
  EXPECT_EQ(odd->queued, 0U);
  EXPECT_LT(odd->history_step, 1e20);
  EXPECT_EQ(odd->accepted_in_each, (std::vector<std::uint64_t>{1, 0, 3}));
  ASSERT_EQ(odd->errors.size(), 2U);
  EXPECT_EQ(odd->errors[1].text, "full");
  EXPECT_EQ(odd->connections.size(), 1U);
}

TEST(SampleTest, WhatIsNoObjectIsAnError) {
  for (const char* text : {"", "7", "[]", "null", "{", "unknown command\n", "{\"a\":1e999}"}) {
    const auto sample = read_sample(text);
    ASSERT_FALSE(sample) << text;
    EXPECT_TRUE(sample.error().starts_with("expected a JSON object, not `")) << sample.error();
  }
  EXPECT_EQ(read_sample("\x1b[2J").error(), "expected a JSON object, not `\\x1b[2J`");
}

TEST(SampleTest, TextsArePrintable) {
  const auto sample =
      read_sample(R"({"site":"a\u001b[2J\u009b","peer":"b\\x1b","troubles":["c\nd\u007f"]})");
  ASSERT_TRUE(sample) << sample.error();
  EXPECT_EQ(sample->site, "a\\x1b[2J\\xc2\\x9b");
  EXPECT_EQ(sample->peer, "b\\x1b");
  EXPECT_EQ(sample->troubles, std::vector<std::string>{"c\\nd\\x7f"});
}

}  // namespace
}  // namespace innduct::io
