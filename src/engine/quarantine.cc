// quarantine.cc: recording, and counting.
#include "engine/quarantine.h"

#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/escape.h"
#include "engine/failure.h"

namespace innduct::engine {
namespace {

// Whatever a peer said, it must not look like a record to whoever reads the line: without an "@"
// there is neither a token nor a message-id.
std::string harmless(std::string_view words) {
  std::string text;
  for (const char c : words) {
    if (c == '@') {
      text += "\\x40";
    } else {
      text += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  return text;
}

std::string line_of(const Entry& entry, core::WallTime now) {
  if (entry.message_id().empty()) {
    return core::cat(entry.text, "\n");  // in a backlog file nothing may stand behind a locator
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return core::cat(entry.text, " ", seconds, " ", harmless(entry.why), "\n");
}

}  // namespace

// ---------------------------------------------------------------- recording

void Quarantine::work(Turn& turn) {
  if (turn.tick) {
    blocked_ = false;
    count_due_ = true;
  }
  if (stage_ != Stage::idle || turn.exit) {
    return;
  }
  if (!waiting_.empty() && !blocked_) {
    stage_ = Stage::recording;
    turn.entries.move_all_back(waiting_, writing_);
    file_.open(turn, OpenMode::append_or_create);
  } else if (std::exchange(count_due_, false)) {
    look(turn, Stage::looking_to_count);
  }
}

void Quarantine::append(Turn& turn) {
  std::string lines;
  for (EntryId id = writing_.front(); id != no_entry; id = turn.entries.next(id)) {
    lines += line_of(turn.entries[id], turn.now.wall);
  }
  file_.append(turn, turn.actions.keep(lines));
}

void Quarantine::recorded(Turn& turn) {
  for (EntryId id = writing_.front(); id != no_entry; id = writing_.front()) {
    Entry& entry = turn.entries[id];
    turn.note(Level::warning, core::cat("article quarantined: ", core::escaped(entry.text), ": ",
                                        entry.why, ": see ", names_.quarantine,
                                        ", then say `quarantine retry` or `quarantine drop`"));
    entry.fate = Fate::quarantined;
    turn.entries.move_back(id, turn.to_settle);  // I1: the record is durable now
  }
}

void Quarantine::wait(Turn& turn, std::string_view why) {
  turn.entries.move_all_front(writing_, waiting_);
  blocked_ = true;
  turn.note(Level::warning,
            core::cat(failure_text("write", names_.quarantine, why), "; ", waiting_.size(),
                      " articles wait to be quarantined, trying again each period: see to it"));
}

void Quarantine::look(Turn& turn, Stage stage) {
  stage_ = stage;
  op_ = turn.ids.op(Room::quarantine);
  turn.actions.add(StatName{op_, turn.actions.keep(names_.quarantine), false});
}

// ---------------------------------------------------------------- events

void Quarantine::on(Turn& turn, const Event& event) {
  turn.again = true;
  if (const auto* statted = std::get_if<Statted>(&event);
      statted != nullptr && statted->op == op_) {
    looked(turn, &statted->stat);
  } else if (const auto* failed = std::get_if<Failed>(&event);
             failed != nullptr && failed->op == op_) {
    looked(turn, nullptr);
  } else if (stage_ == Stage::counting) {
    const auto end = walk_.on(turn, event, [this](const core::Piece&, const auto& records) {
      counting_ += records.size();
    });
    if (end) {
      stage_ = Stage::idle;
      articles_ = counting_;
      counted_ = end->error == 0 ? std::optional(end->stat) : std::nullopt;
    }
  } else if (const auto news = file_.on(turn, event)) {
    heard(turn, *news);
  }
}

void Quarantine::heard(Turn& turn, const RecordFile::News& news) {
  switch (news.what) {
    case RecordFile::Came::opened:
      return append(turn);
    case RecordFile::Came::not_opened:
      stage_ = Stage::idle;
      return wait(turn, news.text);
    case RecordFile::Came::recorded:
      return look(turn, Stage::looking);
    case RecordFile::Came::refused:
      wait(turn, news.text);
      stage_ = Stage::closing;
      return file_.close(turn);
    case RecordFile::Came::closed:
      stage_ = Stage::idle;
      count_due_ = true;
      return;
  }
}

// `stat`: what the name leads to; null: nothing, or that cannot be told.
void Quarantine::looked(Turn& turn, const FileStat* stat) {
  if (stage_ == Stage::looking_to_count) {
    return count(turn, stat);
  }
  if (stat != nullptr && stat->same_file(file_.opened_as())) {
    recorded(turn);
  } else {
    // Somebody has taken the file away while we wrote: who knows what has become of it.
    turn.entries.move_all_front(writing_, waiting_);
  }
  stage_ = Stage::closing;
  file_.close(turn);
}

// ---------------------------------------------------------------- counting

void Quarantine::count(Turn& turn, const FileStat* stat) {
  stage_ = Stage::idle;
  if (stat == nullptr) {
    articles_ = 0;
    counted_ = {};
    return;
  }
  const bool known = counted_ && counted_->same_file(*stat) && counted_->size == stat->size &&
                     counted_->modified == stat->modified;
  if (!known) {
    stage_ = Stage::counting;
    counting_ = 0;
    walk_.begin(turn, names_.quarantine);
  }
}

}  // namespace innduct::engine
