// progress.cc: how much is left, and when somebody is told.
#include "engine/progress.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"
#include "core/volume.h"
#include "engine/history.h"

namespace innduct::engine {
namespace {

std::uint64_t in_memory(const Status& status) {
  return status.counters.read - status.counters.left_core();
}

std::string when_done(const std::optional<core::Duration>& in) {
  return in ? core::cat("done in about ",
                        core::to_text(std::chrono::ceil<std::chrono::seconds>(*in)))
            : "no end in sight";
}

}  // namespace

Unread unread(const Status& status) {
  Unread all{status.backlog_left + status.defer_bytes,
             status.backlog_files + (status.defer_bytes > 0 ? 1U : 0U)};
  for (const FileStatus& file : status.files) {
    if (file.role != "backlog" && file.size > file.read_to) {
      all.bytes += file.size - file.read_to;
      ++all.files;
    }
  }
  return all;
}

std::string render_left(const Status& status) {
  const Unread left = unread(status);
  std::string text = core::cat(core::volume_text(left.bytes), " in ", left.files,
                               left.files == 1 ? " file" : " files");
  if (in_memory(status) > 0) {
    core::append(text, core::cat(", ", in_memory(status), " articles in memory"));
  }
  const char* before = " (";
  for (const FileStatus& file : status.files) {
    if (file.size > file.read_to) {
      core::append(text,
                   core::cat(before, core::escaped(file.name), " ", percent_read(file), " % read"));
      before = ", ";
    }
  }
  if (*before == ',') {
    text += ')';
  }
  return text;
}

void Progress::work(Turn& turn, const Status& status) {
  next_look_ = turn.now.monotonic + turn.config.period;
  const std::uint64_t bytes = unread(status).bytes;
  const bool dropping = status.state == FeedState::dropping;
  if (std::exchange(dropping_, dropping) != dropping) {
    busy_ = false;
    if (dropping && (bytes > 0 || in_memory(status) > 0)) {
      turn.note(Level::notice, core::cat("left of the dropped feed: ", render_left(status), "; ",
                                         when_done(status.backlog_done_in)));
      begin(turn, status, bytes);
    }
  } else if (busy_) {
    go_on(turn, status, bytes);
  } else if (!dropping && bytes >= much) {
    turn.note(Level::notice, core::cat("much waits to be offered: ", render_left(status)));
    begin(turn, status, bytes);
  }
}

void Progress::begin(Turn& turn, const Status& status, std::uint64_t bytes) {
  busy_ = true;
  at_begin_ = bytes;
  said_ = {turn.now.monotonic, bytes, status.counters.left_core()};
}

void Progress::go_on(Turn& turn, const Status& status, std::uint64_t bytes) {
  if (!dropping_ && bytes < much / 10) {
    turn.note(Level::notice,
              core::cat("what waited is read",
                        bytes > 0 ? core::cat(", but for ", core::volume_text(bytes)) : ""));
    busy_ = false;
    return;
  }
  const core::Duration time = turn.now.monotonic - said_.at;
  const std::uint64_t settled = status.counters.left_core() - said_.settled;
  // Reading alone is no work that is done.
  const std::uint64_t done = settled > 0 ? said_.bytes - std::min(bytes, said_.bytes) : 0;
  const bool worth_saying = bytes > 0 ? done > 0 && done >= at_begin_ / 10 : settled > 0;
  if (time < at_most_every || (!worth_saying && time < turn.config.stats_log_interval)) {
    return;
  }
  const auto in =
      bytes > 0 ? done_in(bytes, done, time) : done_in(in_memory(status), settled, time);
  turn.note(Level::notice,
            core::cat("still to be offered: ", render_left(status), "; ", when_done(in)));
  said_ = {turn.now.monotonic, bytes, status.counters.left_core()};
}

}  // namespace innduct::engine
