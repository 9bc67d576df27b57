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
  busy_ = true;
  bad_.open(turn, OpenMode::append_or_create);
}

void BadLines::read(Turn& turn) {
  read_op_ = turn.ids.op(Room::bad_lines);
  turn.actions.add(Read{read_op_, from_, read_to_, read_size});
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
  if (bad_.size() + batch_.size() > size_max) {
    turn.note(Level::warning,
              core::cat(from_name_, ": bad lines are left in it, since ", names_.bad, " is full (",
                        size_max, " bytes): look at that file and remove it"));
    finish(turn, false);
  } else if (!last) {
    read(turn);
  } else if (batch_.empty()) {
    finish(turn, true);
  } else {
    bad_.append(turn, turn.actions.keep(batch_));
  }
}

void BadLines::finish(Turn& turn, bool kept) {
  kept_ = kept || !turn.config.keeps(Rule::stay_with_unkept_bad_lines);
  bad_.close(turn);
}

void BadLines::end(Turn& turn, bool kept) {
  busy_ = false;
  result_ = kept;
  turn.again = true;
}

void BadLines::on(Turn& turn, const Event& event) {
  if (const auto news = bad_.on(turn, event)) {
    heard(turn, *news);
  } else if (const auto* bytes = std::get_if<ReadDone>(&event);
             bytes != nullptr && bytes->op == read_op_) {
    collect(turn, bytes->bytes);
  } else if (const auto* failed = std::get_if<Failed>(&event);
             failed != nullptr && failed->op == read_op_) {
    turn.note(Level::warning, core::cat(failure_text("read", from_name_, failed->text),
                                        "; it stays: check the disk"));
    finish(turn, false);
  }
}

void BadLines::heard(Turn& turn, const RecordFile::News& news) {
  const auto text = failure_text("keep bad lines in", names_.bad, news.text);
  switch (news.what) {
    case RecordFile::Came::opened:
      return read(turn);
    case RecordFile::Came::not_opened:
      turn.note(Level::warning, core::cat(text, "; ", from_name_, " stays: see to ", names_.bad));
      return end(turn, false);
    case RecordFile::Came::recorded:
      return finish(turn, true);
    case RecordFile::Came::refused:
      turn.note(Level::warning, core::cat(text, "; ", from_name_, " stays: make room"));
      return finish(turn, false);
    case RecordFile::Came::closed:
      return end(turn, kept_);
  }
}

}  // namespace innduct::engine
