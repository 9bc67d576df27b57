// desk.h: one room of the engine on a desk of its own: told an event, it shows what it asks for.
//
//   EXPECT_EQ(turn(), "open F_defer append_exclusive");
//   EXPECT_EQ(opened(), "append F_defer \"@1@ <1@x>\\n\"");
//   EXPECT_EQ(done(), "sync F_defer");
//
// A room's desk derives from Desk and says what take() and look() are. Answers go to the oldest
// operation that has none yet. Notes are kept apart: said() counts them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/turn.h"
#include "printed.h"
#include "samples.h"

namespace innduct::engine {

class Desk {
 public:
  Desk() {
    config.site = "site";
    config.fqdn = "peer.example";
    config.feed_path = "/feeds/F";
    config.feed_name = "F";
  }

  virtual ~Desk() = default;
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // The room is told of an event; and, once a turn, may do what can be done.
  virtual void take(Turn& turn, const Event& event) = 0;
  virtual void look(Turn&) {}
  virtual Place& deferring() { return to_defer; }
  virtual Place& quarantining() { return to_quarantine; }

  // One turn. What it asked for, one action a line.
  std::string turn(const std::function<void(Turn&)>& first = {}, bool tick = false) {
    Turn turn{now,         actions,        config, ids,       entries,     tally,
              last_errors, outcomes,       trace,  to_settle, deferring(), quarantining(),
              to_requeue,  to_requeue_last};
    turn.tick = tick;
    if (first) {
      first(turn);
    }
    if (!turn.exit) {
      look(turn);
    }
    if (turn.exit && !exit) {
      exit = turn.exit;
    }
    return asked();
  }
  std::string tell(const Event& event) {
    return turn([&](Turn& t) { take(t, event); });
  }
  std::string tick() {
    pass(config.period);
    return turn({}, true);
  }
  void pass(core::Duration duration) {
    now.monotonic += duration;
    now.wall += duration;
  }

  // Answers to the oldest operation without one.
  std::string done() { return tell(Done{next_op()}); }
  std::string failed(int error) {
    const std::string text = error_text(error);
    return tell(Failed{next_op(), error, text});
  }
  std::string opened(const FileStat& stat = {}) { return tell(Opened{next_op(), stat}); }
  std::string statted(const FileStat& stat) { return tell(Statted{next_op(), stat}); }
  std::string read(std::string_view bytes) { return tell(ReadDone{next_op(), bytes}); }
  std::string listed(const std::vector<ListedName>& names) {
    return tell(Listed{next_op(), names});
  }
  bool all_answered() const { return unanswered.empty(); }

  // How many notes of level warning or worse hold these words.
  std::ptrdiff_t said(std::string_view words) const {
    return std::ranges::count_if(
        warnings, [&](const std::string& text) { return text.find(words) != text.npos; });
  }

  // The message-ids of the entries of a place, in order.
  std::string in(const Place& place) const {
    std::string text;
    for (EntryId id = place.front(); id != no_entry; id = entries.next(id)) {
      text += text.empty() ? "" : " ";
      text += readable(entries[id].message_id().empty() ? entries[id].locator()
                                                        : entries[id].message_id());
    }
    return text;
  }
  // An entry without a file.
  EntryId make(Place& place, unsigned number) {
    const EntryId id = entries.create(place);
    entries[id].text = record(number);
    entries[id].locator_size = core::token_size;
    return id;
  }

  core::Now now{core::Instant(std::chrono::hours(1)), core::WallTime(std::chrono::days(10'000))};
  Config config;
  Ids ids;
  Entries entries;
  Tally tally;
  LastErrors last_errors;
  Outcomes outcomes{false};
  Trace trace;
  Actions actions;
  Place to_settle, to_defer, to_quarantine, to_requeue, to_requeue_last;
  std::optional<Exit> exit;
  std::vector<std::string> warnings;
  Known known;
  std::deque<OpId> unanswered;

 private:
  OpId next_op() {
    EXPECT_FALSE(unanswered.empty()) << "nothing was asked for";
    if (unanswered.empty()) {
      return {};
    }
    const OpId op = unanswered.front();
    unanswered.pop_front();
    return op;
  }
  std::string asked() {
    std::string text;
    for (const Action& action : actions.list()) {
      if (const auto* note = std::get_if<Note>(&action)) {
        if (note->level >= Level::warning) {
          warnings.emplace_back(note->text);
        }
        continue;
      }
      text += text.empty() ? "" : "\n";
      text += printed(action, known);
      if (const auto op = op_of(action)) {
        unanswered.push_back(*op);
      }
    }
    actions.clear();
    return text;
  }
};

}  // namespace innduct::engine
