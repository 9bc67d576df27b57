// source.h: one input file: which of its entries are in core, and how a settled one is blanked.
//
// A Source reads its file from the first byte to the last, cuts it into entries as long as
// there is room for them in core (I7: at the limit it stops reading, it never drops), and
// blanks the lines of those that are settled (I1). What the file is, and what happens to its
// name, is its owner's business: feed.h for F and F_flushing, backlog.h for backlog files.
//
//   opening -> open -> closing -> closed
//           \-> failed
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/line_reader.h"
#include "engine/blanks.h"
#include "engine/turn.h"

namespace innduct::engine {

class Source {
 public:
  enum class Stage : std::uint8_t { opening, failed, open, closing, closed };

  // Figures of one pass over the file, for logs and `show`.
  struct Pass {
    std::uint64_t lines = 0;
    std::uint64_t entries = 0;
    std::uint64_t bad = 0;
    std::uint64_t wrecked = 0;  // of the bad ones, those with NULs in them
    std::uint64_t torn = 0;
  };

  // Asks for the file to be opened. `name` is its base name.
  Source(Turn& turn, Slot slot, std::string name, core::Dialect dialect, bool follow);

  // ---- what it is
  Stage stage() const { return stage_; }
  Slot slot() const { return slot_; }
  const std::string& name() const { return name_; }
  FileId file() const { return file_; }
  // The file as it was when it was opened.
  const FileStat& opened_as() const { return opened_as_; }
  int open_error() const { return open_error_; }
  const std::string& open_error_text() const { return open_error_text_; }
  const Pass& pass() const { return pass_; }
  // Entries of this file in core, wherever they are.
  std::size_t in_core() const { return in_core_; }
  // Entries of another file that end in this one (join_first_line).
  std::size_t tails() const { return tails_; }
  // Everything up to what was the end of the file when last looked has been cut into lines.
  bool ended() const { return all_read() && !more_cut_; }
  // The same, but what was read may wait to be cut.
  bool all_read() const { return at_end_ && !read_op_; }
  // Nothing of this file is in core, on its way, or still to be blanked.
  bool quiet() const {
    return ended() && in_core_ == 0 && tails_ == 0 && blanks_.empty() && !sync_op_;
  }
  // Nothing of it is owed: the file, or its name, may go.
  bool may_go(const Turn& turn) const {
    return quiet() || (ended() && !turn.config.keeps(Rule::remove_when_settled));
  }
  bool blanks_written() const { return blanks_.empty(); }
  // File offset up to which it was read.
  std::uint64_t read_to() const { return reader_.end(); }
  // How long the file is, as far as is known: innd may just be appending to it.
  std::uint64_t size() const {
    return all_read() ? read_to() : std::max({opened_as_.size, size_seen_, read_to()});
  }
  // The bytes behind the last newline, once ended().
  std::string_view partial() const { return reader_.partial(); }

  // ---- what happens to it
  // An event for one of this source's operations.
  void on(Turn& turn, const Event& event);
  // Somebody made the file shorter than what was read of it. Until its owner deals with that.
  bool shorter() const { return shorter_; }
  // There may be more to read.
  void look_again() { at_end_ = false; }
  // An entry of this file (or its tail in this file) is done with.
  void settle(Turn& turn, const Entry& entry);
  // An entry leaves core without being settled: its line stays as it is.
  void drop(const Entry& entry);

  // ---- what to do with it
  void rename(std::string name) { name_ = std::move(name); }
  // However many lines are bad, that is no reason to end: a person may have written in it.
  void tolerate_bad_lines() { tolerant_ = true; }
  // Cuts lines into entries at the end of `queue` while fewer than `limit` are in core, and reads
  // on. Level-triggered: call it in every turn in which new input is wanted.
  void admit(Turn& turn, Place& queue, std::size_t limit);
  // Writes this turn's blanks.
  void write_blanks(Turn& turn);
  // A period began: blanks that a full disk refused, and reads that failed, are tried again.
  void on_tick(Turn& turn);
  // Looks how long the file is, and makes what was appended durable, read or not (rule 7 of
  // doc/reliability.md), unless that is under way.
  void look_at_size(Turn& turn);
  void close(Turn& turn);
  // Gives the file up: no entry is taken into core any more, the rest is only read through, to
  // learn how it ends. Its unread lines are owed, so it must be kept under some name.
  void give_up() { given_up_ = true; }
  bool given_up() const { return given_up_; }
  // The file was emptied: read it from its first byte again. Nothing of it may be in core.
  void start_over();

