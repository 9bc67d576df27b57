// blanks.h: settled lines of one file, waiting to be overwritten with spaces.
//
// Blanks of one turn are gathered and written in few pieces: neighbouring lines are covered by
// one write that puts their newlines back unchanged. No sync, ever: a blank that a crash takes
// back costs one offer that the peer declines (doc/reliability.md, rule 1). A blank that a full
// disk refuses is remembered and written again each period.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/turn.h"

namespace innduct::engine {

class Blanks {
 public:
  // Takes a span of settled bytes: a whole line without its newline, or part of one.
  void add(Span span) { waiting_.push_back(span); }
  // Writes what waits. `slot` is the file's owner.
  void write(Turn& turn, Slot slot, FileId file);
  // Whether `op` is one of the writes under way.
  bool owns(OpId op) const;
  // Calls `visit` for each span that the write `op` blanks; for none if it is none of ours.
  template <class Visit>
  void each_of(OpId op, Visit visit) const {
    for (const Write& write : under_way_) {
      if (write.op == op) {
        std::ranges::for_each(write.spans, visit);
      }
    }
  }
  // The write was done, or is not worth repeating. False if `op` is none of ours.
  bool done(OpId op);
  // The write failed for now: it is remembered.
  void failed_for_now(OpId op);
  // Writes what a full disk refused once more.
  void retry();
  // The file was emptied under us: nothing of it is left to blank.
  void forget();
  // Whether every blank is written.
  bool empty() const { return waiting_.empty() && refused_.empty() && under_way_.empty(); }
  std::size_t refused() const { return refused_.size(); }

 private:
  struct Write {
    OpId op;
    std::vector<Span> spans;
  };
  void write_piece(Turn& turn, Slot slot, FileId file, std::size_t from, std::size_t to);

  // More would be as slow as several writes.
  static constexpr std::uint64_t piece_size_max = 65536;
  std::vector<Span> waiting_;
  std::vector<Span> refused_;
  std::vector<Write> under_way_;
  std::vector<std::vector<Span>> spare_;
};

}  // namespace innduct::engine
