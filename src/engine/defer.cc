// defer.cc: recording deferrals durably, and the move of the defer file to a backlog name.
#include "engine/defer.h"

#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "engine/failure.h"

namespace innduct::engine {

// ---------------------------------------------------------------- recording

void Defer::work(Turn& turn) {
  if (turn.tick) {
    blocked_ = false;
    fresh_period_ = true;
  }
  if (turn.tick && std::exchange(adopt_again_, false)) {
    take_over(turn);
  }
  move_if_wanted(turn);
  if (!ready() || waiting_.empty() || turn.exit) {
    return;
  }
  if (blocked_) {
    turn.entries.move_all_back(waiting_, returned_);
    return;
  }
  turn.entries.move_all_back(waiting_, writing_);
  if (file_.is_open()) {
    append(turn);
  } else {
    file_.open(turn, OpenMode::append_exclusive);
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
  }
  file_.append(turn, {bytes, size});
}

void Defer::recorded(Turn& turn) {
  for (EntryId id = writing_.front(); id != no_entry; id = writing_.front()) {
    turn.trace.article(turn.entries[id], "recorded in ", names_.defer);
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
  if (moving_) {
    if (const auto end = move_.on(turn, event)) {
      move_ended(turn, *end);
    }
  } else if (const auto news = file_.on(turn, event)) {
    heard(turn, *news);
  }
}

void Defer::heard(Turn& turn, const RecordFile::News& news) {
  switch (news.what) {
    case RecordFile::Came::opened:
      if (std::exchange(adopting_, false)) {
        turn.again = true;
      } else {
        append(turn);
      }
      return;
    case RecordFile::Came::not_opened:
      return not_opened(turn, news);
    case RecordFile::Came::recorded:
      return recorded(turn);
    case RecordFile::Came::refused:
      return turn.config.keeps(Rule::record_or_put_back) ? put_back(turn, news.text)
                                                         : recorded(turn);
    case RecordFile::Came::closed:
      return;  // the move closes it
  }
}

void Defer::not_opened(Turn& turn, const RecordFile::News& news) {
  const bool was_opened = file_.is_open();
  if (adopting_ && !was_opened && news.error == ENOENT) {
    adopting_ = false;
  } else if (remedy(was_opened ? DiskDeed::read : DiskDeed::open, news.error) != Remedy::retry) {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(failure_text("write", names_.defer, news.text),
                       ": check the disk and the owner of the file, then restart"));
  } else if (adopting_) {
    adopt_again_ = true;
    turn.note(Level::warning, core::cat(failure_text("read", names_.defer, news.text),
                                        "; trying again each period"));
  } else {
    put_back(turn, news.text);
  }
}

// ---------------------------------------------------------------- what is found at the start

void Defer::adopt(Turn& turn) {
  if (ready() && !file_.is_open()) {
    take_over(turn);
  }
}

void Defer::take_over(Turn& turn) {
  adopting_ = true;
  file_.adopt(turn);
}

// ---------------------------------------------------------------- becoming a backlog file

void Defer::move_to_backlog(Turn& turn) {
  move_wanted_ = size() > 0;
  move_if_wanted(turn);
}

void Defer::move_if_wanted(Turn& turn) {
  if (!move_wanted_ || !ready() || !file_.is_open() || turn.exit) {
    return;
  }
  move_wanted_ = false;
  target_time_ = turn.now.wall;
  moving_ = true;
  begin_move(turn);
}

void Defer::begin_move(Turn& turn) {
  target_ = names_.new_backlog(target_time_, file_.opened_as().inode);
  std::vector<Step> steps;
  if (file_.is_open()) {
    const FileId file = file_.hand_over();
    steps.push_back(Step::sync(Rule::sync_defer_before_move, file));
    steps.push_back(Step::close(file));
  }
  steps.push_back(Step::link(names_.defer, target_));
  steps.push_back(Step::sync_directory(Rule::sync_link_of_defer_move));
  steps.push_back(Step::unlink(names_.defer));
  steps.push_back(Step::sync_directory(Rule::sync_unlink_of_defer_move));
  move_.begin(turn, Room::defer, std::move(steps));
}

void Defer::move_ended(Turn& turn, const Steps::End& end) {
  if (end.ok) {
    turn.note(Level::info, core::cat("deferred articles wait in ", target_));
    moving_ = false;
    moved_ = true;
    return;
  }
  if (end.failed.kind == Step::Kind::link && end.error == EEXIST) {
    if (!turn.config.keeps(Rule::take_a_free_name)) {
      move_.begin(turn, Room::defer, {Step::unlink(names_.defer)});
      return;
    }
    target_time_ += std::chrono::seconds(1);
    begin_move(turn);
    return;
  }
  if (end.failed.kind == Step::Kind::link && remedy(DiskDeed::open, end.error) == Remedy::retry) {
    // The file is closed but whole; it is opened again, and moved in a later period.
    turn.note(Level::warning, core::cat(end.text, "; trying again each period: make room"));
    moving_ = false;
    take_over(turn);
    return;
  }
  turn.end(exit_code::world_trouble, Level::error,
           core::cat(end.text, ": check the directory of the feed file, then restart"));
}

}  // namespace innduct::engine
