// feed_states.cc: what the feed does in each of its states.
#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "core/duration.h"
#include "engine/failure.h"
#include "engine/feed.h"

namespace innduct::engine {

// What start-up found is being opened. Here gone_ says that start-up saw no F.
void Feed::starting(Turn& turn, House& house) {
  Source*& source = flushing_ != nullptr ? flushing_ : feed_;
  if (source == nullptr || source->stage() == Source::Stage::opening) {
    return;
  }
  const bool opened = source->stage() == Source::Stage::open;
  const int error = source->open_error();
  if (!opened && (error == ENOENT || remedy(DiskDeed::open, error) == Remedy::retry)) {
    turn.note(Level::warning,
              core::cat(failure_text("open", source->name(), source->open_error_text()),
                        "; starting again in the next period"));
    house.sources.forget(turn, *std::exchange(source, nullptr));
    restart_ = true;
    return;
  }
  if (!opened || source->opened_as().type != FileType::plain) {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(failure_text("open", source->name(), source->open_error_text()),
                       ": see to its owner and mode, then restart"));
    return;
  }
  const bool feed_is_there = !std::exchange(gone_, false);
  if (flushing_ == nullptr) {
    go(turn, FeedMove::found_feed);
  } else {
    go(turn, feed_is_there ? FeedMove::found_both : FeedMove::found_flushing);
  }
}

void Feed::waiting(Turn& turn, House& house) {
  if (feed_is_open(turn, house)) {
    go(turn, FeedMove::feed_appeared);
  } else if (feed_ == nullptr && turn.now.monotonic >= retry_flush_at_) {
    ask_innd(turn);
  }
}

void Feed::normal(Turn& turn, House& house) {
  if (nameless_ != nullptr) {
    leave_replaced(turn, house, *nameless_);
    finish_nameless(turn, house);
  }
  const bool vanished = feed_has_vanished();
  if (feed_ != nullptr && !feed_is_open(turn, house)) {
    if (vanished && !std::exchange(gone_, true)) {
      turn.note(Level::error, core::cat(names_.feed,
                                        " was taken away: only innduct may do that; asking innd "
                                        "for another"));
      ask_innd(turn);
    }
    return;
  }
  if (feed_ == nullptr) {
    if (gone_ && turn.now.monotonic >= retry_flush_at_) {
      ask_innd(turn);
    }
    if (turn.tick) {
      open_feed(turn, house);
    }
    return;
  }
  watch(turn, feed_);
  admit(turn, house, feed_);
  if (gone_ && turn.tick && turn.now.monotonic >= retry_flush_at_) {
    ask_innd(turn);
  }
  if (flush_is_due(turn)) {
    detach(turn);
  }
}

void Feed::flushing_state(Turn& turn, House& house) {
  admit(turn, house, flushing_);
  if (state_ == FeedState::flushfail && turn.now.monotonic >= retry_flush_at_) {
    go(turn, FeedMove::flush_again);
  }
}

void Feed::separated(Turn& turn, House& house) {
  if (turn.now.monotonic >= finish_at_) {
    expire(turn, house);
  }
  admit(turn, house, flushing_);
  if (steps_.running() || not_before_tick_) {
    return;
  }
  if (feed_ == nullptr) {
    open_feed(turn, house);  // read later, but made durable from now on (rule 7)
    return;
  }
  const bool vanished = feed_has_vanished();
  if (feed_is_open(turn, house) ||
      (vanished && !turn.config.keeps(Rule::new_feed_proves_the_flush))) {
    if (flushing_->ended()) {
      go(turn, FeedMove::flushing_read);
    }
  } else if (vanished) {
    go(turn, FeedMove::feed_gone);
  }
}

void Feed::finishing(Turn& turn, House& house) {
  // F may have been opened anew.
  if (feed_ == nullptr && !gone_) {
    if (turn.tick) {
      open_feed(turn, house);
    }
    return;
  }
  const bool vanished = feed_has_vanished();
  if (feed_ != nullptr && !feed_is_open(turn, house)) {
    gone_ = gone_ || vanished;
    turn.again = turn.again || vanished;
    return;
  }
  settle_half(turn, house, *flushing_);
  leave_replaced(turn, house, *flushing_);
  if (turn.now.monotonic >= finish_at_ && leaving_ == Leaving::no) {
    expire(turn, house);
  }
  admit(turn, house, feed_);
  admit(turn, house, flushing_);
  leave_flushing(turn, house);
}

// ---------------------------------------------------------------- the end of an old file

void Feed::settle_half(Turn& turn, House& house, Source& old) {
  if (half_ == Half::settled || !old.ended()) {
    return;
  }
  if (half_ == Half::unknown) {
    half_ = old.take_half(turn, queue(house)) == Source::Half::open ? Half::waits : Half::settled;
  }
  const bool rest_may_come = feed_ != nullptr && feed_->held() && state_ != FeedState::dropping &&
                             turn.config.keeps(Rule::half_waits);
  if (half_ == Half::waits && rest_may_come) {
    if (feed_->stage() != Source::Stage::open || !feed_->first_line()) {
      return;
    }
    if (feed_->join_first_line(turn, old, queue(house))) {
      half_ = Half::settled;
      joined_ = true;
      turn.note(Level::notice, core::cat("a line that was cut between ", old.name(), " and ",
                                         names_.feed, " was joined"));
    }
  }
  if (half_ == Half::waits) {
    refuse_half(turn, old);
  }
  if (feed_ != nullptr) {
    feed_->hold(false);
  }
  turn.again = true;
}

