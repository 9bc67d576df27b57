// feed.cc: what the feed does whatever its state: changing it, and looking at the name F.
#include "engine/feed.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "engine/failure.h"

namespace innduct::engine {

void Feed::go(Turn& turn, FeedMove move) {
  const auto row = std::ranges::find_if(
      feed_table, [&](const FeedRow& r) { return r.from == state_ && r.move == move; });
  core::check(row != feed_table.end(), "the feed moves only as its table allows");
  turn.note(Level::debug,
            core::cat("feed: ", to_text(state_), " -> ", to_text(row->to), ": ", row->why));
  state_ = row->to;
  entered_ = turn.now.monotonic;
  not_before_tick_ = false;
  turn.again = true;
  switch (state_) {
    case FeedState::normal:
      fed_since_ = turn.now.monotonic;
      last_problem_.clear();
      gone_ = ok_without_feed_ = false;
      request_.forget(turn);
      watch(turn, feed_);
      break;
    case FeedState::waiting:
    case FeedState::flushing:
      ok_without_feed_ = false;
      watch(turn, flushing_);
      ask_innd(turn);
      break;
    case FeedState::separated:
      request_.forget(turn);
      last_problem_.clear();
      ok_without_feed_ = flush_wanted_ = false;
      await_half();
      if (turn.config.keeps(Rule::read_what_has_grown)) {
        flushing_->look_again();  // innd has written its last line to it by now
      }
      finish_at_ =
          turn.now.monotonic + in_periods(turn.config.flush_finish_timeout, turn.config.period);
      break;
    case FeedState::finishing:
      watch(turn, feed_);
      break;
    case FeedState::dropping:
      request_.forget(turn);
      flush_wanted_ = flushing_closed_ = let_go_ = last_look_ = false;
      writers_seen_ = 0;
      unprovable_since_.reset();
      if (feed_ != nullptr) {
        nameless_ = std::exchange(feed_, nullptr);
        nameless_->look_again();
        await_half();
      }
      if (flushing_ != nullptr) {
        flushing_->look_again();
        await_half();
      }
      turn.note(Level::notice, "innd has dropped the feed: finishing what is in hand");
      break;
    case FeedState::starting:
    case FeedState::flushfail:
      break;
  }
}

void Feed::start(Turn& turn, Sources& sources, bool feed_is_there, bool flushing_is_there) {
  if (flushing_is_there) {
    flushing_ = &sources.open(turn, names_.flushing, core::Dialect::feed, false);
  }
  if (feed_is_there && !flushing_is_there) {
    feed_ = &sources.open(turn, names_.feed, core::Dialect::feed, false);
    name_is_young_ = true;
  }
  if (!feed_is_there && !flushing_is_there) {
    go(turn, FeedMove::found_nothing);
  }
  gone_ = !feed_is_there;  // until starting() has seen what could be opened
}

void Feed::on(Turn& turn, House& house, const Event& event) {
  if (const auto end = steps_.on(turn, event)) {
    steps_ended(turn, house, *end);
  } else if (const auto answer = request_.on(event)) {
    answered(turn, *answer);
  } else if (const auto* statted = std::get_if<Statted>(&event);
             statted != nullptr && statted->op == look_op_) {
    look_op_ = {};
    seen(turn, house, &statted->stat);
  } else if (const auto* failed = std::get_if<Failed>(&event);
             failed != nullptr && failed->op == look_op_) {
    look_op_ = {};
    if (failed->error == ENOENT) {
      seen(turn, house, nullptr);
    } else if (remedy(DiskDeed::look, failed->error) == Remedy::end_12) {
      turn.end(exit_code::world_trouble, Level::error,
               core::cat(failure_text("look at", names_.feed, failed->text),
                         ": see to the directory, then restart"));
    }
  }
}

void Feed::grew(FileId file) {
  for (Source* source : {feed_, flushing_, nameless_}) {
    if (source != nullptr && source->file() == file) {
      source->look_again();
    }
  }
}

void Feed::work(Turn& turn, House& house) {
  if (turn.tick) {
    not_before_tick_ = false;
    if (state_ != FeedState::starting) {
      look(turn);
    }
  }
  const bool poll = !turn.config.watch && turn.now.monotonic >= poll_at_;
  if (!turn.config.watch && (poll || poll_at_ == core::Instant::max())) {
    poll_at_ = turn.now.monotonic + turn.config.feedfile_poll;
  }
  for (Source* source : {feed_, flushing_, nameless_}) {
    // Whatever the watch said, or did not say (I8).
    if (source != nullptr && source->stage() == Source::Stage::open) {
      if (turn.tick || poll) {
        source->look_again();
      }
      if (turn.tick) {
        source->look_at_size(turn);
      }
      if (source->shorter() && leaving_ == Leaving::no && !steps_.running()) {
        start_over(turn, house, *source);
      }
    }
  }
  if (const auto answer = request_.timed_out(turn)) {
    answered(turn, *answer);
  }
  // What innd has made is durable only when somebody syncs it, and innd does not.
  if (name_is_young_ && feed_ != nullptr && feed_->stage() == Source::Stage::open &&
      !steps_.running() && turn.config.keeps(Rule::sync_name_of_new_feed)) {
    name_is_young_ = false;
    begin(turn, Purpose::keep_name, {Step::sync_directory(Rule::sync_name_of_new_feed)});
  }
  switch (state_) {
    case FeedState::starting:
      return starting(turn, house);
    case FeedState::waiting:
      return waiting(turn, house);
    case FeedState::normal:
      return normal(turn, house);
    case FeedState::flushing:
    case FeedState::flushfail:
      return flushing_state(turn, house);
    case FeedState::separated:
      return separated(turn, house);
    case FeedState::finishing:
      return finishing(turn, house);
    case FeedState::dropping:
      return dropping(turn, house);
  }
}

core::Instant Feed::deadline() const { return std::min(poll_at_, request_.deadline()); }

std::optional<core::Instant> Feed::finish_at() const {
  const bool counts = state_ == FeedState::separated || state_ == FeedState::finishing;
  return counts ? std::optional(finish_at_) : std::nullopt;
}

void Feed::admit(Turn& turn, House& house, Source* source) {
  if (source != nullptr && (!house.offers.holds_input(turn.now) || source->held())) {
    source->admit(turn, queue(house), turn.config.queue_per_file_max);
  }
}

void Feed::watch(Turn& turn, const Source* source) {
  const FileId file = source != nullptr ? source->file() : FileId{};
  if (turn.config.watch && file != std::exchange(watched_, file)) {
    turn.actions.add(Watch{file});
  }
}

void Feed::begin(Turn& turn, Purpose purpose, std::vector<Step> steps) {
  purpose_ = purpose;
  steps_.begin(turn, Room::feed, std::move(steps));
}

// ---------------------------------------------------------------- the name F

void Feed::look(Turn& turn) {
  if (!look_op_) {
    look_op_ = turn.ids.op(Room::feed);
    turn.actions.add(StatName{look_op_, turn.actions.keep(names_.feed), false});
  }
}

void Feed::seen(Turn& turn, House& house, const FileStat* stat) {
  turn.again = true;
  if (stat != nullptr && stat->type != FileType::plain) {
    turn.end(
        exit_code::unexpected, Level::critical,
        core::cat(names_.feed, " is not a plain file: remove what stands there, then restart"));
    return;
  }
  switch (state_) {
    case FeedState::waiting:
      if (stat != nullptr && feed_ == nullptr) {
        open_feed(turn, house);
      }
      return;
    case FeedState::flushing:
    case FeedState::flushfail:
      if (stat != nullptr && !stat->same_file(flushing_->opened_as())) {
        go(turn, FeedMove::new_feed_seen);
      } else if (state_ == FeedState::flushing && ok_without_feed_) {
        ask_innd(turn);  // once more, before it counts as failed
      }
      return;
    case FeedState::normal:
    case FeedState::finishing:
      seen_in_place(turn, house, stat);
      return;
    case FeedState::dropping:
      let_go_ = stat != nullptr;
      if (stat == nullptr || leaving_ != Leaving::no || flushing_closed_ || steps_.running()) {
        return;
      }
      turn.note(Level::notice, "the feed was begun again: going on");
      if (flushing_ != nullptr) {
        go(turn, FeedMove::begun_again);
      } else if (feed_ == nullptr) {
        open_feed(turn, house);
      }
      return;
    case FeedState::starting:
    case FeedState::separated:
      return;
  }
}

// F, as we read it: is its name still that of what we read?
void Feed::seen_in_place(Turn& turn, House& house, const FileStat* stat) {
  if (feed_ == nullptr || feed_->stage() != Source::Stage::open || steps_.running()) {
    return;
  }
  if (stat != nullptr && stat->same_file(feed_->opened_as())) {
    gone_ = replaced_ = false;
    return;
  }
  const bool another_first = state_ == FeedState::finishing || nameless_ != nullptr;
  replaced_ = stat != nullptr && another_first;
  gone_ = gone_ && !replaced_;
  if (state_ == FeedState::finishing || replaced_) {
    return;  // seen again when the file before it is done
  }
  if (stat == nullptr) {
    if (!std::exchange(gone_, true)) {
      turn.note(
          Level::error,
          core::cat(names_.feed,
                    " was taken away: only innduct may do that; reading on in what was it, and "
                    "asking innd for another"));
      ask_innd(turn);
    }
    return;
  }
  turn.note(Level::error,
            core::cat(names_.feed,
                      " was replaced by another file: only innduct may do that; what was it is "
                      "read to its end, then the other one"));
  nameless_ = std::exchange(feed_, nullptr);
  nameless_->look_again();
  await_half();
  gone_ = false;
  request_.forget(turn);
  open_feed(turn, house);
}

// While an old file is finished F became another file than the one that comes next. If nothing was
// written to that, the other one comes next; else what the half of the old file waits for will
// never come.
void Feed::leave_replaced(Turn& turn, House& house, Source& old) {
  const bool comes_next = replaced_ && feed_ != nullptr && feed_->stage() == Source::Stage::open &&
                          feed_->all_read() && !feed_->first_line();
  if (!comes_next || (half_ != Half::waits && feed_->read_to() > 0)) {
    return;
  }
  replaced_ = false;
  turn.note(Level::error,
            core::cat(names_.feed, " was replaced by another file: only innduct may do that"));
  if (feed_->read_to() == 0) {
    house.sources.discard(turn, *std::exchange(feed_, nullptr));
    open_feed(turn, house);
    watch(turn, feed_);
  } else {
    refuse_half(turn, old);
  }
  turn.again = true;
}

void Feed::refuse_half(Turn& turn, Source& old) {
  old.refuse_half(turn);
  half_ = Half::settled;
  if (feed_ != nullptr) {
    feed_->hold(false);
  }
}

// Somebody emptied the file: nothing of what was read of it is owed.
void Feed::start_over(Turn& turn, House& house, Source& source) {
  turn.note(Level::error, core::cat(source.name(), " was made shorter, though ", source.read_to(),
                                    " bytes of it were read: what was cut off is lost to this "
                                    "feed; reading it from its start"));
  forget_entries(turn, house, source);
  source.start_over();
  if (&source != feed_ && half_ == Half::waits) {
    await_half();
  }
}

void Feed::open_feed(Turn& turn, House& house) {
  feed_ = &house.sources.open(turn, names_.feed, core::Dialect::feed, false);
  feed_->hold(half_ != Half::settled);
  name_is_young_ = true;
}

// F was there, and was not when it was opened.
bool Feed::feed_has_vanished() const {
  return feed_ != nullptr && feed_->stage() == Source::Stage::failed &&
         feed_->open_error() == ENOENT;
}

// Whether F is open for reading; deals with what hinders it.
bool Feed::feed_is_open(Turn& turn, House& house) {
  if (feed_ == nullptr || feed_->stage() == Source::Stage::opening) {
    return false;
  }
  if (feed_->stage() == Source::Stage::open) {
    return true;
  }
  const int error = feed_->open_error();
  if (error == ELOOP) {
    turn.end(
        exit_code::unexpected, Level::critical,
        core::cat(names_.feed, " is not a plain file: remove what stands there, then restart"));
  } else if (error != ENOENT && remedy(DiskDeed::open, error) == Remedy::end_12) {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(failure_text("open", names_.feed, feed_->open_error_text()),
                       ": see to its owner and mode, then restart"));
  } else if (error != ENOENT) {
    turn.note(Level::warning, core::cat(failure_text("open", names_.feed, feed_->open_error_text()),
                                        "; trying again each period"));
  }
  house.sources.forget(turn, *std::exchange(feed_, nullptr));
  not_before_tick_ = true;
  return false;
}

}  // namespace innduct::engine
