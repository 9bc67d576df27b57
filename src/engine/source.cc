// source.cc: reading, cutting and blanking one input file.
#include "engine/source.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "core/escape.h"
#include "engine/failure.h"

namespace innduct::engine {

Source::Source(Turn& turn, Slot slot, std::string name, core::Dialect dialect, bool follow)
    : slot_(slot),
      name_(std::move(name)),
      dialect_(dialect),
      file_(turn.ids.file()),
      reader_(dialect),
      open_op_(turn.ids.op(slot)) {
  turn.actions.add(OpenFile{open_op_, file_, turn.actions.keep(name_), OpenMode::update, follow});
}

// ---------------------------------------------------------------- events

void Source::on(Turn& turn, const Event& event) {
  turn.again = true;
  if (const auto* opened = std::get_if<Opened>(&event)) {
    if (opened->op == open_op_) {
      open_op_ = {};
      stage_ = Stage::open;
      opened_as_ = opened->stat;
      known_size_ = opened->stat.size;
      known_at_ = turn.now.monotonic;
    }
  } else if (const auto* statted = std::get_if<Statted>(&event)) {
    if (statted->op == size_op_) {
      size_op_ = {};
      size_seen_ = statted->stat.size;
      shorter_ = size_seen_ < reader_.end();
      sync(turn);
    }
  } else if (const auto* read = std::get_if<ReadDone>(&event)) {
    if (read->op == read_op_) {
      read_op_ = {};
      at_end_ = read->bytes.size() < read_size;
      reader_.feed(read->bytes);
      more_cut_ = more_cut_ || !read->bytes.empty();
    }
  } else if (const auto* done = std::get_if<Done>(&event)) {
    if (turn.trace.wanted()) {
      blanks_.each_of(done->op, [&](const Span& span) { turn.trace.blanked(name_, slot_, span); });
    }
    if (blanks_.done(done->op)) {
      return;
    }
    if (done->op == sync_op_) {
      sync_op_ = {};
      synced_to_ = size_seen_;
    } else if (done->op == close_op_) {
      stage_ = Stage::closed;
    }
  } else if (const auto* failed = std::get_if<Failed>(&event)) {
    fail(turn, *failed);
  }
}

void Source::fail(Turn& turn, const Failed& failed) {
  if (failed.op == open_op_) {
    open_op_ = {};
    stage_ = Stage::failed;
    open_error_ = failed.error;
    open_error_text_ = failed.text;
  } else if (failed.op == read_op_) {
    read_op_ = {};
    read_failed_ = true;
    turn.note(Level::warning, core::cat(failure_text("read", name_, failed.text),
                                        "; trying again each period: check the disk"));
  } else if (failed.op == size_op_) {
    size_op_ = {};
    turn.note(Level::warning, core::cat(failure_text("look at", name_, failed.text),
                                        "; trying again each period: check the disk"));
  } else if (failed.op == sync_op_ && !turn.config.keeps(Rule::failed_sync_is_final)) {
    sync_op_ = {};
  } else if (failed.op == sync_op_) {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(failure_text("sync", name_, failed.text), ": check the disk, then restart"));
  } else if (failed.op == close_op_ && !turn.config.keeps(Rule::failed_close_is_final)) {
    stage_ = Stage::closed;
  } else if (failed.op == close_op_) {
    turn.end(
        exit_code::world_trouble, Level::error,
        core::cat(failure_text("close", name_, failed.text), ": check the disk, then restart"));
  } else if (!blanks_.owns(failed.op)) {
    // Of a file that has started over.
  } else if (failed.error == ERANGE) {
    // Somebody made the file shorter; its owner finds out and says so.
    blanks_.done(failed.op);
  } else if (remedy(DiskDeed::blank, failed.error) == Remedy::retry &&
             !turn.config.keeps(Rule::remember_refused_blank)) {
    blanks_.done(failed.op);
  } else if (remedy(DiskDeed::blank, failed.error) == Remedy::retry) {
    if (blanks_.refused() == 0) {
      turn.note(Level::warning, core::cat(failure_text("blank lines of", name_, failed.text),
                                          "; trying again each period: make room"));
    }
    blanks_.failed_for_now(failed.op);
  } else {
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(failure_text("blank lines of", name_, failed.text),
                       ": check the disk, then restart"));
  }
}