// F_flushing takes too long: what is left of it shall become backlog.
void Feed::expire(Turn& turn, House& house) {
  const bool half_waits = half_ == Half::waits && turn.config.keeps(Rule::half_stays);
  if (half_waits) {
    // Its last line is not whole yet, so it cannot be moved; only what is stuck is freed.
    if (!std::exchange(half_is_late_, true)) {
      turn.note(Level::warning,
                core::cat("finishing ", names_.flushing,
                          " takes too long, and the rest of its last line has not come: closing "
                          "the connections that hold its articles, each time the timeout is over"));
    }
    house.offers.withdraw(turn, flushing_->slot());
    finish_at_ =
        turn.now.monotonic + in_periods(turn.config.flush_finish_timeout, turn.config.period);
    return;
  }
  half_ = half_ == Half::waits ? Half::settled : half_;
  if (!flushing_->given_up()) {
    turn.note(Level::warning, core::cat("finishing ", names_.flushing,
                                        " takes too long: what is left of it becomes backlog"));
    flushing_->give_up();
  }
  abandon_entries(turn, house, *flushing_);
}

// F_flushing goes when nothing of it is left; or, given up, to a backlog name.
void Feed::leave_flushing(Turn& turn, House& house) {
  switch (leaving_) {
    case Leaving::no: {
      const bool feed_is_blanked = !joined_ || feed_ == nullptr || feed_->blanks_written();
      if (steps_.running() || not_before_tick_ || half_ != Half::settled ||
          !flushing_->may_go(turn) || !feed_is_blanked) {
        return;
      }
      if (flushing_->given_up() || flushing_->pass().bad == 0 ||
          !turn.config.keeps(Rule::keep_bad_lines)) {
        part_with_flushing(turn);
      } else if (!house.bad_lines.busy()) {
        leaving_ = Leaving::keeping_bad_lines;
        house.bad_lines.keep(turn, flushing_->file(), names_.flushing, core::Dialect::feed,
                             flushing_->read_to());
      }
      return;
    }
    case Leaving::keeping_bad_lines:
      if (steps_.running()) {
        return;  // the name of a new F is being made sure
      }
      if (const auto kept = house.bad_lines.take_result()) {
        if (!*kept) {
          flushing_->give_up();
        }
        if (flushing_->may_go(turn)) {
          part_with_flushing(turn);
        } else {
          leaving_ = Leaving::no;  // it has grown in the meantime
        }
      }
      return;
    case Leaving::stepping:
      return;
    case Leaving::closing:
      if (flushing_->stage() == Source::Stage::closed) {
        flushing_left(turn, house);
      }
      return;
  }
}

bool Feed::is_to_be_moved(const Turn& turn) const {
  const bool since_the_last_move = finish_at_ >= entered_;
  return flushing_->given_up() &&
         (since_the_last_move || turn.config.keeps(Rule::move_what_was_given_up));
}

void Feed::part_with_flushing(Turn& turn) {
  leaving_ = Leaving::stepping;
  const bool moved = is_to_be_moved(turn);
  if (moved) {
    move_time_ = turn.now.wall;
  }
  if (state_ == FeedState::dropping) {
    // Our own descriptor can write, too: it must be closed before anything can be proved.
    flushing_size_ = flushing_->read_to();
    if (moved) {
      begin(turn, Purpose::sync_and_close,
            {Step::sync(Rule::sync_flushing_before_move, flushing_->file())});
    } else {
      close_flushing(turn);
    }
  } else if (moved) {
    move_flushing(turn);
  } else {
    begin(turn, Purpose::remove,
          {Step::expect_size(Rule::read_what_has_grown, names_.flushing, flushing_->read_to()),
           Step::unlink(names_.flushing)});
  }
}

void Feed::close_flushing(Turn& turn) {
  leaving_ = Leaving::closing;
  flushing_->close(turn);
}

// F_flushing is closed, and no longer has its name; in DROPPING it still has.
void Feed::flushing_left(Turn& turn, House& house) {
  const bool moved = is_to_be_moved(turn);
  leaving_ = Leaving::no;
  turn.again = true;
  if (state_ == FeedState::dropping) {
    flushing_closed_ = true;
    not_before_tick_ = false;
    return;
  }
  house.sources.forget(turn, *std::exchange(flushing_, nullptr));
  go(turn, moved ? FeedMove::flushing_moved : FeedMove::flushing_done);
}

