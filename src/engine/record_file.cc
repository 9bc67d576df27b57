// record_file.cc: opening, adopting, appending durably, cutting back.
#include "engine/record_file.h"

#include <algorithm>

#include "core/cat.h"
#include "core/check.h"
#include "engine/failure.h"

namespace innduct::engine {

void RecordFile::open(Turn& turn, OpenMode mode) {
  core::check(idle() && !is_open(), "a record file is opened once");
  file_ = turn.ids.file();
  name_is_durable_ = false;
  turn.actions.add(
      OpenFile{ask(turn, Stage::opening), file_, turn.actions.keep(name_), mode, false});
}

void RecordFile::append(Turn& turn, std::string_view lines) {
  core::check(idle() && is_open(), "one batch is recorded at a time, in an open file");
  if (line_is_open_) {
    char* const bytes = turn.actions.room(lines.size() + 1);
    *bytes = '\n';
    std::ranges::copy(lines, bytes + 1);
    lines = {bytes, lines.size() + 1};
  }
  batch_size_ = lines.size();
  turn.actions.add(Append{ask(turn, Stage::appending), file_, lines});
}

void RecordFile::close(Turn& turn) {
  core::check(idle() && is_open(), "a record file is closed when nothing is under way");
  turn.actions.add(CloseFile{ask(turn, Stage::closing), hand_over()});
}

// ---------------------------------------------------------------- events

std::optional<RecordFile::News> RecordFile::on(Turn& turn, const Event& event) {
  if (const auto* answer = std::get_if<Opened>(&event); answer != nullptr && answer->op == op_) {
    return opened(turn, answer->stat);
  }
  if (const auto* answer = std::get_if<ReadDone>(&event); answer != nullptr && answer->op == op_) {
    return read(turn, answer->bytes);
  }
  if (const auto* answer = std::get_if<Done>(&event); answer != nullptr && answer->op == op_) {
    return done(turn);
  }
  if (const auto* answer = std::get_if<Failed>(&event); answer != nullptr && answer->op == op_) {
    return failed(turn, *answer);
  }
  return {};
}

std::optional<RecordFile::News> RecordFile::opened(Turn& turn, const FileStat& stat) {
  opened_as_ = stat;
  size_ = stat.size;
  line_is_open_ = false;
  if (stage_ == Stage::adopting) {
    tail_offset_ = size_;
    return read_tail(turn);
  }
  if (size_ == 0) {
    return rest(Came::opened);
  }
  turn.actions.add(Read{ask(turn, Stage::looking_at_end), file_, size_ - 1, 1});
  return {};
}

std::optional<RecordFile::News> RecordFile::read(Turn& turn, std::string_view bytes) {
  if (stage_ == Stage::reading_tail) {
    return tail(turn, bytes);
  }
  line_is_open_ = bytes != "\n";
  return rest(Came::opened);
}

std::optional<RecordFile::News> RecordFile::done(Turn& turn) {
  switch (stage_) {
    case Stage::appending:
      size_ += batch_size_;
      line_is_open_ = false;
      if (turn.config.keeps(Rule::sync_records)) {
        turn.actions.add(Sync{ask(turn, Stage::syncing), file_});
        return {};
      }
      [[fallthrough]];
    case Stage::syncing:
      if (!name_is_durable_ && turn.config.keeps(Rule::sync_name_of_records)) {
        turn.actions.add(SyncDirectory{ask(turn, Stage::syncing_directory)});
        return {};
      }
      return rest(Came::recorded);
    case Stage::syncing_directory:
      name_is_durable_ = true;
      return rest(Came::recorded);
    case Stage::cutting:
      stage_ = Stage::idle;
      return std::move(refusal_);
    case Stage::cutting_tail:
      return rest(Came::opened);
    case Stage::closing:
      return rest(Came::closed);
    default:
      core::check(false, "a record file was asked for what is done");
      return {};
  }
}

std::optional<RecordFile::News> RecordFile::failed(Turn& turn, const Failed& failed) {
  switch (stage_) {
    case Stage::opening:
    case Stage::adopting:
      file_ = {};
      [[fallthrough]];
    case Stage::reading_tail:
      stage_ = Stage::idle;
      return News{Came::not_opened, failed.error, std::string(failed.text)};
    case Stage::looking_at_end:
      line_is_open_ = true;  // a newline too many does no harm
      return rest(Came::opened);
    case Stage::appending:
      if (remedy(DiskDeed::append, failed.error) == Remedy::put_back) {
        refusal_ = {Came::refused, failed.error, std::string(failed.text)};
        if (!turn.config.keeps(Rule::cut_back_records)) {
          stage_ = Stage::idle;
          return std::move(refusal_);
        }
        turn.actions.add(Truncate{ask(turn, Stage::cutting), file_, size_});
        return {};
      }
      break;
    case Stage::syncing:
    case Stage::syncing_directory:
      if (!turn.config.keeps(Rule::failed_sync_is_final)) {
        return rest(Came::recorded);
      }
      break;
    case Stage::closing:
      if (!turn.config.keeps(Rule::failed_close_is_final)) {
        return rest(Came::closed);
      }
      break;
    default:
      break;
  }
  turn.end(exit_code::world_trouble, Level::error,
           core::cat(failure_text("write", name_, failed.text),
                     ": check the disk and the owner of the file, then restart"));
  return {};
}

// ---------------------------------------------------------------- what is found at the start

void RecordFile::adopt(Turn& turn) {
  core::check(idle(), "a record file is adopted when nothing is under way");
  if (is_open()) {
    tail_offset_ = size_;
    read_tail(turn);
    return;
  }
  file_ = turn.ids.file();
  name_is_durable_ = true;
  turn.actions.add(OpenFile{ask(turn, Stage::adopting), file_, turn.actions.keep(name_),
                            OpenMode::append, false});
}

std::optional<RecordFile::News> RecordFile::read_tail(Turn& turn) {
  const std::uint64_t size = std::min<std::uint64_t>(tail_offset_, tail_size);
  if (size == 0) {
    return tail(turn, {});
  }
  tail_offset_ -= size;
  turn.actions.add(
      Read{ask(turn, Stage::reading_tail), file_, tail_offset_, static_cast<std::size_t>(size)});
  return {};
}

std::optional<RecordFile::News> RecordFile::tail(Turn& turn, std::string_view bytes) {
  const auto newline = bytes.rfind('\n');
  if (newline == std::string_view::npos && tail_offset_ > 0) {
    return read_tail(turn);
  }
  const std::uint64_t whole = newline == std::string_view::npos ? 0 : tail_offset_ + newline + 1;
  if (whole == size_ || !turn.config.keeps(Rule::cut_half_record_at_start)) {
    return rest(Came::opened);
  }
  turn.note(Level::info,
            core::cat(name_, ": cut a half-written record of ", size_ - whole, " bytes"));
  size_ = whole;
  turn.actions.add(Truncate{ask(turn, Stage::cutting_tail), file_, size_});
  return {};
}

}  // namespace innduct::engine
