// bad_lines.cc: one pass over a file that is otherwise settled.
#include "engine/bad_lines.h"

#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "engine/failure.h"

namespace innduct::engine {

void BadLines::keep(Turn& turn, FileId from, std::string_view name, core::Dialect dialect,
                    std::uint64_t size) {
  core::check(!busy(), "the bad lines of one file are kept at a time");
  from_ = from;
  from_name_ = name;
  from_size_ = size;
  read_to_ = 0;
  dialect_ = dialect;
  reader_ = core::LineReader(dialect);
  batch_.clear();
  in_bad_line_ = false;
  result_.reset();
  bad_ = turn.ids.file();
  stage_ = Stage::opening;
  turn.actions.add(
      OpenFile{ask(turn), bad_, turn.actions.keep(names_.bad), OpenMode::append_or_create, false});
}

void BadLines::read(Turn& turn) {
  stage_ = Stage::reading;
  turn.actions.add(Read{ask(turn), from_, read_to_, read_size});
}

void BadLines::collect(Turn& turn, std::string_view bytes) {
  const bool last = bytes.size() < read_size || read_to_ + bytes.size() >= from_size_;
  read_to_ += bytes.size();
  reader_.feed(bytes);
  if (last && !bytes.ends_with('\n')) {
    reader_.feed("\n");  // what stands there without a newline is judged as a line
  }
  while (const auto piece = reader_.next(records_)) {
    const bool whole = piece->starts_line && piece->ends_line;
    const bool bad =
        whole ? piece->kind == core::LineKind::bad : piece->kind != core::LineKind::settled;
    in_bad_line_ = bad || (in_bad_line_ && !piece->starts_line);
    if (in_bad_line_) {
      batch_ += piece->text;
      batch_.append(piece->ends_line ? 1 : 0, '\n');
    }
  }
  if (bad_size_ + batch_.size() > size_max) {
    turn.note(Level::warning,
              core::cat(from_name_, ": bad lines are left in it, since ", names_.bad, " is full (",
                        size_max, " bytes): look at that file and remove it"));
    finish(turn, false);
  } else if (!last) {
    read(turn);
  } else if (batch_.empty()) {
    finish(turn, true);
  } else {
    write(turn);
  }
}

void BadLines::write(Turn& turn) {
  stage_ = Stage::appending;
  turn.actions.add(Append{ask(turn), bad_, turn.actions.keep(batch_)});
}

void BadLines::finish(Turn& turn, bool kept) {
  kept_ = kept;
  stage_ = Stage::closing;
  turn.actions.add(CloseFile{ask(turn), bad_});
}

void BadLines::on(Turn& turn, const Event& event) {
  if (const auto* opened = std::get_if<Opened>(&event); opened != nullptr && opened->op == op_) {
    bad_size_ = opened->stat.size;
    read(turn);
  } else if (const auto* bytes = std::get_if<ReadDone>(&event);
             bytes != nullptr && bytes->op == op_) {
    collect(turn, bytes->bytes);
  } else if (const auto* done = std::get_if<Done>(&event); done != nullptr && done->op == op_) {
    switch (stage_) {
      case Stage::appending:
        stage_ = Stage::syncing;
        turn.actions.add(Sync{ask(turn), bad_});
        break;
      case Stage::syncing:
        stage_ = Stage::syncing_directory;
        turn.actions.add(SyncDirectory{ask(turn)});
        break;
      case Stage::syncing_directory:
        finish(turn, true);
        break;
      case Stage::cutting:
        finish(turn, false);
        break;
      case Stage::closing:
        stage_ = Stage::idle;
        result_ = kept_;
        turn.again = true;
        break;
      default:
        core::check(false, "F_bad was asked for what is done");
    }
  } else if (const auto* failure = std::get_if<Failed>(&event);
             failure != nullptr && failure->op == op_) {
    failed(turn, *failure);
  }
}

void BadLines::failed(Turn& turn, const Failed& failed) {
  const auto text = failure_text("keep bad lines in", names_.bad, failed.text);
  switch (stage_) {
    case Stage::opening:
      turn.note(Level::warning, core::cat(text, "; ", from_name_, " stays: see to ", names_.bad));
      stage_ = Stage::idle;
      result_ = false;
      turn.again = true;
      break;
    case Stage::reading:
      turn.note(Level::warning, core::cat(failure_text("read", from_name_, failed.text),
                                          "; it stays: check the disk"));
      finish(turn, false);
      break;
    case Stage::appending:
      if (remedy(DiskDeed::append, failed.error) == Remedy::put_back) {
        turn.note(Level::warning, core::cat(text, "; ", from_name_, " stays: make room"));
        stage_ = Stage::cutting;
        turn.actions.add(Truncate{ask(turn), bad_, bad_size_});
        break;
      }
      [[fallthrough]];
    default:
      turn.end(exit_code::world_trouble, Level::error,
               core::cat(text, ": check the disk, then restart"));
  }
}

}  // namespace innduct::engine
