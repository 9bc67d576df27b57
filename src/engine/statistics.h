// statistics.h: what the log says of what was counted, and when it says so.
//
//   statistics: seconds=2500 carried=3 read=140 accepted=120 ... in_core=2 offered=141 ...
//   statistics of peer_flushing: seconds=3120 carried=0 read=140 ...
//   statistics in all: seconds=86400 carried=0 read=2040 ...
//
// The first since the last one like it; one for each input file when it is done with; all three at
// the end. They add up (I12): carried + read = the outcomes + in_core, where carried is what was in
// core when the counting began. The manual page promises this format.
#pragma once

#include <cstdint>
#include <string>

#include "core/counters.h"
#include "core/time.h"
#include "engine/sources.h"
#include "engine/turn.h"

namespace innduct::engine {

// How many entries of those counted are in core.
inline std::uint64_t in_core(const core::Counters& counters) {
  return counters.read - counters.left_core();
}

// `counted` in a time, with `carried` entries in core at its beginning.
std::string render_statistics(const core::Counters& counted, std::uint64_t carried,
                              core::Duration time);

class Statistics {
 public:
  void begin(core::Now now, const Config& config);
  bool due(core::Instant now) const { return now >= next_; }

  // What was counted since the last time.
  void log(Turn& turn);
  // What was counted of each file that is done with.
  void log_ended(Turn& turn, Sources& sources);
  // The end: both, and the files that are still open, and all since the begin.
  void log_last(Turn& turn, Sources& sources);

 private:
  core::Counters logged_;  // as it was the last time
  core::Instant logged_at_{};
  core::Instant began_{};
  core::Instant next_{};
};

}  // namespace innduct::engine
