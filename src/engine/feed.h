// feed.h: the dance with innd around the feed file: the states of feed_table.h, and what is done in
// each.
//
// Level-triggered: work() looks at the state, at what is known, and does what can be done now;
// events only change what is known. Up to three input files are its own:
//
//   feed      F, to which innd appends
//   flushing  F_flushing ("D"), the feed file before
//   nameless  what was F until somebody put another file in its place
//
// and of the last two the end may be a *half*: the beginning of a line that a full disk cut,
// whose rest is the first line of F. Rules by number: ARCHITECTURE.md, "Invariants".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/command.h"
#include "engine/feed_table.h"
#include "engine/flush_request.h"
#include "engine/house.h"
#include "engine/names.h"
#include "engine/steps.h"
#include "engine/turn.h"

namespace innduct::engine {

class Feed {
 public:
  explicit Feed(const Names& names) : names_(names) {}

  // What start-up found could not be opened, or is gone: start-up is to be done again.
  bool take_restart() { return std::exchange(restart_, false); }
  // What start-up found, after moves that were cut short were finished.
  void start(Turn& turn, Sources& sources, bool feed_is_there, bool flushing_is_there);

  void on(Turn& turn, House& house, const Event& event);
  void grew(FileId file);
  // Level-triggered.
  void work(Turn& turn, House& house);
  // When work() has something to do though nothing happened.
  core::Instant deadline() const;

  // The `flush` command. Says what it did.
  CommandAnswer flush(Turn& turn);

  FeedState state() const { return state_; }
  const Source* feed() const { return feed_; }
  const Source* flushing() const { return flushing_; }
  // When the finish timeout expires, in SEPARATED and FINISHING.
  std::optional<core::Instant> finish_at() const;
  // The last steps of a dropped feed are taken: what is put beside it now is the next process's.
  bool leaving_for_good() const { return purpose_ == Purpose::leave; }
  // A dropped feed was finished: the lock file is gone.
  bool finished() const { return finished_; }

 private:
  // What stands at the end of an old file without a newline.
  enum class Half : std::uint8_t { unknown, waits, settled };
  // What the running Steps are for.
  enum class Purpose : std::uint8_t {
    none,
    detach,          // F becomes F_flushing
    finish_detach,   // the link was there already: go on behind it, if it is ours
    undo_detach,     // F was not what we read: take the link away again
    keep_name,       // make innd's new F durable
    remove,          // F_flushing is done
    move,            // F_flushing becomes a backlog file
    sync_and_close,  // DROPPING: what will become a backlog file, once nobody writes to it
    prove,           // DROPPING: nobody writes to F_flushing, so it can be removed, or moved
    watch_size,      // DROPPING: that cannot be told here, so it is watched for growth
    leave,           // DROPPING: the last step, the lock file
  };
  // The way of F_flushing out, once it is settled or given up.
  enum class Leaving : std::uint8_t { no, keeping_bad_lines, stepping, closing };

  void go(Turn& turn, FeedMove move);

  // One function per state (feed_states.cc).
  void starting(Turn& turn, House& house);
  void waiting(Turn& turn, House& house);
  void normal(Turn& turn, House& house);
  void flushing_state(Turn& turn, House& house);
  void separated(Turn& turn, House& house);
  void finishing(Turn& turn, House& house);
  void dropping(Turn& turn, House& house);
  void dropping_flushing(Turn& turn, House& house);
  void dropping_rest(Turn& turn, House& house);

  // Looking at the name F (feed.cc).
  void look(Turn& turn);
  void seen(Turn& turn, House& house, const FileStat* stat);
  void seen_in_place(Turn& turn, House& house, const FileStat* stat);
  void leave_replaced(Turn& turn, House& house, Source& old);
  void refuse_half(Turn& turn, Source& old);
  void start_over(Turn& turn, House& house, Source& source);

  // Opening, flushing, leaving (feed_moves.cc).
  void open_feed(Turn& turn, House& house);
  bool feed_is_open(Turn& turn, House& house);
  bool feed_has_vanished() const;
  void watch(Turn& turn, const Source* source);
  bool flush_is_due(const Turn& turn) const;
  void detach(Turn& turn);
  void rename_to_flushing(Turn& turn, Purpose purpose);
  void ask_innd(Turn& turn);
  void answered(Turn& turn, const FlushRequest::Answer& answer);
  void flush_failed(Turn& turn, std::string_view why);
  void steps_ended(Turn& turn, House& house, const Steps::End& end);
  void flushing_stays(Turn& turn, House& house, Purpose purpose, const Steps::End& end);
  void flushing_removed(Turn& turn, House& house, Purpose purpose);
  void await_half() {
    half_ = Half::unknown;
    joined_ = half_is_late_ = false;
  }
  void settle_half(Turn& turn, House& house, Source& old);
  void expire(Turn& turn, House& house);
  void leave_flushing(Turn& turn, House& house);
  // F_flushing becomes a backlog file, because it was given up, else it goes.
  bool is_to_be_moved(const Turn& turn) const;
  void part_with_flushing(Turn& turn);
  void flushing_left(Turn& turn, House& house);
  void finish_nameless(Turn& turn, House& house);
  void close_flushing(Turn& turn);
  void move_flushing(Turn& turn);
  void rename_to_backlog(std::vector<Step>& steps) const;
  void cannot_prove(Turn& turn, const Steps::End& end);
  void begin(Turn& turn, Purpose purpose, std::vector<Step> steps);
  Place& queue(House& house) const { return house.offers.fresh(); }
  void admit(Turn& turn, House& house, Source* source);

  const Names& names_;
  FeedState state_ = FeedState::starting;
  Source* feed_ = nullptr;
  Source* flushing_ = nullptr;
  Source* nameless_ = nullptr;
  Steps steps_;
  Purpose purpose_ = Purpose::none;
  FlushRequest request_;
  OpId look_op_;
  FileId watched_;
  core::Instant poll_at_ = core::Instant::max();

  core::Instant entered_{};         // the present state
  core::Instant fed_since_{};       // the present F
  core::Instant retry_flush_at_{};  // WAITING, FLUSHFAIL, or F gone: when innd is asked again
  core::Instant last_flush_{};
  bool flush_wanted_ = false;  // by command
  bool restart_ = false;
  bool name_is_young_ = false;    // F was made since the directory was synced, for all we know
  bool replaced_ = false;         // the name F leads to another file than the one that comes next
  bool gone_ = false;             // NORMAL: the name F is gone, innd still appends to its file
  bool ok_without_feed_ = false;  // innd said Ok, and no new F was there
  bool not_before_tick_ = false;  // something failed that is tried again each period
  std::string last_problem_;      // of flushing, so that it is said once

  Half half_ = Half::settled;
  bool half_is_late_ = false;  // its rest did not come before the finish timeout; that is said once
  bool joined_ = false;  // its rest was in F: that must be blanked, too, before the old file goes
  Leaving leaving_ = Leaving::no;
  core::Instant finish_at_{};
  core::WallTime move_time_{};

  int writers_seen_ = 0;  // DROPPING: periods in which somebody still wrote to F_flushing
  std::optional<core::Instant> unprovable_since_;
  std::uint64_t flushing_size_ = 0;  // DROPPING: of F_flushing, now closed
  bool flushing_closed_ = false;
  bool let_go_ = false;     // DROPPING: a new F is there, so innd does not write to F_flushing
  bool last_look_ = false;  // DROPPING: backlog files are looked for once more
  core::Instant next_warning_{};
  bool finished_ = false;
};

}  // namespace innduct::engine
