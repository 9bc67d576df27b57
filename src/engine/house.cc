// house.cc: taking the entries of one file out of core.
#include "engine/house.h"

namespace innduct::engine {
namespace {

template <class Visit>
void each_of(Turn& turn, Slot slot, Visit visit) {
  for (EntryId id = 0; id < turn.entries.bound(); ++id) {
    if (turn.entries.alive(id) &&
        (turn.entries[id].source == slot || turn.entries[id].tail_source == slot)) {
      visit(id, turn.entries[id]);
    }
  }
}

// It is being settled, or recorded elsewhere: its line is blanked once that is done.
bool is_leaving(const Turn& turn, const House& house, EntryId id) {
  return house.defer.has(turn.entries, id) || house.quarantine.has(turn.entries, id) ||
         turn.entries.is_in(id, turn.to_settle);
}

}  // namespace

void abandon_entries(Turn& turn, House& house, Source& source) {
  house.offers.withdraw(turn, source.slot());
  each_of(turn, source.slot(), [&](EntryId id, Entry& entry) {
    if (is_leaving(turn, house, id)) {
      return;
    }
    if (entry.tail_source != no_source && turn.config.keeps(Rule::record_joined_line)) {
      // What could not be recorded is tried again when its time has come, not at once.
      if (!house.offers.is_put_off(turn.entries, id)) {
        entry.fate = Fate::deferred;
        turn.entries.move_back(id, turn.to_defer);
      }
    } else {
      house.sources.drop(turn, id);
    }
  });
}

void forget_entries(Turn& turn, House& house, Source& source) {
  house.offers.each_on_connections(turn.entries, [&](EntryId id) {
    if (turn.entries[id].source == source.slot()) {
      house.sources.orphan(turn, id);
    }
  });
  each_of(turn, source.slot(), [&](EntryId id, Entry& entry) {
    if (entry.source != source.slot()) {
      source.drop(entry);  // the second part of an entry that begins in F_flushing
      entry.tail_source = no_source;
    } else if (is_leaving(turn, house, id)) {
      house.sources.orphan(turn, id);
    } else {
      house.sources.drop(turn, id);
    }
  });
}

}  // namespace innduct::engine
