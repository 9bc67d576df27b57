// walk.cc: open, read, read, ..., close.
#include "engine/walk.h"

#include "core/check.h"

namespace innduct::engine {

void Walk::begin(Turn& turn, std::string_view name) {
  core::check(!busy(), "one walk is under way at a time");
  reader_ = core::LineReader(dialect_);
  end_ = {};
  file_ = turn.ids.file();
  turn.actions.add(
      OpenFile{ask(turn, Stage::opening), file_, turn.actions.keep(name), OpenMode::read, false});
}

void Walk::read(Turn& turn) {
  turn.actions.add(Read{ask(turn, Stage::reading), file_, reader_.end(), read_size});
}

void Walk::close(Turn& turn) {
  // What stands at the end without a newline counts as a line.
  reader_.feed("\n");
  turn.actions.add(CloseFile{ask(turn, Stage::closing), file_});
}

std::optional<Walk::End> Walk::step(Turn& turn, const Event& event) {
  if (const auto* opened = std::get_if<Opened>(&event); opened != nullptr && opened->op == op_) {
    end_.stat = opened->stat;
    read(turn);
  } else if (const auto* bytes = std::get_if<ReadDone>(&event);
             bytes != nullptr && bytes->op == op_) {
    reader_.feed(bytes->bytes);
    bytes->bytes.size() == read_size ? read(turn) : close(turn);
  } else if (const auto* done = std::get_if<Done>(&event); done != nullptr && done->op == op_) {
    stage_ = Stage::idle;
    return std::move(end_);
  } else if (const auto* failed = std::get_if<Failed>(&event);
             failed != nullptr && failed->op == op_) {
    end_.error = stage_ == Stage::closing ? end_.error : failed->error;
    end_.text = stage_ == Stage::closing ? end_.text : std::string(failed->text);
    if (stage_ == Stage::reading) {
      close(turn);
      return {};
    }
    stage_ = Stage::idle;
    return std::move(end_);
  }
  return {};
}

}  // namespace innduct::engine
