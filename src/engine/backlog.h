// backlog.h: which backlog file is read next, and when; and its way from being found to being
// removed.
//
//   idle -> listing -> opening -> reading -> looking -> [keeping bad lines] -> removing -> idle
//
// At most one file is read at a time: the oldest that has waited long enough. The
// administrator may add files at any time, as symbolic links too (written through; only the
// link is removed), and take them away at any time, even while they are read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/bad_lines.h"
#include "engine/names.h"
#include "engine/sources.h"
#include "engine/steps.h"
#include "engine/turn.h"

namespace innduct::engine {

class Backlog {
 public:
  explicit Backlog(const Names& names) : names_(names) {}

  void on(Turn& turn, const Event& event);
  // Level-triggered: does what can be done now. New entries join `queue`, unless input is held.
  void work(Turn& turn, Sources& sources, BadLines& bad_lines, Place& queue, bool hold_input);

  // Looks for files at the next period (`next blscan`, a finished move).
  void rescan() { rescan_ = asked_for_ = true; }
  // Looks for files at once.
  void look_once_more() {
    rescan();
    listed_ = false;
  }
  // No file is being read (or opened, or removed): the defer file may become one.
  bool idle() const { return stage_ == Stage::idle || stage_ == Stage::listing; }
  // The last look found no file that is still to be read.
  bool none_left() const {
    return stage_ == Stage::idle && listed_ && !rescan_ && waiting_ == 0 && chosen_.empty();
  }
  // Files that cannot be read; they hold back the end of a dropped feed.
  std::size_t unreadable() const { return unreadable_; }
  const std::string& unreadable_name() const { return unreadable_name_; }
  // Files found by the last look that wait for their time, and their bytes.
  std::size_t waiting() const { return waiting_; }
  std::uint64_t waiting_bytes() const { return waiting_bytes_; }
  // When the oldest of those had last changed when it was found.
  std::optional<core::WallTime> oldest() const { return oldest_; }
  // How much of those is not read yet.
  std::uint64_t bytes_left() const;
  // Of all backlog files, since the start.
  std::uint64_t bytes_read() const;
  // When files are looked for again without being asked, once they were looked for.
  std::optional<core::Instant> next_scan() const {
    return listed_ ? std::optional(next_scan_) : std::nullopt;
  }
  // The file that is being read, for `show`.
  const Source* reading() const { return source_; }

 private:
  enum class Stage : std::uint8_t {
    idle,
    listing,
    opening,
    reading,
    looking,
    keeping,
    removing,
    closing
  };
  // A file that is not read at once when it is seen: it could not be read, or nothing of it is left
  // but bad lines.
  struct Aside {
    FileStat stat;
    bool settled = false;        // but for bad lines that could not be kept: counts as done
    std::uint64_t tried_in = 0;  // the round in which it was last tried
    core::Instant tried_at{};
  };

  void list(Turn& turn);
  void choose(Turn& turn, const Listed& listed);
  // Whether a file was set aside and is still to be left alone.
  bool left_alone(const Turn& turn, const ListedName& found, const FileStat& stat);
  void set_aside(Turn& turn, const std::string& name, const FileStat& stat, std::string_view why);
  void look(Turn& turn);
  void seen(Turn& turn, const FileStat* stat);
  void idle(Turn& turn, Sources& sources);
  void opened(Turn& turn, Sources& sources);
  void read(Turn& turn, BadLines& bad_lines, Place& queue, bool hold_input);
  void kept_bad_lines(Turn& turn, bool kept);
  void remove(Turn& turn);
  void remove_ended(Turn& turn, const Steps::End& end);
  void close(Turn& turn);

  const Names& names_;
  Stage stage_ = Stage::idle;
  OpId op_;
  bool listed_ = false;  // or it was tried: from then on files are looked for at periods
  bool rescan_ = true;
  bool asked_for_ = false;  // by a person, or because a file was made
  core::Instant next_scan_{};
  std::optional<core::Instant> ripe_at_;  // when the next known file is old enough
  std::size_t waiting_ = 0;
  std::uint64_t waiting_bytes_ = 0;
  std::optional<core::WallTime> oldest_;
  std::uint64_t bytes_of_closed_ = 0;  // that were read
  std::size_t unreadable_ = 0;
  std::string unreadable_name_;
  std::map<std::string, Aside, std::less<>> aside_;
  std::uint64_t round_ = 0;  // of regular looks; in each, what cannot be read is tried once more

  std::string chosen_;  // name of the file to be read, or being read
  FileStat chosen_stat_;
  FileStat last_seen_;
  Source* source_ = nullptr;
  bool gone_ =
      false;  // its name no longer leads to it: finish what is in core, leave the name alone
  bool half_judged_ = false;  // what stands at its end without a newline
  bool settled_ = false;      // nothing is left of it but bad lines
  bool look_failed_ = false;  // its name could not be looked at: not before the next period
  Steps remove_;
};

}  // namespace innduct::engine
