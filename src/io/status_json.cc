// status_json.cc: a Status as a JSON object.
#include "io/status_json.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/counters.h"
#include "core/escape.h"
#include "engine/history.h"
#include "engine/troubles.h"

namespace innduct::io {
namespace {

using Json = nlohmann::ordered_json;

// Seconds, to the millisecond.
double seconds(core::Duration duration) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(duration).count();
  return static_cast<double>(milliseconds) / 1000;
}

Json seconds(const std::optional<core::Duration>& duration) {
  return duration ? Json(seconds(*duration)) : Json();
}

Json object_of(const core::Counters& counters) {
  Json all;
  for (const core::NamedCounter& each : core::named_counters) {
    all[std::string(each.name)] = counters.*each.value;
  }
  return all;
}

// To the microsecond.
Json shares_of(const core::Histogram& took) {
  const auto share = [&](unsigned permille) {
    const auto time = std::chrono::ceil<std::chrono::microseconds>(took.permille(permille));
    return took.count() > 0 ? Json(static_cast<double>(time.count()) / 1'000'000) : Json();
  };
  return {{"count", took.count()},
          {"p50_seconds", share(500)},
          {"p90_seconds", share(900)},
          {"p99_seconds", share(990)}};
}

Json object_of(const engine::Took& took) {
  return {{"recent", shares_of(took.recent)}, {"in_all", shares_of(took.in_all)}};
}

Json object_of(const engine::ErrorStatus& error) {
  return {{"level", engine::to_text(error.level)},
          {"text", core::escaped(error.text)},
          {"count", error.count},
          {"first_seconds_ago", seconds(error.first_ago)},
          {"last_seconds_ago", seconds(error.last_ago)}};
}

Json object_of(const engine::FileStatus& file) {
  return {{"role", file.role},
          {"name", core::escaped(file.name)},
          {"size_at_open", file.size_at_open},
          {"read_to", file.read_to},
          {"size", std::max(file.size, file.read_to)},
          {"percent", engine::percent_read(file)},
          {"in_core", file.in_core},
          {"counters", object_of(file.counters)}};
}

Json object_of(const engine::ConnectionStatus& connection) {
  return {{"address", core::escaped(connection.address)},
          {"streaming", connection.streaming},
          {"checking", connection.checking},
          {"fetching", connection.fetching},
          {"ready", connection.ready},
          {"taking", connection.taking},
          {"unsent_bytes", connection.unsent_bytes},
          {"open_seconds", seconds(connection.open_for)},
          {"idle_seconds", seconds(connection.idle_for)}};
}

template <class Each>
Json array_of(const std::vector<Each>& all) {
  Json objects = Json::array();
  for (const Each& each : all) {
    objects.push_back(object_of(each));
  }
  return objects;
}

}  // namespace

std::string to_json(const engine::Status& status) {
  const core::Counters& counters = status.counters;
  const Json all = {
      {"site", core::escaped(status.site)},
      {"peer", core::escaped(status.fqdn)},
      {"state", engine::to_text(status.state)},
      {"running_seconds", seconds(status.running_for)},
      {"finish_in_seconds", seconds(status.finish_in)},
      {"counters", object_of(counters)},
      {"in_core", counters.read - counters.left_core()},
      {"queued", status.queued},
      {"in_flight", status.in_flight},
      {"deferring", status.deferring},
      {"accepted_percent", std::round(status.accepted_percent * 10) / 10},
      {"no_check", status.no_check},
      {"store_in_trouble", status.store_in_trouble},
      {"defer_bytes", status.defer_bytes},
      {"backlog_files", status.backlog_files},
      {"backlog_bytes", status.backlog_bytes},
      {"backlog_unreadable", status.backlog_unreadable},
      {"backlog_scan_in_seconds", seconds(status.backlog_scan_in)},
      {"backlog_left", status.backlog_left},
      {"backlog_age_seconds", seconds(status.backlog_age)},
      {"backlog_done_in_seconds", seconds(status.backlog_done_in)},
      {"suspects", status.suspects},
      {"charged", status.charged},
      {"in_quarantine", status.in_quarantine},
      {"connect_failures", status.connect_failures},
      {"connect_failure", core::escaped(status.connect_failure)},
      {"troubles", troubles(status)},
      {"minute",
       {{"seconds", seconds(status.minute_took)}, {"counters", object_of(status.minute)}}},
      {"history",
       {{"step_seconds", seconds(engine::History::step)},
        {"accepted", status.accepted_in_each},
        {"bytes", status.bytes_in_each}}},
      {"delay", object_of(status.delays)},
      {"answer", object_of(status.answers)},
      {"errors", array_of(status.errors)},
      {"files", array_of(status.files)},
      {"connections", array_of(status.connections)},
  };
  return all.dump() + '\n';
}

}  // namespace innduct::io
