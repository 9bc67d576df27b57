// tally.h: what is counted, in all and for each input file that is open.
//
// One call counts in both, so that the files never tell another story than the whole (I12). What
// is done for an entry whose file was taken from under it counts in all alone. How long articles
// took is counted in all, and for the last minutes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/counters.h"
#include "core/histogram.h"
#include "core/time.h"
#include "engine/entries.h"

namespace innduct::engine {

// F, F_flushing, one without a name, a backlog file, F_quarantine; some that are being closed.
inline constexpr std::size_t slots_max = 8;

class Tally {
 public:
  void count(Slot slot, std::uint64_t core::Counters::*what, std::uint64_t by = 1) {
    all_.*what += by;
    if (slot != no_source) {
      files_[slot].counters.*what += by;
    }
  }
  // The peer gave its final answer to an article whose line was read, and that was offered, at
  // those times.
  void answered(core::Instant read_at, core::Instant offered_at, core::Instant now) {
    delays_.add(now - read_at);
    answers_.add(now - offered_at);
  }
  void begin_minute() {
    delays_.turn();
    answers_.turn();
  }
  // The slot is another file's from now on.
  void begin(Slot slot, core::Instant now) { files_[slot] = {{}, now}; }

  const core::Counters& all() const { return all_; }
  const core::Counters& of(Slot slot) const { return files_[slot].counters; }
  // From the line that was read to the final answer.
  const core::RecentHistogram& delays() const { return delays_; }
  // From the offer to the final answer.
  const core::RecentHistogram& answers() const { return answers_; }
  // When the slot's file was begun.
  core::Instant begun(Slot slot) const { return files_[slot].begun; }

 private:
  struct File {
    core::Counters counters;
    core::Instant begun{};
  };
  core::Counters all_;
  std::array<File, slots_max> files_;
  core::RecentHistogram delays_;
  core::RecentHistogram answers_;
};

}  // namespace innduct::engine
