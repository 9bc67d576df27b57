// startup.h: what is done before anything is touched: what the last run left is made durable,
// and moves that were cut short are finished.
//
// After a kill, what is found may be only in the page cache; a power cut that follows must not
// be worse than either. So everything that records is synced, and the directory, before the first
// unlink or blank (durability rule 0). A move that was cut short shows by two names of one file:
// identity by device and inode decides, never a link count, never a symbolic link. The table of all
// states is in ARCHITECTURE.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/names.h"
#include "engine/steps.h"
#include "engine/turn.h"

namespace innduct::engine {

class Startup {
 public:
  // What is there when start-up is done.
  struct Found {
    bool feed = false;
    bool flushing = false;
    bool defer = false;
    bool suspects = false;
  };

  explicit Startup(const Names& names) : names_(names) {}

  void begin(Turn& turn);
  // Begins, or begins again, with the next period.
  void begin_at_tick() { stage_ = Stage::waiting; }
  void work(Turn& turn);
  void on(Turn& turn, const Event& event);
  // The answer, once.
  std::optional<Found> take_found() { return std::exchange(found_, std::nullopt); }

 private:
  enum class Stage : std::uint8_t {
    opening,
    syncing,
    closing,
    syncing_directory,
    listing,
    unlinking,
    waiting,
    done
  };

  void open_next(Turn& turn);
  void sync_directory(Turn& turn);
  void list(Turn& turn);
  void listed(Turn& turn, const Listed& listed);
  void failed(Turn& turn, const Failed& failed);
  void finish(Turn& turn);
  std::string about(const Failed& failed) const;
  OpId ask(Turn& turn) { return op_ = turn.ids.op(Room::startup); }

  const Names& names_;
  Stage stage_ = Stage::opening;
  OpId op_;
  FileId file_;
  std::size_t next_ = 0;     // of the files that record
  std::string_view record_;  // the name of the one that is made durable
  Steps unlinks_;
  Found what_;
  std::optional<Found> found_;
};

}  // namespace innduct::engine
