// outcome_log.cc: appending, and what happens when that cannot be done.
#include "io/outcome_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/cat.h"
#include "core/escape.h"
#include "io/file.h"

namespace innduct::io {
namespace {

// Whether the file ends within a line: a full disk, or a power cut, may have left it so.
bool ends_within_line(int file) {
  const Tried<engine::FileStat> found = stat_file(file);
  char last = '\n';
  if (found && found->size > 0) {
    static_cast<void>(read_at(file, found->size - 1, {&last, 1}));
  }
  return last != '\n';
}

}  // namespace

std::expected<void, std::string> OutcomeLog::open(const std::string& path) {
  const Tried<int> opened = open_file(path, engine::OpenMode::append_or_create, true);
  if (!opened) {
    return std::unexpected(core::cat("cannot open the outcome log ", core::escaped(path), ": ",
                                     std::strerror(opened.error())));
  }
  file_ = Descriptor(*opened);
  path_ = path;
  cut_ = ends_within_line(*opened);
  return {};
}

void OutcomeLog::reopen() {
  if (const auto opened = open(path_); !opened) {
    log_.note(
        engine::Level::warning,
        core::cat(opened.error(), "; writing on in the old file: see to it, then send SIGHUP"));
    return;
  }
  log_.note(engine::Level::info,
            core::cat("SIGHUP: the outcome log ", core::escaped(path_), " was opened anew"));
}

void OutcomeLog::write_lines() {
  const bool was_cut = cut_;
  if (was_cut) {
    lines_.insert(0, 1, '\n');
  }
  const std::size_t written = append_part(file_.get(), lines_);
  const int error = errno;
  if (written > 0) {
    cut_ = lines_[written - 1] != '\n';
  }
  if (written < lines_.size()) {
    const auto whole = std::ranges::count(std::string_view(lines_).substr(0, written), '\n') -
                       (was_cut && written > 0 ? 1 : 0);
    if (std::exchange(lost_, lost_ + waiting_ - static_cast<std::uint64_t>(whole)) == 0) {
      log_.note(engine::Level::warning, core::cat("cannot write the outcome log ",
                                                  core::escaped(path_), ": ", std::strerror(error),
                                                  "; its lines are lost until it can be, the feed "
                                                  "goes on: make room, or see to the file"));
    }
  } else if (lost_ > 0) {
    log_.note(engine::Level::notice, core::cat("the outcome log can be written again: it lacks ",
                                               std::exchange(lost_, 0), " lines"));
  }
  lines_.clear();
  waiting_ = 0;
}

}  // namespace innduct::io
