// feed.cc: what the feed does whatever its state: looking at F, asking innd, moving files.
#include "engine/feed.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "core/duration.h"
#include "core/escape.h"
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
      flushing_->look_again();  // innd has written its last line to it by now
      finish_at_ =
          turn.now.monotonic + in_periods(turn.config.flush_finish_timeout, turn.config.period);
      // What innd has made is durable only when somebody syncs it, and innd does not.
      begin(turn, Purpose::keep_name, {Step::sync_directory()});
      break;
    case FeedState::finishing:
      watch(turn, feed_);
      break;
    case FeedState::dropping:
      request_.forget(turn);
      flush_wanted_ = looked_last_ = flushing_closed_ = false;
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
    if (source != nullptr && source->stage() == Source::Stage::open && (turn.tick || poll)) {
      source->look_again();
      if (turn.tick && turn.config.sync_feed) {
        source->sync(turn);
      }
    }
  }
  if (const auto answer = request_.timed_out(turn)) {
    answered(turn, *answer);
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
        open_feed(turn, house, false);
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
      looked_last_ = stat == nullptr;
      if (stat == nullptr || leaving_ != Leaving::no || flushing_closed_ || steps_.running()) {
        return;
      }
      turn.note(Level::notice, "the feed was begun again: going on");
      if (flushing_ != nullptr) {
        go(turn, FeedMove::begun_again);
      } else if (feed_ == nullptr) {
        open_feed(turn, house, nameless_ != nullptr);
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
    gone_ = false;
    check_length(turn, house, *stat);
    return;
  }
  if (state_ != FeedState::normal || nameless_ != nullptr) {
    return;  // seen again when F_flushing is done
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
  open_feed(turn, house, true);
}

void Feed::check_length(Turn& turn, House& house, const FileStat& stat) {
  if (stat.size >= feed_->read_to()) {
    return;
  }
  turn.note(Level::error,
            core::cat(names_.feed, " was made shorter, from ", feed_->read_to(), " to ", stat.size,
                      " bytes: what was cut off is lost to this feed; reading it from its start"));
  forget_entries(turn, house, *feed_);
  feed_->start_over();
}

void Feed::open_feed(Turn& turn, House& house, bool held) {
  feed_ = &house.sources.open(turn, names_.feed, core::Dialect::feed, false);
  feed_->hold(held);
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
  house.sources.forget(*std::exchange(feed_, nullptr));
  not_before_tick_ = true;
  return false;
}

// ---------------------------------------------------------------- innd

void Feed::ask_innd(Turn& turn) {
  retry_flush_at_ =
      turn.now.monotonic + in_periods(turn.config.flush_retry_interval, turn.config.period);
  request_.ask(turn);
}

void Feed::answered(Turn& turn, const FlushRequest::Answer& answer) {
  turn.again = true;
  const bool asked_for = state_ == FeedState::waiting || state_ == FeedState::flushing ||
                         (state_ == FeedState::normal && gone_);
  if (!asked_for) {
    return;
  }
  switch (answer.outcome) {
    case FlushOutcome::ok:
      if (state_ == FeedState::flushing && std::exchange(ok_without_feed_, true)) {
        flush_failed(
            turn,
            core::cat(
                "innd says Ok but makes no new ", names_.feed, ": is ", turn.config.site,
                " the name of the feed in newsfeeds (not a member of a funnel), with this file?"));
      }
      look(turn);
      return;
    case FlushOutcome::no_such_site:
      if (state_ == FeedState::waiting && feed_ != nullptr) {
        return;  // F has appeared in the meantime: what becomes of it decides
      }
      go(turn, FeedMove::no_such_site);
      return;
    case FlushOutcome::unreachable:
    case FlushOutcome::unknown:
    case FlushOutcome::refused:
      flush_failed(turn, answer.text);
      return;
  }
}

void Feed::flush_failed(Turn& turn, std::string_view why) {
  if (last_problem_ != why) {
    last_problem_ = why;
    turn.note(Level::warning,
              core::cat("cannot flush the feed: ", core::escaped(why), "; trying again every ",
                        core::to_text(turn.config.flush_retry_interval)));
  }
  if (state_ == FeedState::flushing) {
    go(turn, FeedMove::flush_failed);
  }
}

std::string Feed::flush(Turn& turn) {
  turn.again = true;
  switch (state_) {
    case FeedState::starting:
    case FeedState::waiting:
      retry_flush_at_ = turn.now.monotonic;
      return "there is no feed file yet: innd is asked to make one";
    case FeedState::normal:
      flush_wanted_ = true;
      return "the feed is being flushed";
    case FeedState::flushing:
      return "the feed is being flushed already: innd has not answered yet";
    case FeedState::flushfail:
      retry_flush_at_ = turn.now.monotonic;
      return "innd is asked again to flush the feed";
    case FeedState::separated:
    case FeedState::finishing:
      finish_at_ = turn.now.monotonic;
      return "the last flush is finished by force: what is left of it becomes backlog";
    case FeedState::dropping:
      return "the feed was dropped: there is nothing to flush";
  }
  return {};
}

bool Feed::flush_is_due(const Turn& turn) const {
  if (feed_ == nullptr || feed_->held() || nameless_ != nullptr || gone_ || steps_.running() ||
      not_before_tick_) {
    return false;
  }
  const auto between = std::min<core::Duration>(std::chrono::seconds(10), turn.config.period);
  const bool by_size = feed_->read_to() > turn.config.flush_size_bytes &&
                       turn.now.monotonic - last_flush_ >= between;
  const bool by_age =
      turn.tick && turn.now.monotonic - fed_since_ >=
                       in_periods(turn.config.max_flush_interval, turn.config.period);
  return flush_wanted_ || by_size || by_age;
}

void Feed::detach(Turn& turn) {
  flush_wanted_ = false;
  last_flush_ = turn.now.monotonic;
  begin(
      turn, Purpose::detach,
      {Step::expect_file(names_.feed, feed_->opened_as()), Step::link(names_.feed, names_.flushing),
       Step::expect_file(names_.flushing, feed_->opened_as()), Step::sync_directory(),
       Step::unlink(names_.feed), Step::sync_directory()});
}

void Feed::move_flushing(Turn& turn) {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(move_time_).time_since_epoch().count();
  const std::string target =
      core::cat(names_.backlog, ".", seconds, ".", flushing_->opened_as().inode);
  begin(turn, Purpose::move,
        {Step::sync(flushing_->file()), Step::link(names_.flushing, target), Step::sync_directory(),
         Step::unlink(names_.flushing), Step::sync_directory()});
}

// ---------------------------------------------------------------- how steps end

void Feed::steps_ended(Turn& turn, House& house, const Steps::End& end) {
  using Kind = Step::Kind;
  const Purpose purpose = std::exchange(purpose_, Purpose::none);
  const bool short_of_room = end.error != 0 && remedy(DiskDeed::open, end.error) == Remedy::retry &&
                             end.failed.kind != Kind::unlink;
  turn.again = true;
  if (end.ok) {
    switch (purpose) {
      case Purpose::detach:
        flushing_ = std::exchange(feed_, nullptr);
        flushing_->rename(names_.flushing);
        go(turn, FeedMove::flush_due);
        return;
      case Purpose::undo_detach:
        look(turn);
        return;
      case Purpose::remove:
        leaving_ = Leaving::closing;
        flushing_->close(turn);
        return;
      case Purpose::move:
        turn.note(Level::notice, core::cat("the flush was finished by force: what was left of ",
                                           names_.flushing, " is backlog"));
        house.backlog.rescan();
        leaving_ = Leaving::closing;
        flushing_->close(turn);
        return;
      case Purpose::prove:
        flushing_closed_ = false;
        house.sources.forget(*std::exchange(flushing_, nullptr));
        file_done_ = true;
        return;
      case Purpose::leave:
        finished_ = true;
        turn.end(exit_code::feed_dropped, Level::notice,
                 "the feed was dropped, and all of it was offered: done");
        return;
      case Purpose::watch_size:
        not_before_tick_ = true;
        return;
      case Purpose::keep_name:
      case Purpose::none:
        return;
    }
  }
  if (turn.exit) {
    return;
  }
  if (short_of_room) {
    not_before_tick_ = true;
    leaving_ = Leaving::no;
    flush_wanted_ = flush_wanted_ || purpose == Purpose::detach;
    turn.note(Level::warning, core::cat(end.text, "; trying again each period"));
  } else if (end.failed.kind == Kind::expect_file) {
    // F is not what we read. If it was linked already, the link goes again; then F is looked at.
    if (end.failed.name == names_.flushing && end.error == 0) {
      begin(turn, Purpose::undo_detach, {Step::unlink(names_.flushing), Step::sync_directory()});
    } else {
      look(turn);
    }
  } else if (end.failed.kind == Kind::link && end.error == ENOENT && purpose == Purpose::detach) {
    look(turn);
  } else if (end.failed.kind == Kind::link && end.error == EEXIST && purpose == Purpose::move) {
    move_time_ += std::chrono::seconds(1);
    move_flushing(turn);
  } else if (end.failed.kind == Kind::expect_size && purpose == Purpose::remove) {
    flushing_->look_again();  // it has grown since its end was read
    leaving_ = Leaving::no;
  } else if (end.failed.kind == Kind::expect_size || end.failed.kind == Kind::prove_unwritten) {
    cannot_prove(turn, end);
  } else if (end.failed.kind == Kind::link && end.error == EEXIST) {
    turn.end(exit_code::unexpected, Level::critical,
             core::cat(end.text, ": only innduct makes that file; see whose it is, then restart"));
  } else {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(end.text, ": see to the directory of the feed file, then restart"));
  }
}

}  // namespace innduct::engine