void Feed::finish_nameless(Turn& turn, House& house) {
  admit(turn, house, nameless_);
  settle_half(turn, house, *nameless_);
  const bool feed_is_blanked = !joined_ || feed_ == nullptr || feed_->blanks_written();
  if (half_ == Half::settled && nameless_->stage() == Source::Stage::open && nameless_->quiet() &&
      feed_is_blanked) {
    house.sources.discard(turn, *std::exchange(nameless_, nullptr));
    turn.again = true;
  }
}

// ---------------------------------------------------------------- a dropped feed

void Feed::dropping(Turn& turn, House& house) {
  if (feed_ != nullptr) {
    if (feed_is_open(turn, house)) {
      go(turn, FeedMove::feed_appeared);
    }
    return;
  }
  if (nameless_ != nullptr) {
    finish_nameless(turn, house);
  } else if (flushing_ != nullptr) {
    dropping_flushing(turn, house);
  } else {
    dropping_rest(turn, house);
  }
}

void Feed::dropping_flushing(Turn& turn, House& house) {
  if (!flushing_closed_) {
    admit(turn, house, flushing_);
    settle_half(turn, house, *flushing_);
    if (flushing_->given_up()) {
      abandon_entries(turn, house, *flushing_);
    }
    leave_flushing(turn, house);
    return;
  }
  if (steps_.running() || (not_before_tick_ && !let_go_)) {
    return;
  }
  const Step same_size = Step::expect_size(Rule::none, names_.flushing, flushing_size_);
  const bool rest = unprovable_since_ &&
                    turn.now.monotonic - *unprovable_since_ < turn.config.max_flush_interval &&
                    turn.config.keeps(Rule::rest_when_unprovable);
  if (rest && !let_go_) {
    begin(turn, Purpose::watch_size, {same_size});
    return;
  }
  std::vector<Step> steps;
  if (!unprovable_since_ && !let_go_) {
    steps.push_back(Step::prove_unwritten(Rule::prove_unwritten, names_.flushing));
  }
  steps.push_back(same_size);
  if (is_to_be_moved(turn)) {
    rename_to_backlog(steps);
  } else {
    steps.push_back(Step::unlink(names_.flushing));
  }
  begin(turn, Purpose::prove, std::move(steps));
}

// Somebody may still write to F_flushing, so it cannot be removed yet.
void Feed::cannot_prove(Turn& turn, const Steps::End& end) {
  const bool grown = end.failed.kind == Step::Kind::expect_size;
  const bool somebody_writes = !grown && end.error == EAGAIN;
  if (somebody_writes) {
    ++writers_seen_;
  }
  if (grown || writers_seen_ >= 3) {
    turn.end(exit_code::unexpected, Level::critical,
             core::cat("innd says that there is no site ", turn.config.site,
                       ", and yet somebody writes to ", names_.flushing, ": is ", turn.config.site,
                       " the name in newsfeeds? Correct the name, then restart"));
    return;
  }
  if (!somebody_writes && !unprovable_since_) {
    unprovable_since_ = turn.now.monotonic;
    turn.note(Level::warning,
              core::cat(end.text, "; keeping ", names_.flushing, " until it has not grown for ",
                        core::to_text(turn.config.max_flush_interval)));
  }
  not_before_tick_ = true;
}

void Feed::dropping_rest(Turn& turn, House& house) {
  const bool backlog_is_done =
      house.backlog.none_left() || !turn.config.keeps(Rule::end_after_backlog);
  if (steps_.running() || finished_ || not_before_tick_ || turn.entries.size() > 0 ||
      !house.sources.none_open() || !house.defer.idle() || !house.quarantine.idle() ||
      !backlog_is_done) {
    return;
  }
  if (house.backlog.unreadable() > 0 && turn.config.keeps(Rule::end_after_unreadable)) {
    if (turn.now.monotonic >= next_warning_) {
      next_warning_ = turn.now.monotonic + turn.config.stats_log_interval;
      turn.note(Level::warning, core::cat("the dropped feed is done but for backlog file ",
                                          house.backlog.unreadable_name(),
                                          ", which cannot be read: see to it, or remove it"));
    }
    return;
  }
  if (house.defer.size() > 0) {
    return;  // it becomes a backlog file at the next period
  }
  if (!std::exchange(last_look_, true) && turn.config.keeps(Rule::end_after_backlog)) {
    house.backlog.look_once_more();  // people may have put a batch there in the meantime
    turn.again = true;
    return;
  }
  if (house.quarantine.articles() > 0) {
    turn.note(Level::warning, core::cat(house.quarantine.articles(), " articles are left in ",
                                        names_.quarantine, ": they are yours to judge"));
  }
  // It may have been begun again.
  std::vector<Step> steps{Step::expect_absent(Rule::look_before_the_end, names_.feed)};
  if (house.defer.empty_file()) {
    steps.push_back(Step::unlink(names_.defer));
  }
  steps.push_back(Step::unlink(names_.suspects));
  steps.push_back(Step::unlink(names_.inflight));
  steps.push_back(Step::unlink(names_.lock));
  begin(turn, Purpose::leave, std::move(steps));
}

}  // namespace innduct::engine
