// backlog.cc: choosing, reading and removing backlog files.
#include "engine/backlog.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "core/escape.h"
#include "engine/failure.h"

namespace innduct::engine {

// ---------------------------------------------------------------- finding

void Backlog::list(Turn& turn) {
  stage_ = Stage::listing;
  rescan_ = false;
  ripe_at_.reset();
  next_scan_ =
      turn.now.monotonic + in_periods(turn.config.backlog_rescan_interval, turn.config.period);
  op_ = turn.ids.op(Room::backlog);
  turn.actions.add(List{op_, turn.actions.keep(names_.backlog)});
}

void Backlog::choose(Turn& turn, const Listed& listed) {
  stage_ = Stage::idle;
  listed_ = true;
  turn.again = true;
  waiting_ = unreadable_ = 0;
  waiting_bytes_ = 0;
  oldest_.reset();
  chosen_.clear();
  core::WallTime oldest{};
  std::erase_if(aside_, [&](const auto& aside) {
    return std::ranges::find(listed.names, aside.first, &ListedName::name) == listed.names.end();
  });
  for (const ListedName& found : listed.names) {
    if (!names_.is_backlog(found.name)) {
      continue;
    }
    const FileStat& stat = found.target ? *found.target : found.self;
    if (stat.type != FileType::plain) {
      set_aside(turn, std::string(found.name), stat, "it is no plain file, and no link to one");
    }
    if (left_alone(turn, found, stat)) {
      continue;
    }
    ++waiting_;
    waiting_bytes_ += stat.size;
    oldest_ = std::min(oldest_.value_or(stat.modified), stat.modified);
    // A time in the future says nothing: such a file is old enough.
    const core::Duration age = turn.now.wall - stat.modified;
    if (age >= core::Duration::zero() && age < turn.config.earliest_deferred_retry) {
      const auto ripe = turn.now.monotonic + (turn.config.earliest_deferred_retry - age);
      ripe_at_ = ripe_at_ ? std::min(*ripe_at_, ripe) : ripe;
    } else if (chosen_.empty() || stat.modified < oldest) {
      chosen_ = found.name;
      chosen_stat_ = stat;
      oldest = stat.modified;
    }
  }
}

bool Backlog::left_alone(const Turn& turn, const ListedName& found, const FileStat& stat) {
  const auto aside = aside_.find(found.name);
  if (aside == aside_.end()) {
    return false;
  }
  const Aside& known = aside->second;
  const bool changed = !known.stat.same_file(stat) || known.stat.modified != stat.modified;
  if (changed) {
    aside_.erase(aside);
    return false;
  }
  if (known.settled) {
    // Tried again as often as a warning is due: there may be room by then.
    return turn.now.monotonic - known.tried_at < turn.config.stats_log_interval;
  }
  ++unreadable_;
  unreadable_name_ = found.name;
  // A changed mode or owner does not show: each regular look tries once more, and says nothing.
  return known.tried_in == round_ || stat.type != FileType::plain;
}

std::uint64_t Backlog::bytes_left() const {
  const std::uint64_t read = source_ != nullptr ? source_->read_to() : 0;
  return waiting_bytes_ - std::min(read, waiting_bytes_);
}

std::uint64_t Backlog::bytes_read() const {
  return bytes_of_closed_ + (source_ != nullptr ? source_->read_to() : 0);
}

void Backlog::set_aside(Turn& turn, const std::string& name, const FileStat& stat,
                        std::string_view why) {
  const auto known = aside_.find(name);
  const bool said = known != aside_.end() && known->second.stat.same_file(stat) &&
                    known->second.stat.modified == stat.modified;
  aside_[name] = Aside{stat, false, round_, turn.now.monotonic};
  if (!said) {
    turn.note(Level::warning, core::cat("backlog file ", core::escaped(name),
                                        " cannot be read: ", why, "; see to it, or remove it"));
  }
}

// ---------------------------------------------------------------- events

void Backlog::on(Turn& turn, const Event& event) {
  if (const auto* listed = std::get_if<Listed>(&event); listed != nullptr && listed->op == op_) {
    choose(turn, *listed);
  } else if (const auto* statted = std::get_if<Statted>(&event);
             statted != nullptr && statted->op == op_) {
    seen(turn, &statted->stat);
  } else if (const auto* failed = std::get_if<Failed>(&event);
             failed != nullptr && failed->op == op_) {
    if (stage_ == Stage::listing) {
      turn.note(Level::warning,
                core::cat(failure_text("list the backlog files of", names_.feed, failed->text),
                          "; trying again each period"));
      stage_ = Stage::idle;
      listed_ = rescan_ = true;
    } else if (failed->error == ENOENT) {
      seen(turn, nullptr);
    } else {
      turn.note(Level::warning, core::cat(failure_text("look at", chosen_, failed->text),
                                          "; trying again each period"));
      stage_ = Stage::reading;
      look_failed_ = true;
    }
  } else if (const auto end = remove_.on(turn, event)) {
    remove_ended(turn, *end);
  }
}

void Backlog::look(Turn& turn) {
  stage_ = Stage::looking;
  look_failed_ = false;
  op_ = turn.ids.op(Room::backlog);
  turn.actions.add(StatName{op_, turn.actions.keep(chosen_), true});
}

// `stat`: what the name of the file that is being read leads to; null: nothing.
void Backlog::seen(Turn& turn, const FileStat* stat) {
  stage_ = Stage::reading;
  turn.again = true;
  const bool another = stat != nullptr && !stat->same_file(source_->opened_as());
  if (stat == nullptr || (another && turn.config.keeps(Rule::mind_the_name))) {
    if (!std::exchange(gone_, true)) {
      turn.note(Level::notice, core::cat("backlog file ", core::escaped(chosen_),
                                         " was taken away: finishing what is in hand of it"));
    }
    return;
  }
  last_seen_ = *stat;
  if (stat->size > source_->read_to() && turn.config.keeps(Rule::read_what_has_grown)) {
    source_->look_again();
    half_judged_ = false;
  } else if (source_->may_go(turn)) {
    settled_ = true;
  }
}

void Backlog::remove_ended(Turn& turn, const Steps::End& end) {
  if (!end.ok) {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(end.text, ": see to the directory of the feed file, then restart"));
    return;
  }
  turn.note(Level::info, core::cat("backlog file ", core::escaped(chosen_),
                                   " is done: ", source_->pass().entries, " articles"));
  close(turn);
}

