// tally.h: what is counted, in all and for each input file that is open.
//
// One call counts in both, so that the files never tell another story than the whole (I12). What
// is done for an entry whose file was taken from under it counts in all alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/counters.h"
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
  // The slot is another file's from now on.
  void begin(Slot slot, core::Instant now) { files_[slot] = {{}, now}; }

  const core::Counters& all() const { return all_; }
  const core::Counters& of(Slot slot) const { return files_[slot].counters; }
  // When the slot's file was begun.
  core::Instant begun(Slot slot) const { return files_[slot].begun; }

 private:
  struct File {
    core::Counters counters;
    core::Instant begun{};
  };
  core::Counters all_;
  std::array<File, slots_max> files_;
};

}  // namespace innduct::engine
