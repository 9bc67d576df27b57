// history.h: what was counted in the last ten minutes, in steps of ten seconds.
//
// Kept as the counters stood at the end of each step, so that what happened in any stretch is a
// difference. The steps end by themselves: nothing is counted between two turns.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/counters.h"
#include "core/time.h"

namespace innduct::engine {

// What was counted in some time, or until then.
struct Counted {
  core::Counters counters;
  std::uint64_t backlog_read = 0;  // bytes of backlog files
};

// When what is left will be done if it goes on like this; nothing if there is nothing left, or no
// end.
std::optional<core::Duration> done_in(std::uint64_t left, std::uint64_t done, core::Duration time);

class History {
 public:
  static constexpr core::Duration step = std::chrono::seconds(10);
  static constexpr std::size_t steps_max = 60;
  static constexpr std::size_t steps_of_a_minute = 6;

  void begin(core::Instant now) { step_began_ = now; }
  // At the begin of a turn: ends the steps that are over. Returns how many minutes that were, of
  // those that are kept.
  std::size_t advance(core::Instant now, const Counted& all);

  struct Stretch {
    core::Duration time{};
    Counted counted;
  };
  // What was counted in so many whole steps, or as many as there are, and in the one that runs.
  Stretch lately(std::size_t steps, core::Instant now, const Counted& all) const;
  // What was counted in each whole step, the last one last.
  std::vector<std::uint64_t> in_each(std::uint64_t core::Counters::*what) const;

 private:
  // As it stood so many whole steps ago.
  const Counted& ended(std::size_t steps_ago) const {
    return ends_[(steps_ - steps_ago) % ends_.size()];
  }
  std::size_t kept() const { return std::min<std::uint64_t>(steps_, steps_max); }

  std::array<Counted, steps_max + 1> ends_;
  std::uint64_t steps_ = 0;  // ended so far
  core::Instant step_began_{};
};

}  // namespace innduct::engine