void Source::on_tick(Turn& turn) {
  read_failed_ = false;
  blanks_.retry();
  if (stage_ == Stage::open) {
    write_blanks(turn);
  }
}

void Source::write_blanks(Turn& turn) {
  if (stage_ == Stage::open && (!turn.exit || !turn.config.keeps(Rule::blank_nothing_at_the_end))) {
    blanks_.write(turn, slot_, file_);
  }
}

void Source::look_at_size(Turn& turn) {
  if (stage_ == Stage::open && !size_op_ && !sync_op_) {
    size_op_ = turn.ids.op(slot_);
    turn.actions.add(StatFile{size_op_, file_});
  }
}

void Source::sync(Turn& turn) {
  const bool wanted = turn.config.sync_feed && turn.config.keeps(Rule::sync_feed);
  if (wanted && stage_ == Stage::open && size_seen_ > synced_to_) {
    sync_op_ = turn.ids.op(slot_);
    turn.actions.add(Sync{sync_op_, file_});
  }
}

void Source::close(Turn& turn) {
  core::check(stage_ == Stage::open && !close_op_, "an input file is closed once");
  core::check(in_core_ == 0 && tails_ == 0,
              "an input file is closed when none of its entries is in core");
  stage_ = Stage::closing;
  close_op_ = turn.ids.op(slot_);
  turn.actions.add(CloseFile{close_op_, file_});
}

void Source::start_over() {
  core::check(in_core_ == 0 && tails_ == 0,
              "an input file starts over when none of its entries is in core");
  blanks_.forget();
  shared_.clear();
  reader_ = core::LineReader(dialect_);
  pass_ = {};
  read_op_ = {};
  at_end_ = more_cut_ = given_up_ = false;
  shorter_ = false;
  known_size_ = size_seen_ = synced_to_ = judged_half_to_ = taken_to_ = 0;
  size_op_ = sync_op_ = {};
}

// ---------------------------------------------------------------- reading and cutting

void Source::admit(Turn& turn, Place& queue, std::size_t limit) {
  if (stage_ != Stage::open) {
    return;
  }
  if (!held_) {
    cut(turn, queue, limit);
  }
  const bool room = given_up_ || in_core_ + blanks_.refused() < limit;
  if (room && !(held_ && first_line())) {
    read_on(turn);
  }
}

void Source::read_on(Turn& turn) {
  if (read_op_ || at_end_ || read_failed_ || (more_cut_ && !held_)) {
    return;
  }
  read_op_ = turn.ids.op(slot_);
  turn.actions.add(Read{read_op_, file_, reader_.end(), read_size});
}

void Source::cut(Turn& turn, Place& queue, std::size_t limit) {
  while (more_cut_ && (given_up_ || in_core_ + blanks_.refused() < limit)) {
    const auto piece = reader_.next(records_);
    if (!piece) {
      more_cut_ = false;
      turn.again = true;
      if (at_end_ && !turn.config.keeps(Rule::wait_for_newline)) {
        take_half(turn, queue);
      }
      return;
    }
    take_piece(turn, *piece, queue);
  }
}

void Source::take_piece(Turn& turn, const core::Piece& piece, Place& queue) {
  pass_.lines += piece.ends_line ? 1 : 0;
  if (given_up_) {
    return;
  }
  // What was a half when it was taken has become a line, or the beginning of one.
  const auto taken = std::erase_if(records_, [&](const core::Record& record) {
    return piece.offset + record.offset < taken_to_;
  });
  if (taken > 0 && records_.empty()) {
    return;
  }
  if (piece.kind == core::LineKind::entries && !turn.config.keeps(Rule::read_torn_lines) &&
      (records_.size() > 1 || records_.front().locator.data() != piece.text.data())) {
    count_bad(turn, piece.offset, piece.text);
    return;
  }
  if (!piece.starts_line || !piece.ends_line || records_.size() > 1) {
    take_shared_piece(turn, piece, queue);
    return;
  }
  switch (piece.kind) {
    case core::LineKind::settled:
      turn.tally.count(slot_, &core::Counters::blank);
      break;
    case core::LineKind::torn_blank:
      ++pass_.torn;
      turn.tally.count(slot_, &core::Counters::torn);
      break;
    case core::LineKind::bad:
      count_bad(turn, piece.offset, piece.text);
      if (!turn.config.keeps(Rule::leave_bad_lines)) {
        blanks_.add({piece.offset, piece.length, true});
      }
      break;
    case core::LineKind::entries: {
      const EntryId id = make_entry(turn, queue, piece.offset, records_.front());
      turn.entries[id].span = {piece.offset, piece.length, true};
      break;
    }
  }
}

