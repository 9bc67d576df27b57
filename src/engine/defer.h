// defer.h: the durable order of a deferral: append, sync, and only then blank; and how the
// defer file becomes a backlog file.
//
//   waiting -> recorded in F_defer (record_file.h) -> settled in their own files
//
// All deferrals of a turn share one append and one sync, and those of the turns that pass
// meanwhile share the next (I2). When the disk is full nothing is lost: the articles go back to the
// queue.
//
// The move to a backlog name: sync, close, link, fsync directory, unlink, fsync directory (I3).
// While it runs new deferrals wait in core, their lines unblanked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "engine/entries.h"
#include "engine/names.h"
#include "engine/record_file.h"
#include "engine/steps.h"
#include "engine/turn.h"

namespace innduct::engine {

class Defer {
 public:
  explicit Defer(const Names& names) : names_(names), file_(Room::defer, names.defer) {}

  // A defer file was found at start: takes it over after cutting a half-written last record.
  void adopt(Turn& turn);

  void on(Turn& turn, const Event& event);
  // Starts what can be started.
  void work(Turn& turn);
  // Entries that could not be recorded: to be taken away, and offered again later.
  Place& returned() { return returned_; }
  // Asks for the move to a backlog name, when there is anything to move: it begins when the batch
  // under way is recorded, before the next one.
  void move_to_backlog(Turn& turn);

  // Where deferred entries wait: Turn::to_defer is this list.
  Place& waiting() { return waiting_; }
  bool has(const Entries& entries, EntryId id) const {
    return entries.is_in(id, waiting_) || entries.is_in(id, writing_);
  }
  std::size_t in_core() const { return waiting_.size() + writing_.size() + returned_.size(); }
  // Bytes of whole records in the file.
  std::uint64_t size() const { return file_.size(); }
  // No entry is being recorded and no move runs.
  bool idle() const { return in_core() == 0 && ready(); }
  bool moving() const { return moving_; }
  // True once after each finished move.
  bool take_moved() { return std::exchange(moved_, false); }
  // The file exists, though nothing is recorded in it.
  bool empty_file() const { return file_.is_open() && size() == 0; }

 private:
  // The file may be written to: it is known how it ends, and it is not being moved.
  bool ready() const { return file_.idle() && !adopting_ && !moving_; }
  void append(Turn& turn);
  void heard(Turn& turn, const RecordFile::News& news);
  void not_opened(Turn& turn, const RecordFile::News& news);
  void recorded(Turn& turn);
  void put_back(Turn& turn, std::string_view why);
  void take_over(Turn& turn);
  void move_if_wanted(Turn& turn);
  void begin_move(Turn& turn);
  void move_ended(Turn& turn, const Steps::End& end);

  const Names& names_;
  RecordFile file_;
  Place waiting_;         // to be recorded
  Place writing_;         // in the batch under way
  Place returned_;        // could not be recorded
  bool blocked_ = false;  // the disk was full: not before the next period
  bool fresh_period_ = true;
  bool adopting_ = false;     // how the file ends is not known yet
  bool adopt_again_ = false;  // it could not be opened or read: again in the next period
  Steps move_;
  bool moving_ = false;
  std::string target_;
  core::WallTime target_time_{};
  bool move_wanted_ = false;
  bool moved_ = false;
};

}  // namespace innduct::engine
