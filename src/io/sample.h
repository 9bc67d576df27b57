// sample.h: what `show json` answers, read back: the state of a feed as its innductctl sees it.
//
// The two may be of different versions: what is missing, or is not what it should be, is zero,
// empty or unknown. Texts are printable ASCII.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/counters.h"

namespace innduct::io {

// Not negative, and no more than a number of 64 bits.
using Seconds = double;

// Within which time half of the articles were answered, 90 and 99 of 100.
struct TookSample {
  std::optional<Seconds> p50;
  std::optional<Seconds> p90;
  std::optional<Seconds> p99;
};

struct ErrorSample {
  std::string level;
  std::string text;
  std::uint64_t count = 0;
  Seconds last_ago = 0;
};

struct FileSample {
  std::string role;
  std::string name;
  std::uint64_t read_to = 0;
  std::uint64_t size_at_open = 0;
  std::uint64_t in_core = 0;
};

struct ConnectionSample {
  std::string address;
  std::uint64_t checking = 0;
  std::uint64_t fetching = 0;
  std::uint64_t ready = 0;
  std::uint64_t taking = 0;
  std::uint64_t unsent_bytes = 0;
  Seconds open_for = 0;
  Seconds idle_for = 0;
};

struct Sample {
  std::string site;
  std::string peer;
  std::string state;
  Seconds running_for = 0;
  std::optional<Seconds> finish_in;
  core::Counters counters;
  std::uint64_t queued = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t deferring = 0;
  bool no_check = false;
  std::uint64_t defer_bytes = 0;
  std::uint64_t backlog_files = 0;
  std::uint64_t backlog_left = 0;  // bytes
  std::optional<Seconds> backlog_age;
  std::optional<Seconds> backlog_done_in;
  std::uint64_t suspects = 0;
  std::uint64_t in_quarantine = 0;
  std::uint64_t connect_failures = 0;
  std::vector<std::string> troubles;
  core::Counters minute;
  Seconds minute_took = 0;
  Seconds history_step = 0;
  std::vector<std::uint64_t> accepted_in_each;  // step, newest last
  TookSample delay;                             // of late
  TookSample answer;
  std::vector<ErrorSample> errors;  // newest first
  std::vector<FileSample> files;
  std::vector<ConnectionSample> connections;
};

// The error is what was expected instead, for people.
std::expected<Sample, std::string> read_sample(std::string_view text);

}  // namespace innduct::io
