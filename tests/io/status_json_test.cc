// status_json_test.cc: proves that the JSON that programs read has every member that the manual
// page tells, and no byte that is not printable ASCII, whatever files and peers are called.
#include "io/status_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

namespace innduct::io {
namespace {

using namespace std::chrono_literals;

engine::Status sample() {
  engine::Status status;
  status.site = "peer";
  status.fqdn = "news.example.com";
  status.state = engine::FeedState::finishing;
  status.running_for = 90s + 1ms;
  status.counters.read = 7;
  status.counters.accepted = 3;
  status.queued = 4;
  status.accepted_percent = 94.66;
  status.no_check = true;
  status.backlog_files = 2;
  status.connect_failure = "refused";
  return status;
}

TEST(StatusJsonTest, IsOneLineOfTheseMembers) {
  engine::Status status = sample();
  status.counters.bytes = std::uint64_t{1} << 40;
  const std::string text = to_json(status);
  const std::string minute =
      "{\"seconds\":0.0,\"counters\":{\"blank\":0,\"torn\":0,\"bad\":0,\"read\":0,\"accepted\":0,"
      "\"unwanted\":0,\"rejected\":0,\"missing\":0,\"deferred\":0,\"quarantined\":0,\"dropped\":0,"
      "\"forgotten\":0,\"offered\":0,\"sent\":0,\"returned\":0,\"bytes\":0}}";
  const std::string none =
      "{\"count\":0,\"p50_seconds\":null,\"p90_seconds\":null,\"p99_seconds\":null}";
  const std::string took = "{\"recent\":" + none + ",\"in_all\":" + none + "}";
  EXPECT_EQ(
      text,
      "{\"site\":\"peer\",\"peer\":\"news.example.com\",\"state\":\"FINISHING\","
      "\"running_seconds\":90.001,\"finish_in_seconds\":null,"
      "\"counters\":{\"blank\":0,\"torn\":0,\"bad\":0,\"read\":7,\"accepted\":3,\"unwanted\":0,"
      "\"rejected\":0,\"missing\":0,\"deferred\":0,\"quarantined\":0,\"dropped\":0,"
      "\"forgotten\":0,\"offered\":0,\"sent\":0,\"returned\":0,\"bytes\":1099511627776},"
      "\"in_core\":4,\"queued\":4,\"in_flight\":0,\"deferring\":0,\"accepted_percent\":94.7,"
      "\"no_check\":true,\"store_in_trouble\":false,\"defer_bytes\":0,\"backlog_files\":2,"
      "\"backlog_bytes\":0,\"backlog_unreadable\":0,\"backlog_scan_in_seconds\":null,"
      "\"backlog_left\":0,\"backlog_age_seconds\":null,\"backlog_done_in_seconds\":null,"
      "\"suspects\":0,\"charged\":0,\"in_quarantine\":0,\"connect_failures\":0,"
      "\"connect_failure\":\"refused\",\"troubles\":[],\"minute\":" +
          minute +
          ",\"history\":{\"step_seconds\":10.0,\"accepted\":[],\"bytes\":[]},"
          "\"delay\":" +
          took + ",\"answer\":" + took + ",\"errors\":[],\"files\":[],\"connections\":[]}\n");
}

TEST(StatusJsonTest, FilesAndConnectionsAreObjects) {
  engine::Status status = sample();
  status.finish_in = 20s;
  status.backlog_scan_in = 300s;
  core::Counters counters;
  counters.read = 3;
  status.files.push_back({"feed", "F", 100, 50, 2, counters, 400});
  status.connections.push_back({"192.0.2.1", true, 1, 2, 3, 4, 5, 60s, 1500ms});
  const auto all = nlohmann::json::parse(to_json(status));
  EXPECT_EQ(all.at("finish_in_seconds"), 20.0);
  EXPECT_EQ(all.at("backlog_scan_in_seconds"), 300.0);
  const nlohmann::json& file = all.at("files").at(0);
  EXPECT_EQ(file.at("role"), "feed");
  EXPECT_EQ(file.at("name"), "F");
  EXPECT_EQ(file.at("read_to"), 100);
  EXPECT_EQ(file.at("size"), 400);
  EXPECT_EQ(file.at("percent"), 25);
  EXPECT_EQ(file.at("size_at_open"), 50);
  EXPECT_EQ(file.at("in_core"), 2);
  EXPECT_EQ(file.at("counters").at("read"), 3);
  const nlohmann::json& connection = all.at("connections").at(0);
  EXPECT_EQ(connection.at("address"), "192.0.2.1");
  EXPECT_EQ(connection.at("streaming"), true);
  for (const auto& [name, number] : {std::pair("checking", 1),
                                     {"fetching", 2},
                                     {"ready", 3},
                                     {"taking", 4},
                                     {"unsent_bytes", 5}}) {
    EXPECT_EQ(connection.at(name), number) << name;
  }
  EXPECT_EQ(connection.at("open_seconds"), 60.0);
  EXPECT_EQ(connection.at("idle_seconds"), 1.5);
}

TEST(StatusJsonTest, TellsOfTheLastMinutes) {
  engine::Status status = sample();
  status.minute_took = 61500ms;
  status.minute.accepted = 9;
  status.accepted_in_each = {1, 2};
  status.bytes_in_each = {10, 20};
  status.delays.recent.add(1ms);
  status.answers.in_all.add(2s);
  status.backlog_age = 3h;
  status.backlog_done_in = 90s;
  status.errors.push_back({engine::Level::error, "full", 2, 60s, 30s});
  const auto all = nlohmann::json::parse(to_json(status));
  EXPECT_EQ(all.at("minute").at("seconds"), 61.5);
  EXPECT_EQ(all.at("minute").at("counters").at("accepted"), 9);
  EXPECT_EQ(all.at("history").at("accepted").dump(), "[1,2]");
  EXPECT_EQ(all.at("history").at("bytes").dump(), "[10,20]");
  EXPECT_EQ(all.at("delay").at("recent").dump(),
            "{\"count\":1,\"p50_seconds\":0.001,\"p90_seconds\":0.001,\"p99_seconds\":0.001}");
  EXPECT_EQ(all.at("answer").at("in_all").at("count"), 1);
  EXPECT_EQ(all.at("backlog_age_seconds"), 10800.0);
  EXPECT_EQ(all.at("backlog_done_in_seconds"), 90.0);
  EXPECT_EQ(all.at("errors").at(0).dump(),
            "{\"count\":2,\"first_seconds_ago\":60.0,\"last_seconds_ago\":30.0,\"level\":\"error\","
            "\"text\":\"full\"}");
}

TEST(StatusJsonTest, NothingUntrustedGetsThrough) {
  engine::Status status = sample();
  status.connect_failure = "\x1b[2J\xff\"\n";
  status.files.push_back({"backlog", "F_backlog\xc3\x28\n\"", 0, 0, 0, {}});
  const std::string text = to_json(status);
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_TRUE(text.ends_with("}\n"));
  EXPECT_TRUE(std::ranges::all_of(std::string_view(text).substr(0, text.size() - 1), [](char c) {
    return c >= ' ' && c <= '~';
  })) << text;
  EXPECT_EQ(nlohmann::json::parse(text).at("connect_failure"), "\\x1b[2J\\xff\"\\n");
}

}  // namespace
}  // namespace innduct::io
