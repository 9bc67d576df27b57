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

#include "engine/source.h"

namespace innduct::engine {

class Sources {
 public:
  // Asks for `name` to be opened as an input file. At most `slots` at a time.
  Source& open(Turn& turn, std::string name, core::Dialect dialect, bool follow);
  // Nothing if the slot is free.
  Source* find(Slot slot);
  // Forgets a source that is closed, or that could not be opened.
  void forget(Source& source);
  // Closes a source of which nothing is in core, and forgets it when it is closed.
  void discard(Turn& turn, Source& source);

  bool none_open() const {
    return std::ranges::none_of(all_, [](const auto& source) { return source != nullptr; });
  }

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
  // F, F_flushing, one without a name, a backlog file, F_quarantine; some that are being closed.
  static constexpr std::size_t slots = 8;
  std::array<std::unique_ptr<Source>, slots> all_;
  std::array<bool, slots> discarded_{};
};

}  // namespace innduct::engine
