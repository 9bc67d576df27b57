// spool.cc: missing, damaged, and trouble.
#include "engine/spool.h"

#include <algorithm>
#include <utility>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"

namespace innduct::engine {

std::size_t Spool::fetches_allowed(std::size_t under_way) const {
  constexpr std::size_t no_limit = ~std::size_t{0};
  if (resting_ || reopen_op_) {
    return 0;
  }
  return probing_ ? (under_way == 0 ? 1 : 0) : no_limit;
}

void Spool::succeeded() {
  ++successes_;
  streak_ = 0;
  probing_ = false;
  rest_for_ = {};
}

void Spool::failed(Turn& turn, EntryId id, FetchOutcome outcome, std::string_view text) {
  const Entry& entry = turn.entries[id];
  const bool proven = opened_at_ > entry.known_since || !turn.config.keeps(Rule::prove_missing);
  switch (outcome) {
    case FetchOutcome::absent:
      if (proven) {
        missing(turn, id, "it is no longer in the spool");
      } else {
        turn.trace.article(entry, "not found in the spool: tried again when that is opened anew");
        turn.entries.move_back(id, unproven_);
      }
      return;
    case FetchOutcome::other:
      missing(turn, id, "another article has taken its place");
      return;
    case FetchOutcome::unknown:
      if (proven) {
        // The store may learn of it at any time, but only when it is opened again.
        reopen_wanted_ = true;
        troubled(turn, id, text);
      } else {
        turn.trace.article(entry, "not known to the spool (", text,
                           "): tried again when that is opened anew");
        turn.entries.move_back(id, unproven_);
      }
      return;
    case FetchOutcome::damaged:
      damaged(turn, id, text);
      return;
    case FetchOutcome::trouble:
    case FetchOutcome::ready:
      if (turn.config.keeps(Rule::trouble_proves_nothing)) {
        troubled(turn, id, text);
      } else {
        missing(turn, id, text);
      }
      return;
  }
}

void Spool::missing(Turn& turn, EntryId id, std::string_view why) {
  Entry& entry = turn.entries[id];
  turn.note(Level::debug, core::cat("missing: ", core::escaped(entry.text), ": ", why));
  turn.outcomes.explained(id, why);
  turn.trace.article(entry, "missing: ", why);
  entry.fate = Fate::missing;
  turn.entries.move_back(id, turn.to_settle);
  turn.again = true;
}

void Spool::damaged(Turn& turn, EntryId id, std::string_view why) {
  Entry& entry = turn.entries[id];
  entry.why = core::cat("not fit to be sent: ", core::escaped(why));
  turn.trace.article(entry, "not fit to be sent, to be quarantined: ", why);
  if (turn.config.keeps(Rule::record_damaged)) {
    turn.entries.move_back(id, turn.to_quarantine);
  } else {
    entry.fate = Fate::quarantined;
    turn.entries.move_back(id, turn.to_settle);
  }
  turn.again = true;
}

void Spool::troubled(Turn& turn, EntryId id, std::string_view why) {
  Entry& entry = turn.entries[id];
  // Its own trouble only if others were fetched since it was last tried; the store's only if it
  // was not yet counted since.
  const bool counted = entry.troubles > 0 && entry.successes_seen == successes_;
  if (!counted) {
    ++entry.troubles;
    ++streak_;
  }
  entry.successes_seen = successes_;
  if (entry.troubles > troubles_max) {
    damaged(turn, id, why);
    return;
  }
  if (entry.troubles == 1 && !counted) {
    turn.note(Level::warning, core::cat("cannot retrieve ", core::escaped(entry.text), ": ",
                                        core::escaped(why), "; trying again in the next period"));
  }
  turn.trace.article(entry, "the spool cannot give it out: ", why, "; again in the next period");
  turn.entries.move_back(id, troubled_);
  if (streak_ >= streak_max || probing_) {
    rest(turn, why);
  }
}

void Spool::rest(Turn& turn, std::string_view why) {
  if (resting_) {
    return;
  }
  const auto longest = std::max(rest_max, turn.config.period);
  rest_for_ = rest_for_ == core::Duration{} ? turn.config.period : std::min(rest_for_ * 2, longest);
  resting_ = true;
  probing_ = false;
  rest_until_ = turn.now.monotonic + rest_for_;
  turn.note(Level::warning, core::cat("the article store is in trouble: ", core::escaped(why),
                                      "; no articles are fetched for ", core::to_text(rest_for_),
                                      ": see to the spool"));
}

void Spool::on(Turn& turn, const Event& event) {
  if (const auto* done = std::get_if<Done>(&event); done != nullptr && done->op == reopen_op_) {
    reopen_op_ = {};
    broken_ = false;
    opened_at_ = reopening_since_;
    turn.again = true;
  } else if (const auto* failure = std::get_if<Failed>(&event);
             failure != nullptr && failure->op == reopen_op_) {
    reopen_op_ = {};
    broken_ = true;
    rest(turn, failure->text);
    turn.again = true;
  }
}

core::Instant Spool::deadline() const {
  if (resting_) {
    return rest_until_;
  }
  return !reopen_op_ && (broken_ || reopen_wanted_ || !unproven_.empty()) ? reopen_at_
                                                                          : core::Instant::max();
}

void Spool::work(Turn& turn) {
  if (resting_ && turn.now.monotonic >= rest_until_) {
    resting_ = false;
    probing_ = true;
    turn.again = true;
  }
  if (turn.tick && !resting_ && !troubled_.empty() && turn.config.keeps(Rule::retry_trouble)) {
    turn.entries.move_all_back(troubled_, turn.to_requeue_last);
    turn.again = true;
  }
  if (reopen_op_ || resting_) {
    return;
  }
  if ((!unproven_.empty() || broken_ || reopen_wanted_) && turn.now.monotonic >= reopen_at_) {
    reopen_wanted_ = false;
    reopen_at_ = turn.now.monotonic + turn.config.period;
    reopening_since_ = turn.now.monotonic;
    reopen_op_ = turn.ids.op(Room::spool);
    turn.actions.add(ReopenStore{reopen_op_});
    for (EntryId id = unproven_.front(); id != no_entry; id = turn.entries.next(id)) {
      // To offer it again before that is known would only annoy a peer that has said yes once.
      turn.entries[id].fetch_first = true;
    }
    turn.entries.move_all_back(unproven_, turn.to_requeue);
    turn.again = true;
  }
}

}  // namespace innduct::engine
