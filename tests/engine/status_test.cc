// status_test.cc: proves that what people see is the state, in key=value pairs that scripts can
// read, and that nothing untrusted reaches a terminal.
#include "engine/status.h"

#include <gtest/gtest.h>

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;

Status sample() {
  Status status;
  status.site = "site";
  status.fqdn = "peer.example";
  status.state = FeedState::finishing;
  status.running_for = 90s;
  status.counters.read = 7;
  status.counters.accepted = 3;
  status.counters.bytes = 4096;
  status.counters.quarantined = 2;
  status.counters.dropped = 1;
  status.queued = 4;
  status.suspects = 3;
  status.charged = 2;
  status.in_quarantine = 5;
  return status;
}

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

TEST(StatusTest, SaysWhatIs) {
  const std::string text = render_text(sample());
  for (const char* words :
       {"site=site peer=peer.example state=FINISHING running=1m30s", "read=7 ", " accepted=3 ",
        "quarantined=2 dropped=1 ", "in_core=1 ", "suspects=3 charged=2 in_quarantine=5",
        "bytes=4096", "queued=4 ", "no_check=no", "store=ok", "connections=0"}) {
    EXPECT_TRUE(has(text, words)) << words << " is not in\n" << text;
  }
  EXPECT_TRUE(text.ends_with("\n"));
}

TEST(StatusTest, WhatDoesNotApplyIsNotSaid) {
  const std::string text = render_text(sample());
  for (const char* word : {"finish_in", "backlog_scan_in", "connect_failures", "file role",
                           "answers=", "delay_p50", "backlog_age", "said "}) {
    EXPECT_FALSE(has(text, word)) << word;
  }
}

TEST(StatusTest, WhatAppliesIs) {
  Status status = sample();
  status.finish_in = 20s;
  status.backlog_scan_in = 300s;
  status.connect_failures = 2;
  status.connect_failure = "refused";
  status.accepted_percent = 94.6;
  status.no_check = status.store_in_trouble = true;
  core::Counters counters;
  counters.read = 3;
  counters.accepted = 1;
  counters.bad = 4;
  status.files.push_back({"feed", "F", 100, 50, 2, counters, 401});
  status.connections.push_back({"192.0.2.1", true, 1, 2, 3, 4, 5, 60s, 1s});
  const std::string text = render_text(status);
  for (const char* words :
       {"finish_in=20s", "backlog_scan_in=5m", "connect_failures=2 last_failure=\"refused\"",
        "accepted_percent=95 no_check=yes store=trouble",
        "file role=feed name=F read_to=100 size=401 percent=24 read=3 accepted=1 unwanted=0 ",
        " in_core=2 ", " bad=4 ",
        "connection to=192.0.2.1 streaming=yes checking=1 fetching=2 ready=3 taking=4 "
        "unsent_bytes=5 open=1m idle=1s"}) {
    EXPECT_TRUE(has(text, words)) << words << " is not in\n" << text;
  }
}

TEST(StatusTest, TellsOfTheLastMinutes) {
  Status status = sample();
  status.minute.accepted = 120;
  status.minute.bytes = 5000;
  status.minute_took = 66s + 700ms;
  for (int i = 0; i < 100; ++i) {
    status.delays.recent.add(i < 95 ? 10ms : 3s);
    status.answers.recent.add(5ms);
  }
  status.delays.in_all.add(1h);  // of no concern
  status.backlog_left = 1000;
  status.backlog_age = 2h + 1s + 5ms;
  EXPECT_TRUE(
      has(render_text(status), "backlog_left=1000 backlog_age=2h1s backlog_done_in=unknown\n"));
  status.backlog_done_in = 90s + 1ms;
  status.errors.push_back({Level::warning, "disk\x1b is full", 3, 1h, 90s + 7ms});
  const std::string text = render_text(status);
  for (const char* words : {"minute_seconds=66 ", " minute_accepted=120 ", " minute_bytes=5000\n",
                            "answers=100 delay_p50=10ms delay_p90=10ms delay_p99=3",
                            " answer_p99=5ms\n", "backlog_done_in=1m30s\n",
                            "said level=warning count=3 ago=1m30s text=\"disk\\x1b is full\"\n"}) {
    EXPECT_TRUE(has(text, words)) << words << " is not in\n" << text;
  }
}

TEST(StatusTest, WhatIsReadIsAShareOfWhatIsKnown) {
  const struct {
    std::uint64_t read_to;
    std::uint64_t size;
    unsigned percent;
  } cases[] = {{0, 0, 100}, {0, 1, 0}, {199, 200, 99}, {200, 200, 100}, {201, 200, 100}};
  for (const auto& [read_to, size, percent] : cases) {
    FileStatus file;
    file.read_to = read_to;
    file.size = size;
    EXPECT_EQ(percent_read(file), percent) << read_to << " of " << size;
  }
}

TEST(StatusTest, NamesAreEscaped) {
  Status status = sample();
  status.connect_failures = 1;
  status.connect_failure = "\x1b[2J";
  status.files.push_back({"backlog", "F_backlog\n\x1b[2J", 0, 0, 0, {}});
  const std::string text = render_text(status);
  EXPECT_FALSE(has(text, "\x1b"));
  EXPECT_FALSE(has(text, "F_backlog\n"));
}

}  // namespace
}  // namespace innduct::engine
