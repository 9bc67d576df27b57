// quarantine_order.cc: listing, retrying, dropping.
#include "engine/quarantine_order.h"

#include <cerrno>

#include "core/cat.h"
#include "core/escape.h"
#include "engine/failure.h"

namespace innduct::engine {

void QuarantineOrder::begin(Turn& turn, Sources& sources, ClientId client, Deed deed,
                            std::string whom) {
  client_ = client;
  deed_ = deed;
  whom_ = std::move(whom);
  list_.clear();
  found_ = left_out_ = 0;
  half_taken_ = false;
  if (deed == Deed::list) {
    stage_ = Stage::listing;
    walk_.begin(turn, names_.quarantine);
  } else {
    stage_ = Stage::opening;
    source_ = &sources.open(turn, names_.quarantine, core::Dialect::backlog, false);
    source_->tolerate_bad_lines();
  }
}

void QuarantineOrder::end(std::string text, bool good) {
  stage_ = Stage::idle;
  end_ = End{client_, {std::move(text), good}};
}

// ---------------------------------------------------------------- listing

void QuarantineOrder::on(Turn& turn, const Event& event) {
  const auto end = walk_.on(turn, event, [this](const core::Piece& piece, const auto& records) {
    if (!records.empty()) {
      show(piece.text);
    }
  });
  if (end) {
    list_ended(*end);
    turn.again = true;
  }
}

void QuarantineOrder::show(std::string_view line) {
  constexpr std::size_t line_shown = 1000;
  const std::string text = core::cat(core::escaped(line, line_shown), "\n");
  if (list_.size() + text.size() > list_size_max) {
    ++left_out_;
  } else {
    list_ += text;
    ++found_;
  }
}

void QuarantineOrder::list_ended(const Walk::End& walked) {
  if (walked.error != 0 && walked.error != ENOENT) {
    core::append(list_, failure_text("read", names_.quarantine, walked.text));
  } else if (left_out_ > 0) {
    core::append(list_, core::cat("and ", left_out_, " more: see ", names_.quarantine));
  } else {
    core::append(list_, core::cat(found_, found_ == 1 ? " article" : " articles"));
  }
  end(std::exchange(list_, {}), walked.error == 0 || walked.error == ENOENT);
}

// ---------------------------------------------------------------- retrying and dropping

void QuarantineOrder::work(Turn& turn, Sources& sources, Suspects& suspects) {
  switch (stage_) {
    case Stage::opening:
      return opened(turn, sources);
    case Stage::reading:
      return read(turn, sources, suspects);
    case Stage::closing:
      if (source_->stage() == Source::Stage::closed) {
        sources.forget(turn, *std::exchange(source_, nullptr));
        end(result(), found_ > 0);
        turn.again = true;
      }
      return;
    case Stage::idle:
    case Stage::listing:
      return;
  }
}

void QuarantineOrder::opened(Turn& turn, Sources& sources) {
  if (source_->stage() == Source::Stage::failed) {
    end(source_->open_error() == ENOENT
            ? std::string("the quarantine is empty")
            : failure_text("open", names_.quarantine, source_->open_error_text()),
        false);
    sources.forget(turn, *std::exchange(source_, nullptr));
    turn.again = true;
  } else if (source_->stage() == Source::Stage::open) {
    stage_ = Stage::reading;
    turn.again = true;
  }
}

void QuarantineOrder::read(Turn& turn, Sources& sources, Suspects& suspects) {
  source_->admit(turn, read_, turn.config.queue_per_file_max);
  if (source_->ended() && !std::exchange(half_taken_, true)) {
    source_->take_half(turn, read_);
  }
  take(turn, sources, suspects);
  if (source_->quiet()) {
    source_->close(turn);
    stage_ = Stage::closing;
  }
}

void QuarantineOrder::take(Turn& turn, Sources& sources, Suspects& suspects) {
  for (EntryId id = read_.front(); id != no_entry; id = read_.front()) {
    Entry& entry = turn.entries[id];
    if (whom_ != "all" && whom_ != entry.message_id() && whom_ != entry.locator()) {
      sources.drop(turn, id);
      continue;
    }
    ++found_;
    suspects.forget(turn, entry.mark());
    if (deed_ == Deed::retry) {
      entry.fate = Fate::deferred;
      turn.entries.move_back(id, turn.to_defer);
    } else {
      turn.note(Level::notice,
                core::cat("dropped from the quarantine by command: ", core::escaped(entry.text)));
      entry.fate = Fate::dropped;
      turn.entries.move_back(id, turn.to_settle);
    }
    turn.again = true;
  }
}

std::string QuarantineOrder::result() const {
  if (found_ == 0) {
    return core::cat("nothing in the quarantine is called ", core::escaped(whom_));
  }
  return core::cat(found_, found_ == 1 ? " article " : " articles ",
                   deed_ == Deed::retry ? "will be offered again" : "dropped");
}

}  // namespace innduct::engine