// Entries of such a line are blanked one by one, and the bytes around them with the last.
void Source::take_shared_piece(Turn& turn, const core::Piece& piece, Place& queue) {
  if (piece.starts_line) {
    shared_line_ = piece.offset;
    shared_.emplace(shared_line_, SharedLine{});
  }
  SharedLine& line = shared_.at(shared_line_);
  if (piece.kind == core::LineKind::entries) {
    for (const core::Record& record : records_) {
      const EntryId id = make_entry(turn, queue, piece.offset, record);
      turn.entries[id].line = shared_line_;
      ++line.open;
      ++line.found;
    }
  } else {
    line.bad = line.bad || piece.kind == core::LineKind::bad;
  }
  if (piece.ends_line) {
    line.end = piece.offset + piece.length;
    line.before_newline = true;
    if (line.found == 0) {
      if (line.bad) {
        count_bad(turn, shared_line_, piece.text);
      }
      shared_.erase(shared_line_);
    } else {
      blank_if_whole(shared_line_);
    }
  }
}

EntryId Source::make_entry(Turn& turn, Place& queue, std::uint64_t base,
                           const core::Record& record) {
  const EntryId id = turn.entries.create(queue);
  Entry& entry = turn.entries[id];
  entry.text.assign(record.locator);
  if (!record.message_id.empty()) {
    entry.text += ' ';
    entry.text += record.message_id;
  }
  entry.locator_size = record.locator.size();
  entry.span = {base + record.offset, record.length, false};
  entry.source = slot_;
  entry.backlog = dialect_ == core::Dialect::backlog;
  entry.read_at = turn.now.monotonic;
  entry.known_since = entry.span.end() <= known_size_ ? known_at_ : turn.now.monotonic;
  ++in_core_;
  ++pass_.entries;
  turn.tally.count(slot_, &core::Counters::read);
  turn.outcomes.begin(id);
  turn.trace.article(entry, "read from ", name_, ", byte ", entry.span.offset, ": ", entry.text);
  turn.again = true;
  return id;
}

void Source::count_bad(Turn& turn, std::uint64_t offset, std::string_view text) {
  ++pass_.bad;
  turn.tally.count(slot_, &core::Counters::bad);
  // Nobody writes a NUL, but a power cut leaves them: it says nothing against the file (rule 9).
  if (text.find('\0') != std::string_view::npos) {
    ++pass_.wrecked;
  }
  const auto where = core::cat(name_, " line ", pass_.lines, " (byte ", offset, ")");
  if (pass_.bad <= bad_logged_max) {
    turn.note(Level::warning, core::cat("bad line: ", where, ": ", core::escaped(text, 100)));
  } else if (pass_.bad == bad_logged_max + 1) {
    turn.note(Level::warning, core::cat("bad lines: more in ", name_, ", not logged one by one"));
  }
  const double allowed = static_cast<double>(turn.config.max_bad_input_init) +
                         turn.config.max_bad_input_percent / 100 * static_cast<double>(pass_.lines);
  if (static_cast<double>(pass_.bad - pass_.wrecked) > allowed && !tolerant_) {
    turn.end(exit_code::unexpected, Level::critical,
             core::cat("too many bad lines: ", pass_.bad - pass_.wrecked, " of the first ",
                       pass_.lines, " lines of ", name_, ", the last one ", where,
                       ": is this a feed file? Repair or remove it, then restart"));
  }
}

// ---------------------------------------------------------------- settling

