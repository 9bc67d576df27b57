// config.h: everything about one feed that an administrator decides. Defaults are the manual
// page's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/time.h"
#include "engine/rules.h"

namespace innduct::engine {

using namespace std::chrono_literals;

struct Config {
  std::string site;       // as newsfeeds spells it
  std::string fqdn;       // the peer's name
  std::string feed_path;  // full path of the feed file, for messages
  std::string feed_name;  // its base name: every name that the engine uses starts with it

  bool streaming = true;
  bool watch = true;  // Watch is available; else the feed file is polled

  std::size_t connections_max = 10;
  std::size_t queue_per_conn_max = 200;
  std::size_t queue_per_file_max = 400;
  std::uint64_t flush_size_bytes = 100'000;

  core::Duration period = 30s;
  core::Duration connection_timeout = 200s;
  core::Duration stuck_flush_timeout = 100s;
  core::Duration feedfile_poll = 5s;
  double no_check_percent = 95;
  double no_check_response_articles = 100;
  core::Duration reconnect_interval = 1000s;
  core::Duration flush_retry_interval = 1000s;
  core::Duration earliest_deferred_retry = 100s;
  core::Duration backlog_rescan_interval = 300s;
  core::Duration max_flush_interval = 100'000s;
  core::Duration flush_finish_timeout = 2000s;
  core::Duration idle_timeout = 1000s;
  core::Duration stats_log_interval = 2500s;
  std::uint64_t low_volume_thresh = 3;
  core::Duration low_volume_window = 1000s;
  double max_bad_input_percent = 1;
  std::uint64_t max_bad_input_init = 30;
  unsigned max_suspicions = 3;
  // doc/reliability.md rule 7: fdatasync the feed file at each period in which it grew.
  bool sync_feed = true;

  bool outcome_log = false;  // Outcome is asked for, for each entry that leaves core
  bool headline = false;     // Tell is asked for, when what it says has changed

  // The one rule that a canary of the simulator leaves out. No administrator can.
  Rule left_out = Rule::none;
  bool keeps(Rule rule) const { return rule == Rule::none || rule != left_out; }
};

}  // namespace innduct::engine
