// startup.cc: making durable what is found, and finishing what was cut short.
#include "engine/startup.h"

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "core/cat.h"
#include "engine/failure.h"

namespace innduct::engine {

void Startup::begin(Turn& turn) {
  next_ = 0;
  open_next(turn);
}

void Startup::work(Turn& turn) {
  if (stage_ == Stage::waiting && turn.tick) {
    begin(turn);
  }
}

void Startup::open_next(Turn& turn) {
  const std::array<const std::string*, 4> records{&names_.defer, &names_.bad, &names_.quarantine,
                                                  &names_.suspects};
  if (next_ == records.size() || !turn.config.keeps(Rule::sync_records_at_start)) {
    sync_directory(turn);
    return;
  }
  stage_ = Stage::opening;
  file_ = turn.ids.file();
  record_ = *records[next_++];
  turn.actions.add(OpenFile{ask(turn), file_, record_, OpenMode::append, false});
}

void Startup::sync_directory(Turn& turn) {
  if (turn.config.keeps(Rule::sync_directory_at_start)) {
    stage_ = Stage::syncing_directory;
    turn.actions.add(SyncDirectory{ask(turn)});
  } else {
    list(turn);
  }
}

void Startup::list(Turn& turn) {
  stage_ = Stage::listing;
  turn.actions.add(List{ask(turn), turn.actions.keep(names_.feed)});
}

void Startup::on(Turn& turn, const Event& event) {
  if (stage_ == Stage::unlinking) {
    if (const auto end = unlinks_.on(turn, event)) {
      if (end->ok) {
        finish(turn);
      } else {
        turn.end(exit_code::world_trouble, Level::error,
                 core::cat(end->text, ": see to the directory of the feed file, then restart"));
      }
    }
    return;
  }
  if (const auto* opened = std::get_if<Opened>(&event); opened != nullptr && opened->op == op_) {
    stage_ = Stage::syncing;
    turn.actions.add(Sync{ask(turn), file_});
  } else if (const auto* done = std::get_if<Done>(&event); done != nullptr && done->op == op_) {
    if (stage_ == Stage::syncing) {
      stage_ = Stage::closing;
      turn.actions.add(CloseFile{ask(turn), file_});
    } else if (stage_ == Stage::closing) {
      open_next(turn);
    } else {
      list(turn);
    }
  } else if (const auto* names = std::get_if<Listed>(&event);
             names != nullptr && names->op == op_) {
    listed(turn, *names);
  } else if (const auto* failure = std::get_if<Failed>(&event);
             failure != nullptr && failure->op == op_) {
    failed(turn, *failure);
  }
}

void Startup::failed(Turn& turn, const Failed& failed) {
  if (stage_ == Stage::opening && failed.error == ENOENT) {
    open_next(turn);
    return;
  }
  const DiskDeed deed = stage_ == Stage::opening   ? DiskDeed::open
                        : stage_ == Stage::listing ? DiskDeed::look
                                                   : DiskDeed::sync;
  const std::string text = about(failed);
  if (remedy(deed, failed.error) == Remedy::retry) {
    turn.note(Level::warning, core::cat(text, "; starting again in the next period"));
    begin_at_tick();
    return;
  }
  turn.end(exit_code::world_trouble, Level::error,
           core::cat(text, ": ", cure(failed.error), ", then restart"));
}

std::string Startup::about(const Failed& failed) const {
  switch (stage_) {
    case Stage::listing:
      return failure_text("list the files beside", names_.feed, failed.text);
    case Stage::syncing_directory:
      return failure_text("make durable", "the directory of the feed file", failed.text);
    default:
      return failure_text("make durable", record_, failed.text);
  }
}

void Startup::listed(Turn& turn, const Listed& listed) {
  std::optional<FileStat> feed;
  std::optional<FileStat> flushing;
  std::optional<FileStat> defer;
  bool suspects = false;
  for (const ListedName& found : listed.names) {
    if (found.name == names_.feed) {
      feed = found.self;
    } else if (found.name == names_.flushing) {
      flushing = found.self;
    } else if (found.name == names_.defer) {
      defer = found.self;
    } else if (found.name == names_.suspects) {
      suspects = true;
    }
  }
  for (const auto& [stat, name] :
       {std::pair(&feed, &names_.feed), std::pair(&flushing, &names_.flushing)}) {
    if (*stat && (*stat)->type != FileType::plain) {
      turn.end(exit_code::unexpected, Level::critical,
               core::cat(*name, " is not a plain file: remove what stands there, then restart"));
      return;
    }
  }
  std::vector<Step> steps;
  const auto cut_short = [&](Rule rule, std::optional<FileStat>& old, const std::string& name,
                             const FileStat& other) {
    if (old && old->same_file(other) && turn.config.keeps(rule)) {
      steps.push_back(Step::unlink(name));
      old.reset();
    }
  };
  for (const ListedName& found : listed.names) {
    if (names_.is_backlog(found.name)) {
      cut_short(Rule::finish_cut_move_of_defer, defer, names_.defer, found.self);
      cut_short(Rule::finish_cut_move_of_flushing, flushing, names_.flushing, found.self);
    }
  }
  if (flushing) {
    cut_short(Rule::finish_cut_flush, feed, names_.feed, *flushing);
  }
  what_ = {feed.has_value(), flushing.has_value(), defer.has_value(), suspects};
  if (steps.empty()) {
    finish(turn);
    return;
  }
  turn.note(Level::info, "finishing a move of a queue file that was cut short");
  steps.push_back(Step::sync_directory(Rule::sync_finished_moves));
  stage_ = Stage::unlinking;
  unlinks_.begin(turn, Room::startup, std::move(steps));
}

void Startup::finish(Turn& turn) {
  stage_ = Stage::done;
  found_ = what_;
  turn.again = true;
}

}  // namespace innduct::engine
