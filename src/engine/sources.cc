// sources.cc: slots for open input files.
#include "engine/sources.h"

#include <utility>

#include "core/check.h"

namespace innduct::engine {
namespace {

std::uint64_t& counter(core::Counters& counters, Fate fate) {
  switch (fate) {
    case Fate::accepted:
      return counters.accepted;
    case Fate::unwanted:
      return counters.unwanted;
    case Fate::rejected:
      return counters.rejected;
    case Fate::missing:
      return counters.missing;
    case Fate::deferred:
      return counters.deferred;
    case Fate::quarantined:
      return counters.quarantined;
    case Fate::dropped:
      return counters.dropped;
    case Fate::undecided:
      break;
  }
  core::check(false, "an entry is settled when its fate is known");
  std::unreachable();
}

}  // namespace

Source& Sources::open(Turn& turn, std::string name, core::Dialect dialect, bool follow) {
  for (Slot slot = 0; slot < slots; ++slot) {
    if (!all_[slot]) {
      all_[slot] = std::make_unique<Source>(turn, slot, std::move(name), dialect, follow);
      return *all_[slot];
    }
  }
  core::check(false, "no more input files are open than there are slots");
  std::unreachable();
}

Source* Sources::find(Slot slot) { return slot < slots ? all_[slot].get() : nullptr; }

void Sources::forget(Source& source) {
  core::check(source.in_core() == 0, "a forgotten input file has nothing in core");
  all_[source.slot()].reset();
}

void Sources::discard(Turn& turn, Source& source) {
  source.close(turn);
  discarded_[source.slot()] = true;
}

void Sources::on(Turn& turn, OpId op, const Event& event) {
  const auto slot = static_cast<Slot>(Ids::room_number(op) - static_cast<Slot>(Room::source));
  if (Source* source = find(slot)) {
    source->on(turn, event);
    if (source->stage() == Source::Stage::closed && std::exchange(discarded_[slot], false)) {
      forget(*source);
    }
  }
}

void Sources::settle(Turn& turn, EntryId id) {
  const Entry& entry = turn.entries[id];
  if (entry.source != no_source) {
    ++counter(turn.counters, entry.fate);
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
    find(entry.source)->drop(entry);
    ++turn.counters.forgotten;
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
