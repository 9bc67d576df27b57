// defer.cc: recording deferrals durably, and the move of the defer file to a backlog name.
#include "engine/defer.h"

#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "engine/failure.h"

namespace innduct::engine {

// ---------------------------------------------------------------- recording

void Defer::work(Turn& turn, Place& put_back) {
  if (turn.tick) {
    blocked_ = false;
    fresh_period_ = true;
  }
  turn.entries.move_all_back(returned_, put_back);
  if (turn.tick && stage_ == Stage::adopting_later) {
    take_over(turn);
  }
  move_if_wanted(turn);
  if (stage_ != Stage::idle || waiting_.empty() || turn.exit) {
    return;
  }
  if (blocked_) {
    turn.entries.move_all_back(waiting_, put_back);
    return;
  }
  turn.entries.move_all_back(waiting_, writing_);
  if (file_) {
    append(turn);
  } else {
    file_ = turn.ids.file();
    name_is_durable_ = false;
    stage_ = Stage::opening;
    turn.actions.add(OpenFile{ask(turn), file_, turn.actions.keep(names_.defer),
                              OpenMode::append_exclusive, false});
  }
}

void Defer::append(Turn& turn) {
  std::size_t size = 0;
  for (EntryId id = writing_.front(); id != no_entry; id = turn.entries.next(id)) {
    size += turn.entries[id].text.size() + 1;
  }
  char* bytes = turn.actions.room(size);
  char* end = bytes;
  for (EntryId id = writing_.front(); id != no_entry; id = turn.entries.next(id)) {
    const Entry& entry = turn.entries[id];
    end += entry.text.copy(end, entry.text.size());
    *end++ = '\n';
    others_ += entry.damaged ? 0 : 1;
  }
  batch_size_ = size;
  stage_ = Stage::appending;
  turn.actions.add(Append{ask(turn), file_, {bytes, size}});
}

void Defer::recorded(Turn& turn) {
  stage_ = Stage::idle;
  for (EntryId id = writing_.front(); id != no_entry; id = writing_.front()) {
    turn.entries.move_back(id, turn.to_settle);  // I1: the record is durable now
  }
  turn.again = true;
}

void Defer::put_back(Turn& turn, std::string_view why) {
  turn.entries.move_all_back(writing_, returned_);
  blocked_ = true;
  if (std::exchange(fresh_period_, false)) {
    turn.note(Level::warning,
              core::cat("cannot record deferred articles in ", names_.defer, ": ", why,
                        "; they stay in their files and are offered again: make room"));
  }
  turn.again = true;
}

// ---------------------------------------------------------------- events

void Defer::on(Turn& turn, const Event& event) {
  if (stage_ == Stage::moving) {
    if (const auto end = move_.on(turn, event)) {
      move_ended(turn, *end);
    }
    return;
  }
  if (const auto* opened = std::get_if<Opened>(&event); opened != nullptr && opened->op == op_) {
    inode_ = opened->stat.inode;
    if (stage_ == Stage::opening) {
      size_ = 0;
      others_ = 0;
      append(turn);
    } else {
      size_ = tail_offset_ = opened->stat.size;
      read_tail(turn);
    }
  } else if (const auto* read = std::get_if<ReadDone>(&event); read != nullptr && read->op == op_) {
    adopted_tail(turn, read->bytes);
  } else if (const auto* done = std::get_if<Done>(&event); done != nullptr && done->op == op_) {
    switch (stage_) {
      case Stage::appending:
        stage_ = Stage::syncing;
        turn.actions.add(Sync{ask(turn), file_});
        break;
      case Stage::syncing:
        size_ += batch_size_;
        if (!name_is_durable_) {
          stage_ = Stage::syncing_directory;
          turn.actions.add(SyncDirectory{ask(turn)});
          break;
        }
        recorded(turn);
        break;
      case Stage::syncing_directory:
        name_is_durable_ = true;
        recorded(turn);
        break;
      case Stage::cutting:
        stage_ = Stage::idle;
        break;
      case Stage::adopt_cutting:
        stage_ = Stage::idle;
        turn.again = true;
        break;
      default:
        core::check(false, "the defer file was asked for what is done");
    }
  } else if (const auto* failure = std::get_if<Failed>(&event);
             failure != nullptr && failure->op == op_) {
    failed(turn, *failure);
  }
}

void Defer::failed(Turn& turn, const Failed& failed) {
  const auto trouble = failure_text("write", names_.defer, failed.text);
  switch (stage_) {
    case Stage::opening:
      if (remedy(DiskDeed::open, failed.error) == Remedy::retry) {
        file_ = {};
        stage_ = Stage::idle;
        put_back(turn, failed.text);
        return;
      }
      break;
    case Stage::appending:
      if (remedy(DiskDeed::append, failed.error) == Remedy::put_back) {
        stage_ = Stage::cutting;
        put_back(turn, failed.text);
        turn.actions.add(Truncate{ask(turn), file_, size_});
        return;
      }
      break;
    case Stage::adopting:
      file_ = {};
      if (failed.error == ENOENT) {
        stage_ = Stage::idle;
        return;
      }
      [[fallthrough]];
    case Stage::adopt_reading:
      if (remedy(file_ ? DiskDeed::read : DiskDeed::open, failed.error) == Remedy::retry) {
        turn.note(Level::warning, core::cat(failure_text("read", names_.defer, failed.text),
                                            "; trying again each period"));
        stage_ = Stage::adopting_later;
        return;
      }
      break;
    default:
      break;
  }
  turn.end(exit_code::world_trouble, Level::error,
           core::cat(trouble, ": check the disk and the owner of the file, then restart"));
}

// ---------------------------------------------------------------- taking over what is found at
// start

void Defer::adopt(Turn& turn) {
  if (stage_ == Stage::idle && !file_) {
    name_is_durable_ = true;  // start-up has synced the directory
    others_ = 1;              // whoever wrote it: not known to be damaged
    take_over(turn);
  }
}

void Defer::take_over(Turn& turn) {
  if (file_) {
    tail_offset_ = size_;
    read_tail(turn);
    return;
  }
  file_ = turn.ids.file();
  stage_ = Stage::adopting;
  turn.actions.add(
      OpenFile{ask(turn), file_, turn.actions.keep(names_.defer), OpenMode::append, false});
}

void Defer::read_tail(Turn& turn) {
  const std::uint64_t size = tail_offset_ < tail_size ? tail_offset_ : tail_size;
  if (size == 0) {
    adopted_tail(turn, {});
    return;
  }
  tail_offset_ -= size;
  stage_ = Stage::adopt_reading;
  turn.actions.add(Read{ask(turn), file_, tail_offset_, static_cast<std::size_t>(size)});
}

// A record that lacks its newline was never synced, so its article's own line still stands.
void Defer::adopted_tail(Turn& turn, std::string_view tail) {
  const auto newline = tail.rfind('\n');
  if (newline == std::string_view::npos && tail_offset_ > 0) {
    read_tail(turn);
    return;
  }
  const std::uint64_t whole = newline == std::string_view::npos ? 0 : tail_offset_ + newline + 1;
  if (whole == size_) {
    stage_ = Stage::idle;
    turn.again = true;
    return;
  }
  turn.note(Level::info,
            core::cat(names_.defer, ": cut a half-written record of ", size_ - whole, " bytes"));
  size_ = whole;
  stage_ = Stage::adopt_cutting;
  turn.actions.add(Truncate{ask(turn), file_, size_});
}

// ---------------------------------------------------------------- becoming a backlog file

void Defer::move_to_backlog(Turn& turn) {
  move_wanted_ = size_ > 0;
  move_if_wanted(turn);
}

void Defer::move_if_wanted(Turn& turn) {
  if (!move_wanted_ || stage_ != Stage::idle || !file_ || turn.exit) {
    return;
  }
  move_wanted_ = false;
  target_time_ = turn.now.wall;
  stage_ = Stage::moving;
  begin_move(turn);
}

void Defer::begin_move(Turn& turn) {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(target_time_).time_since_epoch().count();
  target_ = core::cat(names_.backlog, ".", seconds, ".", inode_);
  std::vector<Step> steps;
  if (file_) {
    steps.push_back(Step::sync(file_));
    steps.push_back(Step::close(std::exchange(file_, {})));
  }
  steps.push_back(Step::link(names_.defer, target_));
  steps.push_back(Step::sync_directory());
  steps.push_back(Step::unlink(names_.defer));
  steps.push_back(Step::sync_directory());
  move_.begin(turn, Room::defer, std::move(steps));
}

void Defer::move_ended(Turn& turn, const Steps::End& end) {
  if (end.ok) {
    turn.note(Level::info, core::cat("deferred articles wait in ", target_));
    stage_ = Stage::idle;
    size_ = 0;
    moved_ = true;
    return;
  }
  if (end.failed.kind == Step::Kind::link && end.error == EEXIST) {
    target_time_ += std::chrono::seconds(1);
    begin_move(turn);
    return;
  }
  if (end.failed.kind == Step::Kind::link && remedy(DiskDeed::open, end.error) == Remedy::retry) {
    // The file is closed but whole; it is opened again, and moved in a later period.
    turn.note(Level::warning, core::cat(end.text, "; trying again each period: make room"));
    take_over(turn);
    return;
  }
  turn.end(exit_code::world_trouble, Level::error,
           core::cat(end.text, ": check the directory of the feed file, then restart"));
}

}  // namespace innduct::engine
