// sources.h: the input files that are open at present, by slot.
//
// A slot is a small number that an entry and an operation can carry. It is used again only
// after its file was closed and nothing of it is in core.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/source.h"

namespace innduct::engine {

class Sources {
 public:
  // Asks for `name` to be opened as an input file. At most `slots_max` at a time.
  Source& open(Turn& turn, std::string name, core::Dialect dialect, bool follow);
  // Nothing if the slot is free.
  Source* find(Slot slot);
  // Forgets a source that is closed, or that could not be opened.
  void forget(Turn& turn, Source& source);
  // Closes a source of which nothing is in core, and forgets it when it is closed.
  void discard(Turn& turn, Source& source);

  bool none_open() const {
    return std::ranges::none_of(all_, [](const auto& source) { return source != nullptr; });
  }

  // A file that is done with, and what was counted of it.
  struct Ended {
    std::string name;
    core::Counters counters;
    core::Duration open_for{};
  };
  // Those that were forgotten since the last call; not those that could not be opened.
  std::vector<Ended> take_ended() { return std::exchange(ended_, {}); }

  // Routes the answer to an operation that a source asked for.
  void on(Turn& turn, OpId op, const Event& event);
  // The entry is done with: its line (both of its parts) will be blanked. Ends its life.
  void settle(Turn& turn, EntryId id);
  // The entry leaves core, its line stays. Ends its life.
  void drop(Turn& turn, EntryId id);
  // The entry's file was emptied under it: settling it will need nothing.
  void orphan(Turn& turn, EntryId id);
  // Writes the blanks of this turn.
  void write_blanks(Turn& turn);
  void on_tick(Turn& turn);
  // Entries of all files that are in core (I5).
  std::size_t in_core() const;

  template <class Visit>
  void each(Visit visit) const {
    for (const auto& source : all_) {
      if (source) {
        visit(*source);
      }
    }
  }

 private:
  std::array<std::unique_ptr<Source>, slots_max> all_;
  std::array<bool, slots_max> discarded_{};
  std::vector<Ended> ended_;
};

}  // namespace innduct::engine
