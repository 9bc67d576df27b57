// walk.h: a file that is read once, from its first line to its last, by its name; nothing of it is
// kept, and nothing is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/line_reader.h"
#include "engine/turn.h"

namespace innduct::engine {

class Walk {
 public:
  // `owner` is told of the answers, and hands them to on().
  Walk(Room owner, core::Dialect dialect) : owner_(owner), dialect_(dialect), reader_(dialect) {}

  // How it ended.
  struct End {
    int error = 0;     // errno of what could not be opened or read; 0: all was read
    std::string text;  // what the system calls it
    FileStat stat;     // the file as it was when it was opened
  };

  // Begins. Requires that none is under way.
  void begin(Turn& turn, std::string_view name);
  bool busy() const { return stage_ != Stage::idle; }
  // Takes an event, and calls visit(piece, records) for each line, or piece of a monstrous line,
  // that came with it. Tells how the walk ended, if it did with this event.
  template <class Visit>
  std::optional<End> on(Turn& turn, const Event& event, Visit visit) {
    const auto end = step(turn, event);
    while (const auto piece = reader_.next(records_)) {
      visit(*piece, std::as_const(records_));
    }
    return end;
  }

 private:
  enum class Stage : std::uint8_t { idle, opening, reading, closing };

  std::optional<End> step(Turn& turn, const Event& event);
  void read(Turn& turn);
  void close(Turn& turn);
  OpId ask(Turn& turn, Stage stage) {
    stage_ = stage;
    return op_ = turn.ids.op(owner_);
  }

  static constexpr std::size_t read_size = 65536;

  Room owner_;
  core::Dialect dialect_;
  Stage stage_ = Stage::idle;
  OpId op_;
  FileId file_;
  core::LineReader reader_;
  std::vector<core::Record> records_;
  End end_;
};

}  // namespace innduct::engine