  // ---- the two halves of a line that a full disk cut (feed.h)
  // While held, nothing is cut; but the first line can be looked at.
  void hold(bool held) { held_ = held; }
  bool held() const { return held_; }
  // The file's first line without its newline, once it is there whole (cut short if monstrous).
  std::optional<std::string_view> first_line() const;
  // What the partial line at the end is, once ended().
  enum class Half : std::uint8_t {
    none,   // nothing, or only spaces
    taken,  // it held whole records: they are entries now
    open,   // the beginning of something: what follows it must be known first
  };
  Half take_half(Turn& turn, Place& queue);
  // The half is nothing that could be joined: counts it as bad, unless it is a torn blank.
  void refuse_half(Turn& turn);
  // Joins the half at the end of `head` with this file's first line, if both are one record and the
  // line holds none of its own. False: they are not.
  bool join_first_line(Turn& turn, Source& head, Place& queue);

 private:
  // A line that several entries share, or of which the end was not yet seen.
  struct SharedLine {
    std::uint64_t end = 0;  // 0: not known yet
    bool before_newline = false;
    std::size_t open = 0;
    std::size_t found = 0;
    bool bad = false;  // bytes of it are neither spaces nor an entry
  };

  void cut(Turn& turn, Place& queue, std::size_t limit);
  void take_piece(Turn& turn, const core::Piece& piece, Place& queue);
  void take_shared_piece(Turn& turn, const core::Piece& piece, Place& queue);
  EntryId make_entry(Turn& turn, Place& queue, std::uint64_t base, const core::Record& record);
  void count_bad(Turn& turn, std::uint64_t offset, std::string_view text);
  void end_shared(std::uint64_t line);
  void blank_if_whole(std::uint64_t line);
  void read_on(Turn& turn);
  void fail(Turn& turn, const Failed& failed);
  void sync(Turn& turn);

  static constexpr std::size_t read_size = 65536;
  // Of one file, bad lines that are logged one by one; the rest is counted.
  static constexpr std::uint64_t bad_logged_max = 20;

  Slot slot_;
  std::string name_;
  core::Dialect dialect_;
  Stage stage_ = Stage::opening;
  FileId file_;
  FileStat opened_as_;
  int open_error_ = 0;
  std::string open_error_text_;

  core::LineReader reader_;
  std::vector<core::Record> records_;
  Blanks blanks_;
  std::map<std::uint64_t, SharedLine> shared_;
  std::uint64_t shared_line_ = 0;  // start of the line that take_shared_piece() is in
  Pass pass_;
  std::size_t in_core_ = 0;
  std::size_t tails_ = 0;
  core::Instant known_at_{};  // when lines below known_size_ were known to exist
  std::uint64_t known_size_ = 0;

  OpId open_op_, read_op_, close_op_;
  OpId size_op_, sync_op_;
  bool at_end_ = false;    // the last read came to the end of the file
  bool more_cut_ = false;  // the reader may hold lines that are not cut yet
  bool given_up_ = false;
  bool tolerant_ = false;
  bool held_ = false;
  bool read_failed_ = false;
  bool shorter_ = false;
  std::uint64_t size_seen_ = 0;  // when last looked at
  std::uint64_t synced_to_ = 0;
  std::uint64_t judged_half_to_ = 0;  // where the half ended of which was decided what it is
  std::uint64_t taken_to_ = 0;        // where it ended if its records are entries
};

}  // namespace innduct::engine