void Backlog::close(Turn& turn) {
  source_->close(turn);
  stage_ = Stage::closing;
}

// ---------------------------------------------------------------- reading

void Backlog::work(Turn& turn, Sources& sources, BadLines& bad_lines, Place& queue,
                   bool hold_input) {
  switch (stage_) {
    case Stage::idle:
      idle(turn, sources);
      return;
    case Stage::opening:
      opened(turn, sources);
      return;
    case Stage::reading:
      read(turn, bad_lines, queue, hold_input);
      return;
    case Stage::keeping:
      if (const auto kept = bad_lines.take_result()) {
        kept_bad_lines(turn, *kept);
      }
      return;
    case Stage::closing:
      if (source_->stage() == Source::Stage::closed) {
        bytes_of_closed_ += source_->read_to();
        sources.forget(turn, *std::exchange(source_, nullptr));
        chosen_.clear();
        list(turn);
      }
      return;
    case Stage::listing:
    case Stage::looking:
    case Stage::removing:
      return;
  }
}

void Backlog::idle(Turn& turn, Sources& sources) {
  const bool asked = rescan_ && (turn.tick || !listed_);
  const bool ripe = turn.tick && ripe_at_ && turn.now.monotonic >= *ripe_at_;
  const bool due = turn.tick && turn.now.monotonic >= next_scan_;
  if (!chosen_.empty()) {
    source_ = &sources.open(turn, chosen_, core::Dialect::backlog, true);
    gone_ = settled_ = look_failed_ = half_judged_ = false;
    stage_ = Stage::opening;
  } else if (asked || ripe || due) {
    round_ += due || asked_for_ ? 1 : 0;
    asked_for_ = false;
    list(turn);
  }
}

void Backlog::opened(Turn& turn, Sources& sources) {
  if (source_->stage() == Source::Stage::failed) {
    const int error = source_->open_error();
    if (error != ENOENT && remedy(DiskDeed::open, error) == Remedy::retry) {
      turn.note(Level::warning,
                core::cat(failure_text("open", core::escaped(chosen_), source_->open_error_text()),
                          "; trying again each period"));
    } else if (error != ENOENT) {
      set_aside(turn, chosen_, chosen_stat_, source_->open_error_text());
    }
    sources.forget(turn, *std::exchange(source_, nullptr));
    chosen_.clear();
    stage_ = Stage::idle;
    rescan_ = true;
  } else if (source_->stage() == Source::Stage::open) {
    if (source_->opened_as().type == FileType::plain) {
      turn.note(Level::info, core::cat("reading backlog file ", core::escaped(chosen_), ", ",
                                       source_->opened_as().size, " bytes"));
      stage_ = Stage::reading;
    } else {
      set_aside(turn, chosen_, chosen_stat_, "it is not a plain file");
      close(turn);
    }
    turn.again = true;
  }
}

void Backlog::read(Turn& turn, BadLines& bad_lines, Place& queue, bool hold_input) {
  if (settled_) {
    if (source_->pass().bad == 0 || !turn.config.keeps(Rule::keep_bad_lines)) {
      remove(turn);
    } else if (!bad_lines.busy()) {
      bad_lines.keep(turn, source_->file(), chosen_, core::Dialect::backlog, source_->read_to());
      stage_ = Stage::keeping;
    }
    return;
  }
  if (gone_) {
    if (source_->in_core() == 0 && source_->blanks_written()) {
      close(turn);
    }
    return;
  }
  if (!hold_input) {
    source_->admit(turn, queue, turn.config.queue_per_file_max);
  }
  if (source_->ended() && turn.config.keeps(Rule::last_line_needs_no_newline) &&
      !std::exchange(half_judged_, true) && source_->take_half(turn, queue) == Source::Half::open) {
    source_->refuse_half(turn);
  }
  if (turn.tick || (source_->quiet() && !look_failed_)) {
    look(turn);
  }
}

void Backlog::remove(Turn& turn) {
  stage_ = Stage::removing;
  remove_.begin(turn, Room::backlog, {Step::unlink(chosen_)});
}

void Backlog::kept_bad_lines(Turn& turn, bool kept) {
  if (kept) {
    remove(turn);
  } else {
    aside_[chosen_] = Aside{last_seen_, true, round_, turn.now.monotonic};
    close(turn);
  }
}

}  // namespace innduct::engine
