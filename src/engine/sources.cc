// sources.cc: slots for open input files.
#include "engine/sources.h"

#include <utility>

#include "core/check.h"

namespace innduct::engine {
namespace {

using core::Counters;

std::uint64_t Counters::*counter_of(Fate fate) {
  switch (fate) {
    case Fate::accepted:
      return &Counters::accepted;
    case Fate::unwanted:
      return &Counters::unwanted;
    case Fate::rejected:
      return &Counters::rejected;
    case Fate::missing:
      return &Counters::missing;
    case Fate::deferred:
      return &Counters::deferred;
    case Fate::quarantined:
      return &Counters::quarantined;
    case Fate::dropped:
      return &Counters::dropped;
    case Fate::undecided:
      break;
  }
  core::check(false, "an entry is settled when its fate is known");
  std::unreachable();
}

// Whatever is counted is told, so that the outcome log adds up with the statistics.
void count(Turn& turn, EntryId id, std::uint64_t Counters::*outcome) {
  turn.tally.count(turn.entries[id].source, outcome);
  turn.outcomes.counted(turn.actions, turn.now.wall, id, turn.entries[id], outcome);
}

}  // namespace

Source& Sources::open(Turn& turn, std::string name, core::Dialect dialect, bool follow) {
  for (Slot slot = 0; slot < slots_max; ++slot) {
    if (!all_[slot]) {
      turn.tally.begin(slot, turn.now.monotonic);
      all_[slot] = std::make_unique<Source>(turn, slot, std::move(name), dialect, follow);
      return *all_[slot];
    }
  }
  core::check(false, "no more input files are open than there are slots");
  std::unreachable();
}

Source* Sources::find(Slot slot) { return slot < slots_max ? all_[slot].get() : nullptr; }

void Sources::forget(Turn& turn, Source& source) {
  core::check(source.in_core() == 0, "a forgotten input file has nothing in core");
  const Slot slot = source.slot();
  if (source.stage() != Source::Stage::failed) {
    ended_.push_back(
        {source.name(), turn.tally.of(slot), turn.now.monotonic - turn.tally.begun(slot)});
  }
  discarded_[slot] = false;
  all_[slot].reset();
}

void Sources::discard(Turn& turn, Source& source) {
  source.close(turn);
  discarded_[source.slot()] = true;
}

void Sources::on(Turn& turn, OpId op, const Event& event) {
  const auto slot = static_cast<Slot>(Ids::room_number(op) - static_cast<Slot>(Room::source));
  if (Source* source = find(slot)) {
    source->on(turn, event);
    if (source->stage() == Source::Stage::closed && discarded_[slot]) {
      forget(turn, *source);
    }
  }
}

void Sources::settle(Turn& turn, EntryId id) {
  const Entry& entry = turn.entries[id];
  if (entry.source != no_source) {
    const auto outcome = counter_of(entry.fate);
    count(turn, id, outcome);
    turn.trace.article(entry, core::name_of(outcome), ": its line is to be blanked in ",
                       find(entry.source)->name(), ", byte ", entry.span.offset);
    turn.trace.blanks(entry);
    find(entry.source)->settle(turn, entry);
  }
  if (entry.tail_source != no_source) {
    find(entry.tail_source)->settle(turn, entry);
  }
  turn.entries.destroy(id);
}

void Sources::drop(Turn& turn, EntryId id) {
  orphan(turn, id);
  turn.entries.destroy(id);
}

void Sources::orphan(Turn& turn, EntryId id) {
  Entry& entry = turn.entries[id];
  if (entry.source != no_source) {
    turn.trace.article(entry, "out of memory; its line stays in ", find(entry.source)->name(),
                       ", byte ", entry.span.offset);
    find(entry.source)->drop(entry);
    count(turn, id, &Counters::forgotten);
  }
  if (entry.tail_source != no_source) {
    find(entry.tail_source)->drop(entry);
  }
  entry.source = entry.tail_source = no_source;
  turn.again = true;
}

void Sources::write_blanks(Turn& turn) {
  for (const auto& source : all_) {
    if (source) {
      source->write_blanks(turn);
    }
  }
}

void Sources::on_tick(Turn& turn) {
  for (const auto& source : all_) {
    if (source) {
      source->on_tick(turn);
    }
  }
}

std::size_t Sources::in_core() const {
  std::size_t sum = 0;
  each([&](const Source& source) { sum += source.in_core(); });
  return sum;
}

}  // namespace innduct::engine
