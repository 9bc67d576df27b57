// spool.h: what it means when an article cannot be retrieved.
//
// That an article is missing settles it for good, so it must be proved: the store's word counts
// only if the store was opened after the entry's line was written, because a store that was opened
// earlier does not know the groups, buffers or methods that innd has begun to use since. One
// reopening serves all that wait, at most one per period.
//
// Trouble of one article, while others are fetched, is that article's: three times, then it
// counts as damaged. Damaged articles are quarantined. Ten different ones without a success between
// them are the store's: nothing is fetched for one period, doubling to ten minutes, and then one
// article, never the same, is tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/time.h"
#include "engine/entries.h"
#include "engine/turn.h"

namespace innduct::engine {

class Spool {
 public:
  // How many articles may be asked for now: none while the store rests, one when it is tried again.
  std::size_t fetches_allowed(std::size_t under_way) const;

  // An article was retrieved.
  void succeeded();
  // An article was not. Takes the entry from where it is and puts it where it belongs: settled,
  // deferred, waiting here.
  void failed(Turn& turn, EntryId id, FetchOutcome outcome, std::string_view text);

  void on(Turn& turn, const Event& event);
  // Level-triggered. Entries that may be tried again go back to the queue.
  void work(Turn& turn);
  // When work() has something to do though nothing happened.
  core::Instant deadline() const;
  std::size_t in_core() const { return unproven_.size() + troubled_.size(); }
  bool resting() const { return resting_; }

 private:
  void missing(Turn& turn, EntryId id, std::string_view why);
  void damaged(Turn& turn, EntryId id, std::string_view why);
  void troubled(Turn& turn, EntryId id, std::string_view why);
  void rest(Turn& turn, std::string_view why);

  static constexpr int troubles_max = 3;
  static constexpr int streak_max = 10;
  static constexpr core::Duration rest_max = std::chrono::minutes(10);

  Place unproven_;  // wait for the store to be reopened
  Place troubled_;  // wait for the next period
  core::Instant opened_at_ = core::Instant::min();
  core::Instant reopen_at_{};  // not before
  core::Instant reopening_since_{};
  OpId reopen_op_;
  bool broken_ = false;         // the store could not be reopened
  bool reopen_wanted_ = false;  // it did not know what may be known to it later
  std::uint64_t successes_ = 0;
  int streak_ = 0;  // articles in trouble since the last success
  bool resting_ = false;
  core::Instant rest_until_{};
  core::Duration rest_for_{};
  bool probing_ = false;  // the rest is over, the store is not yet known to work
};

}  // namespace innduct::engine
