// feed_moves.cc: asking innd to flush, and the moves of F and F_flushing from name to name.
//
// Each move is a list of steps in the order that durability demands (I3); what a step that fails
// means is decided in one place, steps_ended().
#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"
#include "engine/failure.h"
#include "engine/feed.h"

namespace innduct::engine {

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
      if (state_ == FeedState::flushing && !turn.config.keeps(Rule::new_feed_proves_the_flush)) {
        go(turn, FeedMove::new_feed_seen);
        return;
      }
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
      if (feed_ != nullptr && feed_->stage() != Source::Stage::open) {
        return;  // F may have appeared in the meantime: what becomes of it decides
      }
      if (feed_ != nullptr && nameless_ != nullptr) {
        // One after the other: innd is asked again. But no line will come for a half to be joined
        // to.
        if (half_ == Half::waits) {
          refuse_half(turn, *nameless_);
        }
        return;
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

CommandAnswer Feed::flush(Turn& turn) {
  turn.again = true;
  switch (state_) {
    case FeedState::starting:
    case FeedState::waiting:
      retry_flush_at_ = turn.now.monotonic;
      return {"there is no feed file yet: innd is asked to make one"};
    case FeedState::normal:
      flush_wanted_ = true;
      return {"the feed is being flushed"};
    case FeedState::flushing:
      return {"the feed is being flushed already: innd has not answered yet"};
    case FeedState::flushfail:
      retry_flush_at_ = turn.now.monotonic;
      return {"innd is asked again to flush the feed"};
    case FeedState::separated:
    case FeedState::finishing:
      finish_at_ = turn.now.monotonic;
      return {"the last flush is finished by force: what is left of it becomes backlog"};
    case FeedState::dropping:
      return {"the feed was dropped: there is nothing to flush", false};
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
  rename_to_flushing(turn, Purpose::detach);
}

// A detach that failed behind its link is begun again by a link that is there.
void Feed::rename_to_flushing(Turn& turn, Purpose purpose) {
  const FileStat& ours = feed_->opened_as();
  std::vector<Step> steps{Step::expect_file(Rule::flush_what_was_read, names_.feed, ours)};
  if (purpose == Purpose::detach) {
    steps.push_back(Step::link(names_.feed, names_.flushing));
  }
  steps.push_back(Step::expect_file(Rule::flush_what_was_read, names_.flushing, ours));
  steps.push_back(Step::sync_directory(Rule::sync_flush_link));
  steps.push_back(Step::unlink(names_.feed));
  steps.push_back(Step::sync_directory(Rule::sync_flush_unlink));
  begin(turn, purpose, std::move(steps));
}

void Feed::move_flushing(Turn& turn) {
  std::vector<Step> steps{Step::sync(Rule::sync_flushing_before_move, flushing_->file())};
  rename_to_backlog(steps);
  begin(turn, Purpose::move, std::move(steps));
}

void Feed::rename_to_backlog(std::vector<Step>& steps) const {
  steps.push_back(
      Step::link(names_.flushing, names_.new_backlog(move_time_, flushing_->opened_as().inode)));
  steps.push_back(Step::sync_directory(Rule::sync_link_of_flushing_move));
  steps.push_back(Step::unlink(names_.flushing));
  steps.push_back(Step::sync_directory(Rule::sync_unlink_of_flushing_move));
}

// ---------------------------------------------------------------- how steps end

void Feed::steps_ended(Turn& turn, House& house, const Steps::End& end) {
  using Kind = Step::Kind;
  const Purpose purpose = std::exchange(purpose_, Purpose::none);
  const bool detaching = purpose == Purpose::detach || purpose == Purpose::finish_detach;
  const bool short_of_room = end.error != 0 && remedy(DiskDeed::open, end.error) == Remedy::retry &&
                             end.failed.kind != Kind::unlink;
  turn.again = true;
  if (end.ok) {
    switch (purpose) {
      case Purpose::detach:
      case Purpose::finish_detach:
        flushing_ = std::exchange(feed_, nullptr);
        flushing_->rename(names_.flushing);
        go(turn, FeedMove::flush_due);
        return;
      case Purpose::undo_detach:
        look(turn);
        return;
      case Purpose::remove:
      case Purpose::prove:
        flushing_removed(turn, house, purpose);
        return;
      case Purpose::move:
        turn.note(Level::notice, core::cat("the flush was finished by force: what was left of ",
                                           names_.flushing, " is backlog"));
        house.backlog.rescan();
        close_flushing(turn);
        return;
      case Purpose::sync_and_close:
        close_flushing(turn);
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
    flush_wanted_ = flush_wanted_ || detaching;
    turn.note(Level::warning, core::cat(end.text, "; trying again each period"));
  } else if (end.failed.kind == Kind::expect_absent && end.error == 0) {
    not_before_tick_ = true;  // nothing else is begun while F is looked at
    look(turn);
  } else if (end.failed.kind == Kind::expect_file) {
    // F is not what we read. If it was linked already, the link goes again; then F is looked at.
    const bool wrong_link = end.failed.name == names_.flushing && end.error == 0;
    if (wrong_link && purpose == Purpose::finish_detach) {
      turn.end(exit_code::unexpected, Level::critical,
               core::cat(names_.flushing, " is there, and is not what was ", names_.feed,
                         ": only innduct makes that file; see whose it is, then restart"));
    } else if (wrong_link) {
      // I3: the name that stays may be as young as the one that goes.
      begin(turn, Purpose::undo_detach,
            {Step::sync_directory(Rule::sync_flush_link), Step::unlink(names_.flushing),
             Step::sync_directory(Rule::none)});
    } else {
      look(turn);
    }
  } else if (end.failed.kind == Kind::link && end.error == ENOENT && purpose == Purpose::detach) {
    look(turn);
  } else if (end.failed.kind == Kind::link && end.error == EEXIST && purpose == Purpose::move &&
             !turn.config.keeps(Rule::take_a_free_name)) {
    begin(turn, Purpose::move, {Step::unlink(names_.flushing)});
  } else if (end.failed.kind == Kind::link && end.error == EEXIST && purpose == Purpose::move) {
    move_time_ += std::chrono::seconds(1);
    move_flushing(turn);
  } else if (end.failed.kind == Kind::link && end.error == EEXIST && purpose == Purpose::prove) {
    move_time_ += std::chrono::seconds(1);  // it is proved anew, and moved to that name
  } else if (purpose == Purpose::remove || purpose == Purpose::prove ||
             purpose == Purpose::watch_size) {
    flushing_stays(turn, house, purpose, end);
  } else if (end.failed.kind == Kind::link && end.error == EEXIST) {
    rename_to_flushing(turn, Purpose::finish_detach);
  } else {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(end.text, ": see to the directory of the feed file, then restart"));
  }
}

// F_flushing is settled, and could not be removed.
void Feed::flushing_stays(Turn& turn, House& house, Purpose purpose, const Steps::End& end) {
  using Kind = Step::Kind;
  if (end.error == ENOENT) {
    turn.note(Level::error, core::cat(names_.flushing,
                                      " was taken away: only innduct may do that; nothing of it is "
                                      "lost, since it was settled"));
    flushing_removed(turn, house, purpose);
  } else if (end.failed.kind == Kind::expect_size && end.error == 0 && purpose == Purpose::remove) {
    // It has another size than when its end was read. What that means shows in the next period.
    flushing_->look_again();
    leaving_ = Leaving::no;
    not_before_tick_ = true;
  } else if (end.failed.kind == Kind::prove_unwritten ||
             (end.failed.kind == Kind::expect_size && end.error == 0)) {
    cannot_prove(turn, end);
  } else {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(end.text, ": see to the directory of the feed file, then restart"));
  }
}

void Feed::flushing_removed(Turn& turn, House& house, Purpose purpose) {
  if (purpose == Purpose::remove) {
    close_flushing(turn);
    return;
  }
  if (is_to_be_moved(turn)) {
    house.backlog.rescan();
  }
  flushing_closed_ = not_before_tick_ = false;
  house.sources.forget(turn, *std::exchange(flushing_, nullptr));
}

}  // namespace innduct::engine
