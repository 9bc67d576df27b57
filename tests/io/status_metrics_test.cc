// status_metrics_test.cc: proves that the metrics are what Prometheus reads and doc/operating.md
// tells, and when somebody is asked to look.
#include "io/status_metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace innduct::io {
namespace {

using engine::FeedState;
using engine::Status;
using namespace std::chrono_literals;

Status sample() {
  Status status;
  status.site = "peer";
  status.fqdn = "news.example.com";
  status.state = FeedState::normal;
  status.running_for = 1500ms;
  status.counters.read = 9;
  status.counters.accepted = 5;
  status.counters.missing = 1;
  status.counters.bytes = std::uint64_t{1} << 40;
  status.accepted_percent = 50;
  status.connections.resize(2);
  status.backlog_bytes = 4096;
  status.backlog_left = 1024;
  status.backlog_age = 3h;
  status.backlog_done_in = 90s;
  status.warnings_noted = 4;
  for (const auto took : {1ms, 3ms, 496ms}) {
    status.delays.in_all.add(took);
  }
  status.delays.recent.add(1h);  // a counter never goes back
  return status;
}

bool has(const std::string& text, std::string_view line) {
  return ("\n" + text).find("\n" + std::string(line) + "\n") != std::string::npos;
}

// The families of a text, by their names.
std::set<std::string> families(const std::string& text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      names.insert(line.substr(7, line.find(' ', 7) - 7));
    }
  }
  return names;
}

TEST(StatusMetricsTest, ValuesHaveTheirNamesAndLabels) {
  const std::string text = to_metrics(sample());
  const std::string feed = "site=\"peer\",peer=\"news.example.com\"";
  for (const char* line : {"# TYPE innduct_read_total counter",
                           "# HELP innduct_read_total Articles taken up from "
                           "input files."}) {
    EXPECT_TRUE(has(text, line)) << line << " is not in\n" << text;
  }
  for (const std::string& line : {"innduct_read_total{" + feed + "} 9",
                                  "innduct_articles_total{" + feed + ",outcome=\"accepted\"} 5",
                                  "innduct_articles_total{" + feed + ",outcome=\"missing\"} 1",
                                  "innduct_articles_total{" + feed + ",outcome=\"forgotten\"} 0",
                                  "innduct_in_core_articles{" + feed + "} 3",
                                  "innduct_sent_bytes_total{" + feed + "} 1099511627776",
                                  "innduct_connections{" + feed + "} 2",
                                  "innduct_accepted_ratio{" + feed + "} 0.5",
                                  "innduct_backlog_bytes{" + feed + "} 4096",
                                  "innduct_running_seconds{" + feed + "} 1.5",
                                  "innduct_backlog_left_bytes{" + feed + "} 1024",
                                  "innduct_backlog_age_seconds{" + feed + "} 10800",
                                  "innduct_backlog_done_in_seconds{" + feed + "} 90",
                                  "innduct_noted_total{" + feed + ",level=\"warning\"} 4",
                                  "innduct_delay_seconds_count{" + feed + "} 3",
                                  "innduct_delay_seconds_sum{" + feed + "} 0.5",
                                  "innduct_delay_seconds_bucket{" + feed + ",le=\"0.001\"} 1",
                                  "innduct_delay_seconds_bucket{" + feed + ",le=\"0.002\"} 1",
                                  "innduct_delay_seconds_bucket{" + feed + ",le=\"0.004\"} 2",
                                  "innduct_delay_seconds_bucket{" + feed + ",le=\"4194.304\"} 3",
                                  "innduct_delay_seconds_bucket{" + feed + ",le=\"+Inf\"} 3",
                                  "innduct_answer_seconds_count{" + feed + "} 0",
                                  "innduct_state{" + feed + ",state=\"NORMAL\"} 1",
                                  "innduct_state{" + feed + ",state=\"FLUSHFAIL\"} 0"}) {
    EXPECT_TRUE(has(text, line)) << line << " is not in\n" << text;
  }
}

TEST(StatusMetricsTest, WhatIsNotKnownIsNotThere) {
  EXPECT_EQ(to_metrics(Status{}).find("innduct_backlog_done_in_seconds"), std::string::npos);
}

// The outcomes and what is in core are all that was read: a query may rely on it.
TEST(StatusMetricsTest, TheyAddUp) {
  Status status = sample();
  std::uint64_t core::Counters::*const outcomes[] = {
      &core::Counters::accepted, &core::Counters::unwanted, &core::Counters::rejected,
      &core::Counters::deferred, &core::Counters::missing,  &core::Counters::quarantined,
      &core::Counters::dropped,  &core::Counters::forgotten};
  std::uint64_t number = 1;
  for (const auto outcome : outcomes) {
    status.counters.*outcome = number++;
  }
  status.counters.read = 40;
  double sum = 0;
  std::istringstream lines(to_metrics(status));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("innduct_articles_total{") ||
        line.starts_with("innduct_in_core_articles{")) {
      sum += std::stod(line.substr(line.rfind(' ')));
    }
  }
  EXPECT_EQ(sum, 40);
}

// The families, and the values of their labels, are those of the table in doc/operating.md.
TEST(StatusMetricsTest, TheDocumentTellsThemAndNoOthers) {
  std::map<std::string, std::string> rows;
  std::ifstream file(OPERATING);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `innduct_")) {
      const std::size_t end = line.find('`', 3);
      rows[line.substr(3, end - 3)] = line.substr(end);
    }
  }
  const std::string text = to_metrics(sample());
  std::set<std::string> documented;
  for (const auto& [name, row] : rows) {
    documented.insert(name);
  }
  EXPECT_EQ(documented, families(text));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    for (const char* label : {",outcome=\"", ",level=\"", ",state=\""}) {
      if (const std::size_t at = line.find(label); at != std::string::npos) {
        const std::size_t begin = at + std::string_view(label).size();
        const std::string value = line.substr(begin, line.find('"', begin) - begin);
        EXPECT_NE(rows[line.substr(0, line.find('{'))].find(value), std::string::npos) << line;
      }
    }
  }
}

}  // namespace
}  // namespace innduct::io