void Source::settle(Turn& turn, const Entry& entry) {
  if (entry.tail_source == slot_ && entry.source != slot_) {
    blanks_.add(entry.tail);
    --tails_;
  } else {
    core::check(entry.source == slot_ && in_core_ > 0, "an entry is settled in its own file, once");
    blanks_.add(entry.span);
    --in_core_;
    const auto shared = shared_.find(entry.line);
    if (shared != shared_.end() && shared->second.end != 0 &&
        !turn.config.keeps(Rule::blank_own_record)) {
      blanks_.add({entry.line, shared->second.end - entry.line, shared->second.before_newline});
    }
    end_shared(entry.line);
  }
  turn.again = true;
}

void Source::drop(const Entry& entry) {
  std::size_t& count = entry.source == slot_ ? in_core_ : tails_;
  core::check(count > 0, "an entry that is dropped was in core");
  --count;
  // A line that keeps an unsettled entry is never blanked as a whole.
  shared_.erase(entry.line);
}

void Source::end_shared(std::uint64_t line) {
  const auto found = shared_.find(line);
  if (found != shared_.end()) {
    --found->second.open;
    blank_if_whole(line);
  }
}

void Source::blank_if_whole(std::uint64_t start) {
  const auto found = shared_.find(start);
  const SharedLine& line = found->second;
  if (line.open == 0 && line.end != 0) {
    blanks_.add({start, line.end - start, line.before_newline});
    shared_.erase(found);
  }
}

// ---------------------------------------------------------------- halves

std::optional<std::string_view> Source::first_line() const {
  const std::string_view text = reader_.partial();
  const auto newline = text.find('\n');
  if (newline != std::string_view::npos) {
    return text.substr(0, newline);
  }
  return text.size() > core::entry_size_max ? std::optional(text) : std::nullopt;
}

Source::Half Source::take_half(Turn& turn, Place& queue) {
  const std::string_view half = reader_.partial();
  if (half.find_first_not_of(' ') == std::string_view::npos || reader_.end() == judged_half_to_) {
    return Half::none;
  }
  if (core::parse_line(half, dialect_, records_) != core::LineKind::entries) {
    return Half::open;
  }
  // A path alone may be the beginning of a longer one.
  if (records_.front().message_id.empty() && core::is_path(records_.front().locator)) {
    return Half::open;
  }
  for (const core::Record& record : records_) {
    make_entry(turn, queue, reader_.partial_offset(), record);
  }
  judged_half_to_ = taken_to_ = reader_.end();
  return Half::taken;
}

void Source::refuse_half(Turn& turn) {
  ++pass_.lines;
  judged_half_to_ = reader_.end();
  if (core::parse_line(reader_.partial(), dialect_, records_) == core::LineKind::torn_blank) {
    ++pass_.torn;
    turn.tally.count(slot_, &core::Counters::torn);
  } else {
    count_bad(turn, reader_.partial_offset(), reader_.partial());
  }
}

bool Source::join_first_line(Turn& turn, Source& head, Place& queue) {
  const auto line = first_line();
  if (!line || head.reader_.partial_continues_line() ||
      core::parse_line(*line, dialect_, records_) == core::LineKind::entries) {
    return false;
  }
  // In front of it may stand what a power cut left of another record, its newline lost.
  const std::string_view half = head.partial();
  std::string whole;
  core::Record record;
  for (const std::size_t start : {std::size_t{0}, core::whole_records_size(half)}) {
    if (record.length == 0 && start < half.size()) {
      whole = core::cat(half.substr(start), *line);
      const core::Record begun = core::record_at_start(whole);
      record = begun.length == whole.size() ? begun : core::Record{};
    }
  }
  if (record.length == 0) {
    return false;
  }
  const EntryId id = head.make_entry(turn, queue, head.reader_.partial_offset(), record);
  Entry& entry = turn.entries[id];
  entry.span = {head.reader_.partial_offset(), half.size(), false};
  entry.tail = {0, line->size(), true};
  entry.tail_source = slot_;
  // Two halves of different lines may make a message-id, too: the article decides.
  entry.fetch_first = true;
  head.judged_half_to_ = head.reader_.end();
  ++tails_;
  ++pass_.lines;
  reader_.next(records_);
  return true;
}

}  // namespace innduct::engine
