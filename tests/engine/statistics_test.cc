// statistics_test.cc: proves that the lines of statistics in the log have the format that the
// manual page promises, that they come when they should, and that each of them adds up.
#include "engine/statistics.h"

#include <gtest/gtest.h>

#include <map>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

// The figures of a line, by name.
std::map<std::string, std::uint64_t> figures(std::string_view line) {
  std::map<std::string, std::uint64_t> all;
  line.remove_prefix(std::min(line.find("seconds="), line.size()));
  while (!line.empty()) {
    const std::string_view pair = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(pair.size() + 1, line.size()));
    const std::size_t equals = pair.find('=');
    EXPECT_NE(equals, pair.npos) << pair;
    all[std::string(pair.substr(0, equals))] = std::stoull(std::string(pair.substr(equals + 1)));
  }
  return all;
}

std::uint64_t outcomes(std::map<std::string, std::uint64_t>& f) {
  return f["accepted"] + f["unwanted"] + f["rejected"] + f["deferred"] + f["missing"] +
         f["quarantined"] + f["dropped"] + f["forgotten"];
}

TEST(StatisticsTest, TheFormatIsThatOfTheManualPage) {
  core::Counters c;
  c.read = 20;
  c.accepted = 1;
  c.unwanted = 2;
  c.rejected = 3;
  c.deferred = 4;
  c.missing = 1;
  c.quarantined = 2;
  c.dropped = 1;
  c.forgotten = 3;
  c.offered = 30;
  c.sent = 12;
  c.returned = 5;
  c.bad = 6;
  c.bytes = 70000;
  c.blank = c.torn = 99;  // not told
  EXPECT_EQ(render_statistics(c, 2, 90s + 999ms),
            "seconds=90 carried=2 read=20 accepted=1 unwanted=2 rejected=3 deferred=4 missing=1 "
            "quarantined=2 dropped=1 forgotten=3 in_core=5 offered=30 sent=12 returned=5 bad=6 "
            "bytes=70000");
}

struct StatisticsOfAFeed : testing::Test, Scene {
  void with(const std::string& text) {
    file("F", text);
    start();
    asked({});
  }
  Lines said(const char* which) { return asked({which}); }
};

TEST_F(StatisticsOfAFeed, EachIntervalAddsUp) {
  config.stats_log_interval = 60s;
  with(lines(1, 5));
  peer(1).says("438 <1@x>\r\n");
  pass(60s);
  peer(1).says("438 <2@x>\r\n438 <3@x>\r\n");
  pass(60s);
  const Lines notes = said("note statistics:");
  ASSERT_EQ(notes.size(), 2U);
  std::uint64_t in_core_before = 0;
  for (const std::string& note : notes) {
    auto f = figures(note);
    EXPECT_EQ(f["carried"], in_core_before) << note;
    EXPECT_EQ(f["seconds"], 60U) << note;
    EXPECT_EQ(f["carried"] + f["read"], outcomes(f) + f["in_core"]) << note;
    in_core_before = f["in_core"];
  }
  auto second = figures(notes[1]);
  EXPECT_EQ(second["carried"], 4U);
  EXPECT_EQ(second["read"], 0U);
  EXPECT_EQ(second["unwanted"], 2U);
  EXPECT_EQ(second["in_core"], 2U);
}

TEST_F(StatisticsOfAFeed, AtTheEndEachOpenFileAndAllOfThemAreTold) {
  with(lines(1, 4));
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n");
  event(Stop{15});
  const Lines all = said("note statistics");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[0].starts_with("note statistics of F: seconds=")) << all[0];
  EXPECT_TRUE(all[1].starts_with("note statistics: seconds=")) << all[1];
  EXPECT_TRUE(all[2].starts_with("note statistics in all: seconds=")) << all[2];
  for (const std::string& line : all) {
    auto f = figures(line);
    EXPECT_EQ(f["read"], 4U) << line;
    EXPECT_EQ(f["unwanted"], 2U) << line;
    EXPECT_EQ(f["in_core"] + outcomes(f), 4U) << line;
  }
}

// The answers that came together with the end are counted.
TEST_F(StatisticsOfAFeed, TheLastAnswersAreCounted) {
  with(lines(1, 1));
  hold("blank");
  peer(1).says("438 <1@x>\r\n");
  event(Stop{15});
  const Lines all = said("note statistics in all");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(figures(all[0])["unwanted"], 1U);
  EXPECT_EQ(figures(all[0])["in_core"], 0U);
}

TEST_F(StatisticsOfAFeed, AFileThatIsDoneIsToldOnceAndInFull) {
  file("F_backlog.1", lines(1, 2));
  stat("F_backlog.1").modified = now().wall - 1h;
  file("F", lines(3, 4));
  start();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <3@x>; CHECK <4@x>; CHECK <2@x>");
  peer(1).says("438 <1@x>\r\n438 <3@x>\r\n431 <4@x>\r\n438 <2@x>\r\n");
  const Lines done = said("note statistics of ");
  ASSERT_EQ(done.size(), 1U) << "F goes on";
  EXPECT_TRUE(done[0].starts_with("note statistics of F_backlog.1: ")) << done[0];
  auto f = figures(done[0]);
  EXPECT_EQ(f["carried"], 0U);
  EXPECT_EQ(f["read"], 2U);
  EXPECT_EQ(f["unwanted"], 2U);
  EXPECT_EQ(f["offered"], 2U);
  EXPECT_EQ(f["in_core"], 0U);
}

TEST_F(StatisticsOfAFeed, EachFileBeginsAtZero) {
  for (const char* name : {"F_backlog.1", "F_backlog.2"}) {
    file(name, name[10] == '1' ? lines(1, 3) : lines(4, 4));
    stat(name).modified = now().wall - (name[10] == '1' ? 2h : 1h);
  }
  with({});
  peer(1).says("438 <1@x>\r\n438 <2@x>\r\n438 <3@x>\r\n");
  peer(1).says("438 <4@x>\r\n");
  const Lines done = said("note statistics of ");
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(figures(done[0])["read"], 3U) << done[0];
  EXPECT_EQ(figures(done[1])["read"], 1U) << done[1];
}

TEST_F(StatisticsOfAFeed, ShowTellsEachFile) {
  with(lines(1, 3));
  peer(1).says("438 <1@x>\r\n");
  const auto files = status().files;
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].counters.read, 3U);
  EXPECT_EQ(files[0].counters.unwanted, 1U);
  EXPECT_EQ(files[0].counters.offered, 3U);
  EXPECT_EQ(files[0].in_core, 2U);
}

}  // namespace
}  // namespace innduct::engine
