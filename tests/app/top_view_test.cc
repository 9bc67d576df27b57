// top_view_test.cc: proves what is shown of a feed that idles, is busy, or is in trouble; and that
// what matters most is seen in a terminal of any size.
#include "app/top_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace innduct::app {
namespace {

// What an idle feed says.
io::Sample idle() {
  io::Sample sample;
  sample.site = "peer";
  sample.peer = "news.example.com";
  sample.state = "NORMAL";
  sample.running_for = 273600;
  sample.minute_took = 60;
  sample.history_step = 10;
  sample.accepted_in_each.assign(60, 0);
  sample.files = {{"feed", "peer", 0, 0, 0}};
  return sample;
}

// What another one says, which has much to do, and all is well.
io::Sample busy() {
  io::Sample sample = idle();
  sample.counters = {.read = 1300000,
                     .accepted = 1234567,
                     .unwanted = 56789,
                     .rejected = 12,
                     .deferred = 3456,
                     .bytes = 5'600'000'000};
  sample.minute = {.accepted = 7080, .unwanted = 90, .deferred = 1, .bytes = 72'000'000};
  for (std::size_t step = 0; step < 60; ++step) {
    sample.accepted_in_each[step] = 25 * step;
  }
  sample.queued = 1234;
  sample.in_flight = 56;
  sample.deferring = 7;
  sample.no_check = true;
  sample.backlog_files = 3;
  sample.backlog_left = 12'300'000;
  sample.backlog_age = 7500;
  sample.backlog_done_in = 303;
  sample.delay = {0.012, 0.04, 2.5};
  sample.answer = {0.0095, 0.03, 0.1};
  sample.connections = {{"192.0.2.1", 12, 3, 2, 40, 1'200'000, 11050, 0.001},
                        {"2001:db8::1", 0, 0, 0, 1, 0, 59, 2}};
  sample.errors = {{"warning", "lines of the feed file are bad", 1, 7200}};
  sample.files = {{"feed", "peer", 81234, 90000, 12}, {"backlog", "peer_backlog.1", 10, 70000, 44}};
  return sample;
}

Watched busy_for_a_second() {
  Watched watched{.now = busy(), .before = busy()};
  watched.before->running_for -= 1.25;
  watched.before->counters.accepted -= 150;
  watched.before->counters.unwanted -= 2;
  watched.before->counters.bytes -= 2'500'000;
  return watched;
}

// As a person sees it: without the blanks at the end of each line.
std::string screen(const Watched& watched, const Terminal& terminal) {
  std::string text = "\n";
  for (const Line& line : top_view(watched, terminal)) {
    text += text_of(line);
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

bool shown(Look look, std::string_view text, const Watched& watched) {
  return std::ranges::any_of(top_view(watched, {}), [&](const Line& line) {
    const std::size_t at = text_of(line).find(text);
    return at != std::string::npos && line[at].look == look;
  });
}

TEST(TopViewTest, Idle) {
  EXPECT_EQ(screen({.now = idle()}, {}), R"(
peer -> news.example.com                                       running for 3d 4h
NORMAL: all is well                                                       q ends

                                                             max 0 /s in 10m
                   now    last min       in all   queued                     0
accepted             -        0 /s            0   in flight                  0
unwanted             -        0 /s            0   deferring                  0
rejected             -        0 /s            0   backlog files              0
deferred             -        0 /s            0     left to read           0 B
missing              -        0 /s            0     oldest                   -
quarantined          -        0 /s            0     done in      nothing waits
sent                 -       0 B/s          0 B   quarantine                 0
delay       nothing was answered in the last minutes
answer      nothing was answered in the last minutes

connections: 0
no warnings or errors
files: 1                                              size      read   in memory
peer                                                   0 B       0 B           0
)");
}

TEST(TopViewTest, Busy) {
  EXPECT_EQ(screen(busy_for_a_second(), {}), R"(
peer -> news.example.com                                       running for 3d 4h
NORMAL: all is well                                                       q ends

 ...........:::::::-------========+++++++*******%%%%%%%%#### max 148 /s in 10m
                   now    last min       in all   queued                 1,234
accepted        120 /s      118 /s    1,234,567   in flight                 56
unwanted        1.6 /s      1.5 /s       56,789   deferring                  7
rejected          0 /s        0 /s           12   backlog files              3
deferred          0 /s     0.02 /s        3,456     left to read         12 MB
missing           0 /s        0 /s            0     oldest               2h 5m
quarantined       0 /s        0 /s            0     done in              5m 3s
sent          2.0 MB/s    1.2 MB/s       5.6 GB   quarantine                 0
delay       half within 12 ms, 90 % 40 ms, 99 % 2.5 s
answer      half within 9.5 ms, 90 % 30 ms, 99 % 100 ms

connections: 2, no CHECK         check fetch ready  take  unsent    open    idle
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
2001:db8::1                          0     0     0     1     0 B    59 s   2.0 s
warnings and errors
      2h ago  warning: lines of the feed file are bad
files: 2                                              size      read   in memory
peer                                                 90 KB     81 KB          12
peer_backlog.1                                       70 KB      10 B          44
)");
}

TEST(TopViewTest, Trouble) {
  io::Sample sample = idle();
  sample.state = "FLUSHFAIL";
  sample.finish_in = 95;
  sample.connect_failures = 7;
  sample.in_quarantine = 2;
  sample.suspects = 1;
  sample.backlog_files = 1;
  sample.backlog_left = 5000;
  sample.backlog_age = 100000;
  sample.troubles = {
      "innd does not begin a new feed file",
      "the peer cannot be reached: 192.0.2.1: Connection refused, and some more that "
      "does not fit into one line",
      "2 articles are in the quarantine"};
  sample.errors = {
      {"error",
       "innd did not answer: is it running? Its control channel is /run/news/control, and "
       "it was asked 3 times; whatever is said of it after that is said in its own log, "
       "which has to be looked at, and then all of that is to be done that is said there",
       3, 12},
      {"warning", "cannot connect to the peer 192.0.2.1: Connection refused", 1, 61},
      {"warning", "old", 1, 90000},
      {"error", "older", 1, 90001}};
  EXPECT_EQ(screen({.now = sample}, {}), R"(
peer -> news.example.com                                       running for 3d 4h
FLUSHFAIL: something to look at, finished by force in 1m 35s              q ends
! innd does not begin a new feed file
! the peer cannot be reached: 192.0.2.1: Connection refused, and some more that
  does not fit into one line
! 2 articles are in the quarantine

                                                             max 0 /s in 10m
                   now    last min       in all   queued                     0
accepted             -        0 /s            0   in flight                  0
unwanted             -        0 /s            0   deferring                  0
rejected             -        0 /s            0   backlog files              1
deferred             -        0 /s            0     left to read        5.0 KB
missing              -        0 /s            0     oldest               1d 3h
quarantined          -        0 /s            0     done in    no end in sight
sent                 -       0 B/s          0 B   quarantine     2, suspects 1
delay       nothing was answered in the last minutes
answer      nothing was answered in the last minutes

connections: 0, 7 failed in a row
warnings and errors
    12 s ago  error, 3 times: innd did not answer: is it running? Its control
              channel is /run/news/control, and it was asked 3 times; whatever >
and 3 more
)");
  EXPECT_TRUE(shown(Look::bad, "FLUSHFAIL: something", {.now = sample}));
  EXPECT_TRUE(shown(Look::bad, "! innd does", {.now = sample}));
  EXPECT_TRUE(shown(Look::bad, "does not fit", {.now = sample}));
  EXPECT_TRUE(shown(Look::bad, "error, 3 times", {.now = sample}));
  EXPECT_TRUE(shown(Look::bad, "2, suspects 1", {.now = sample}));
  EXPECT_FALSE(shown(Look::bad, "something", {.now = idle()}));
  EXPECT_TRUE(shown(Look::good, "NORMAL: all is well", {.now = idle()}));
}

TEST(TopViewTest, ANewErrorIsInTheEyeAnOldOneIsNot) {
  io::Sample sample = idle();
  sample.errors = {{"error", "a", 1, 599}, {"warning", "b", 1, 599}, {"critical", "c", 1, 601}};
  EXPECT_TRUE(shown(Look::bad, "error: a", {.now = sample}));
  EXPECT_TRUE(shown(Look::warning, "warning: b", {.now = sample}));
  EXPECT_TRUE(shown(Look::plain, "critical: c", {.now = sample}));
}

TEST(TopViewTest, SilenceIsSaid) {
  EXPECT_TRUE(shown(Look::good, "all is well", {.now = idle(), .silent_for = 2.9}));
  EXPECT_TRUE(
      shown(Look::bad, "innduct has not answered for 12 s", {.now = idle(), .silent_for = 12.1}));
  EXPECT_FALSE(shown(Look::good, "all is well", {.now = idle(), .silent_for = 12.1}));
}

TEST(TopViewTest, WhenTheBacklogIsDone) {
  io::Sample sample = idle();
  const auto says = [&](std::string_view text) {
    return screen({.now = sample}, {}).find(text) != std::string::npos;
  };
  EXPECT_TRUE(says("done in      nothing waits\n"));
  sample.defer_bytes = 300;
  EXPECT_TRUE(says("done in waits for its time\n"));
  EXPECT_TRUE(says("left to read         300 B\n"));
  sample.backlog_left = 700;
  EXPECT_TRUE(says("done in    no end in sight\n"));
  EXPECT_TRUE(says("left to read        1.0 KB\n"));
  sample.backlog_done_in = 90;
  EXPECT_TRUE(says("done in             1m 30s\n"));
}

TEST(TopViewTest, ATinyTerminalShowsWhatMattersMost) {
  io::Sample sample = idle();
  sample.troubles = {"the article store is in trouble"};
  EXPECT_EQ(screen({.now = sample}, {.columns = 20, .rows = 5}), R"(
peer -> news.exampl>
NORMAL: something t>
! the article store
  is in trouble
                   >
)");
  EXPECT_EQ(screen({.now = sample}, {.columns = 1, .rows = 1}), "\n>\n");
  EXPECT_EQ(screen({.now = sample}, {.columns = 0, .rows = 0}), "\n");
}

TEST(TopViewTest, ANarrowTerminalHasTheFiguresBelowEachOther) {
  EXPECT_EQ(screen(busy_for_a_second(), {.columns = 50, .rows = 26}), R"(
peer -> news.example.com         running for 3d 4h
NORMAL: all is well                         q ends

====+++++++*******%%%%%%%%#### max 148 /s in 5m
                   now    last min       in all
accepted        120 /s      118 /s    1,234,567
unwanted        1.6 /s      1.5 /s       56,789
rejected          0 /s        0 /s           12
deferred          0 /s     0.02 /s        3,456
missing           0 /s        0 /s            0
quarantined       0 /s        0 /s            0
sent          2.0 MB/s    1.2 MB/s       5.6 GB
queued                 1,234
in flight                 56
deferring                  7
backlog files              3
  left to read         12 MB
  oldest               2h 5m
  done in              5m 3s
quarantine                 0
delay       half within 12 ms, 90 % 40 ms, 99 % 2>
answer      half within 9.5 ms, 90 % 30 ms, 99 % >

connections: 2,>  check fetch ready  take  unsent>
and 2 more
warnings and errors
)");
}

TEST(TopViewTest, LongNamesAreCut) {
  io::Sample sample = busy();
  sample.site = std::string(50, 's');
  sample.peer = std::string(50, 'p');
  sample.connections[1].address = "2001:db8:1111:2222:3333:4444:5555:6666";
  sample.files[1].name = std::string(60, 'f');
  EXPECT_EQ(screen({.now = sample}, {}), R"(
ssssssssssssssssssssssssssssssssssssssssssssssssss -> ppppppppppppppppppppppppp>
NORMAL: all is well                                                       q ends

 ...........:::::::-------========+++++++*******%%%%%%%%#### max 148 /s in 10m
                   now    last min       in all   queued                 1,234
accepted             -      118 /s    1,234,567   in flight                 56
unwanted             -      1.5 /s       56,789   deferring                  7
rejected             -        0 /s           12   backlog files              3
deferred             -     0.02 /s        3,456     left to read         12 MB
missing              -        0 /s            0     oldest               2h 5m
quarantined          -        0 /s            0     done in              5m 3s
sent                 -    1.2 MB/s       5.6 GB   quarantine                 0
delay       half within 12 ms, 90 % 40 ms, 99 % 2.5 s
answer      half within 9.5 ms, 90 % 30 ms, 99 % 100 ms

connections: 2, no CHECK         check fetch ready  take  unsent    open    idle
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
2001:db8:1111:2222:3333:4444:5>      0     0     0     1     0 B    59 s   2.0 s
warnings and errors
      2h ago  warning: lines of the feed file are bad
files: 2                                              size      read   in memory
peer                                                 90 KB     81 KB          12
fffffffffffffffffffffffffffffffffffffffffffffff>     70 KB      10 B          44
)");
  const std::string wide = screen({.now = sample}, {.columns = 130, .rows = 24});
  for (const std::string& name :
       {sample.site + " -> " + sample.peer, sample.connections[1].address + " ",
        sample.files[1].name + " "}) {
    EXPECT_NE(wide.find("\n" + name), std::string::npos) << wide;
  }
}

TEST(TopViewTest, ManyConnectionsAndErrorsShareTheRoom) {
  io::Sample sample = busy();
  sample.connections.resize(40, sample.connections[0]);
  sample.errors.resize(16, {"warning", "again", 1, 3});
  EXPECT_EQ(screen({.now = sample}, {}), R"(
peer -> news.example.com                                       running for 3d 4h
NORMAL: all is well                                                       q ends

 ...........:::::::-------========+++++++*******%%%%%%%%#### max 148 /s in 10m
                   now    last min       in all   queued                 1,234
accepted             -      118 /s    1,234,567   in flight                 56
unwanted             -      1.5 /s       56,789   deferring                  7
rejected             -        0 /s           12   backlog files              3
deferred             -     0.02 /s        3,456     left to read         12 MB
missing              -        0 /s            0     oldest               2h 5m
quarantined          -        0 /s            0     done in              5m 3s
sent                 -    1.2 MB/s       5.6 GB   quarantine                 0
delay       half within 12 ms, 90 % 40 ms, 99 % 2.5 s
answer      half within 9.5 ms, 90 % 30 ms, 99 % 100 ms

connections: 40, no CHECK        check fetch ready  take  unsent    open    idle
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
2001:db8::1                          0     0     0     1     0 B    59 s   2.0 s
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
and 37 more
warnings and errors
      2h ago  warning: lines of the feed file are bad
   3.0 s ago  warning: again
and 14 more
)");
}

TEST(TopViewTest, ALargeTerminalIsUsed) {
  io::Sample sample = busy();
  sample.connections.resize(12, sample.connections[0]);
  EXPECT_EQ(screen({.now = sample}, {.columns = 120, .rows = 40, .unicode = true}), R"(
peer -> news.example.com                                                                               running for 3d 4h
NORMAL: all is well                                                                                               q ends

                                                                        ▁▁▁▂▂▃▃▃▄▅▅▅▆▆▇▇▇█ max 148 /s in 10m
                                                        ▁▂▂▂▃▃▄▄▄▅▆▆▇▇▇███████████████████
                                      ▁▂▂▂▃▃▄▄▄▅▆▆▆▇▇█████████████████████████████████████
                    ▁▁▁▂▃▃▄▄▄▅▆▆▆▇▇███████████████████████████████████████████████████████
  ▁▁▁▂▃▃▃▄▄▅▅▅▆▇▇▇████████████████████████████████████████████████████████████████████████

                   now    last min       in all   queued                 1,234
accepted             -      118 /s    1,234,567   in flight                 56
unwanted             -      1.5 /s       56,789   deferring                  7
rejected             -        0 /s           12   backlog files              3
deferred             -     0.02 /s        3,456     left to read         12 MB
missing              -        0 /s            0     oldest               2h 5m
quarantined          -        0 /s            0     done in              5m 3s
sent                 -    1.2 MB/s       5.6 GB   quarantine                 0

delay       half within 12 ms, 90 % 40 ms, 99 % 2.5 s
answer      half within 9.5 ms, 90 % 30 ms, 99 % 100 ms

connections: 12, no CHECK        check fetch ready  take  unsent    open    idle
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
2001:db8::1                          0     0     0     1     0 B    59 s   2.0 s
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms
192.0.2.1                           12     3     2    40  1.2 MB   3h 4m  1.0 ms

warnings and errors
      2h ago  warning: lines of the feed file are bad

files: 2                                              size      read   in memory
and 2 more
)");
}

}  // namespace
}  // namespace innduct::app
