// defer.h: the durable order of a deferral: append, sync, and only then blank; and how the
// defer file becomes a backlog file.
//
//   waiting -> [open] -> append -> fdatasync -> [fsync directory] -> settled in their own files
//
// All deferrals of a turn share one append and one sync, and those of the turns that pass
// meanwhile share the next (I2). When the disk is full nothing is lost: the file is cut back to
// its last whole record, and the articles go back to the queue.
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
#include "engine/steps.h"
#include "engine/turn.h"

namespace innduct::engine {

class Defer {
 public:
  explicit Defer(const Names& names) : names_(names) {}

  // A defer file was found at start: takes it over after cutting a half-written last record.
  void adopt(Turn& turn);

  void on(Turn& turn, const Event& event);
  // Starts what can be started. Entries that could not be recorded are moved to `put_back`.
  void work(Turn& turn, Place& put_back);
  // Asks for the move to a backlog name, when there is anything to move: it begins when the batch
  // under way is recorded, before the next one.
  void move_to_backlog(Turn& turn);

  // Where deferred entries wait: Turn::to_defer is this list.
  Place& waiting() { return waiting_; }
  bool has(const Entries& entries, EntryId id) const {
    return entries.is_in(id, waiting_) || entries.is_in(id, writing_);
  }
  std::size_t in_core() const { return waiting_.size() + writing_.size(); }
  // Bytes of whole records in the file.
  std::uint64_t size() const { return size_; }
  // No entry is being recorded and no move runs.
  bool idle() const { return in_core() == 0 && stage_ == Stage::idle; }
  bool moving() const { return stage_ == Stage::moving; }
  // Every record in the file is of a damaged article.
  bool only_damaged() const { return size_ > 0 && others_ == 0; }
  // True once after each finished move.
  bool take_moved() { return std::exchange(moved_, false); }
  // The file exists, though nothing is recorded in it.
  bool empty_file() const { return file_ && size_ == 0; }

 private:
  enum class Stage : std::uint8_t {
    idle,
    opening,
    appending,
    syncing,
    syncing_directory,
    cutting,
    moving,
    adopting,
    adopt_reading,
    adopt_cutting,
    adopting_later,  // it could not be opened or read: again in the next period
  };

  void append(Turn& turn);
  void recorded(Turn& turn);
  void put_back(Turn& turn, std::string_view why);
  void failed(Turn& turn, const Failed& failed);
  void adopted_tail(Turn& turn, std::string_view tail);
  void take_over(Turn& turn);
  void read_tail(Turn& turn);
  void move_if_wanted(Turn& turn);
  void begin_move(Turn& turn);
  void move_ended(Turn& turn, const Steps::End& end);
  OpId ask(Turn& turn) { return op_ = turn.ids.op(Room::defer); }

  static constexpr std::size_t tail_size = 65536;

  const Names& names_;
  Stage stage_ = Stage::idle;
  FileId file_;
  OpId op_;
  Place waiting_;   // to be recorded
  Place writing_;   // in the batch under way
  Place returned_;  // could not be recorded
  std::uint64_t size_ = 0;
  std::uint64_t batch_size_ = 0;
  std::uint64_t inode_ = 0;
  std::uint64_t others_ = 0;  // records of articles that are not damaged
  bool name_is_durable_ = false;
  bool blocked_ = false;           // the disk was full: not before the next period
  std::uint64_t tail_offset_ = 0;  // adopting: what is being read
  Steps move_;
  std::string target_;
  core::WallTime target_time_{};
  bool move_wanted_ = false;
  bool moved_ = false;
  bool fresh_period_ = true;
};

}  // namespace innduct::engine
