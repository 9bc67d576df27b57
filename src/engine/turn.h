// turn.h: what every room of the engine is handed in a turn: the time, the actions being
// gathered, and the few things that belong to no single room.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/time.h"
#include "engine/actions.h"
#include "engine/config.h"
#include "engine/entries.h"
#include "engine/ids.h"
#include "engine/last_errors.h"
#include "engine/outcomes.h"
#include "engine/tally.h"
#include "engine/trace.h"

namespace innduct::engine {

// Who asked for an operation, and so who is told how it ended. Input files follow `source`:
// their number is source + slot.
enum class Room : std::uint8_t {
  startup,
  feed,
  defer,
  backlog,
  bad_lines,
  spool,
  dialer,
  dump,
  suspects,
  charges,
  quarantine,
  quarantine_order,
  trace,
  source = 32
};

// Gives out ids. An OpId carries its Room.
class Ids {
 public:
  OpId op(Room room) { return {++last_ << 8 | static_cast<std::uint64_t>(room)}; }
  OpId op(Slot slot) { return {++last_ << 8 | (static_cast<std::uint64_t>(Room::source) + slot)}; }
  FileId file() { return {++last_}; }
  ConnId conn() { return {++last_}; }
  // An article's name carries its entry.
  ArticleRef article(EntryId entry) { return {++last_ << entry_bits | entry}; }

  static std::uint8_t room_number(OpId op) { return static_cast<std::uint8_t>(op.value & 0xff); }
  static EntryId entry(ArticleRef article) {
    return static_cast<EntryId>(article.value & ((std::uint64_t{1} << entry_bits) - 1));
  }

 private:
  // More entries than the queues of a hundred input files hold; the rest of an ArticleRef lasts for
  // centuries.
  static constexpr int entry_bits = 24;
  std::uint64_t last_ = 0;
};

// Exit codes, from the manual page.
namespace exit_code {
inline constexpr int stopped = 0;
inline constexpr int feed_dropped = 4;
inline constexpr int world_trouble = 12;
inline constexpr int unexpected = 16;
}  // namespace exit_code

struct Turn {
  core::Now now;
  Actions& actions;
  const Config& config;
  Ids& ids;
  Entries& entries;
  Tally& tally;
  LastErrors& last_errors;
  Outcomes& outcomes;
  Trace& trace;
  Place& to_settle;      // entries that are done with: their lines are blanked before the turn ends
  Place& to_defer;       // entries to be recorded in the defer file
  Place& to_quarantine;  // entries to be recorded in the quarantine, each with its reason
  Place& to_requeue;     // entries to be offered again, before others
  Place& to_requeue_last;    // entries to be offered again, behind others
  bool tick = false;         // a period began
  bool again = false;        // a room changed in a way that others may want to look at in this turn
  std::optional<Exit> exit;  // the engine ends with this turn; the first reason stands

  void note(Level level, std::string_view text) {
    last_errors.note(level, text, now.monotonic);
    if (trace.wanted() && level >= Level::info) {
      trace.logged(text);
    }
    actions.add(Note{level, actions.keep(text)});
  }
  // Ends the engine after saying why. Nothing is blanked any more.
  void end(int code, Level level, std::string_view why) {
    if (!exit) {
      note(level, why);
      exit = Exit{code, 0};
    }
  }
};

// Rounds an interval up to whole periods, at least one (the manual page's PERIOD).
inline core::Duration in_periods(core::Duration interval, core::Duration period) {
  const auto periods = (interval + period - core::Duration{1}) / period;
  return period * (periods < 1 ? 1 : periods);
}

}  // namespace innduct::engine
