// status.h: the state of one feed as a value, and how it is shown to people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/counters.h"
#include "core/histogram.h"
#include "core/time.h"
#include "engine/feed_table.h"
#include "engine/port.h"

namespace innduct::engine {

struct FileStatus {
  std::string role;
  std::string name;
  std::uint64_t read_to = 0;
  std::uint64_t size_at_open = 0;
  std::size_t in_core = 0;
  core::Counters counters;  // since it was opened
  std::uint64_t size = 0;   // as far as is known
};

// How much of the file is read, in percent; of one that has been read to its end, 100.
inline unsigned percent_read(const FileStatus& file) {
  return file.size > file.read_to ? static_cast<unsigned>(file.read_to * 100 / file.size) : 100;
}

struct ConnectionStatus {
  std::string address;
  bool streaming = false;
  std::size_t checking = 0;
  std::size_t fetching = 0;
  std::size_t ready = 0;
  std::size_t taking = 0;
  std::size_t unsent_bytes = 0;
  core::Duration open_for{};
  core::Duration idle_for{};
};

// How long articles took: in the last five minutes, and since the start.
struct Took {
  core::Histogram recent;
  core::Histogram in_all;
};

// A warning or an error that the log had.
struct ErrorStatus {
  Level level{};
  std::string text;
  std::uint64_t count = 0;
  core::Duration first_ago{};
  core::Duration last_ago{};
};

struct Status {
  std::string site;
  std::string fqdn;
  FeedState state{};
  core::Duration running_for{};
  std::optional<core::Duration> finish_in;  // the finish timeout of a flush
  core::Counters counters;                  // since the start; never reset
  std::size_t queued = 0;
  std::size_t in_flight = 0;
  std::size_t deferring = 0;
  std::uint64_t defer_bytes = 0;
  std::size_t backlog_files = 0;
  std::uint64_t backlog_bytes = 0;
  std::size_t backlog_unreadable = 0;
  std::optional<core::Duration> backlog_scan_in;
  std::uint64_t backlog_left = 0;             // of backlog_bytes, not read yet
  std::optional<core::Duration> backlog_age;  // since the oldest file changed, when it was found
  std::optional<core::Duration> backlog_done_in;  // if it goes on as in the last minutes
  double accepted_percent = 0;
  bool no_check = false;
  bool store_in_trouble = false;
  std::size_t suspects = 0;  // articles that may kill, charged or not
  std::size_t charged = 0;
  std::uint64_t in_quarantine = 0;  // articles that stand in F_quarantine
  std::uint64_t connect_failures = 0;
  std::string connect_failure;
  core::Counters minute;                        // what was counted in about the last minute,
  core::Duration minute_took{};                 // which was so long
  std::vector<std::uint64_t> accepted_in_each;  // of the last steps of ten seconds, newest last
  std::vector<std::uint64_t> bytes_in_each;
  Took delays;                      // from the line that was read to the final answer
  Took answers;                     // from the offer to the final answer
  std::vector<ErrorStatus> errors;  // the last ones, newest first, each once
  std::uint64_t warnings_noted = 0;
  std::uint64_t errors_noted = 0;
  std::vector<FileStatus> files;
  std::vector<ConnectionStatus> connections;
};

// Lines of `key=value` pairs: the answer to `show`, and the head of a dump.
std::string render_text(const Status& status);

std::string_view to_text(Level level);

// `key=value` pairs: read, the outcomes, what is in core: those add up; and what was done for it.
std::string render_counters(const core::Counters& counters, std::uint64_t in_core);

}  // namespace innduct::engine
