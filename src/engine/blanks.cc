// blanks.cc: gathering, writing and remembering blanks.
#include "engine/blanks.h"

#include <algorithm>
#include <cstring>

namespace innduct::engine {

void Blanks::write(Turn& turn, Slot slot, FileId file) {
  if (waiting_.empty()) {
    return;
  }
  const auto by_offset = [](const Span& a, const Span& b) { return a.offset < b.offset; };
  if (!std::ranges::is_sorted(waiting_, by_offset)) {
    std::ranges::sort(waiting_, by_offset);
  }
  std::size_t from = 0;
  while (from < waiting_.size()) {
    Span& first = waiting_[from];
    if (first.length > piece_size_max) {
      // A monstrous line: its first bytes go alone, the rest in the next piece.
      const Span rest{first.offset + piece_size_max, first.length - piece_size_max,
                      first.before_newline};
      first.length = piece_size_max;
      first.before_newline = false;
      write_piece(turn, slot, file, from, from + 1);
      waiting_[from] = rest;
      continue;
    }
    std::size_t to = from + 1;
    // Only a newline lies between two neighbouring lines.
    while (to < waiting_.size() && waiting_[to - 1].before_newline &&
           waiting_[to].offset == waiting_[to - 1].end() + 1 &&
           waiting_[to].end() - first.offset <= piece_size_max) {
      ++to;
    }
    write_piece(turn, slot, file, from, to);
    from = to;
  }
  waiting_.clear();
}

void Blanks::write_piece(Turn& turn, Slot slot, FileId file, std::size_t from, std::size_t to) {
  const std::uint64_t offset = waiting_[from].offset;
  const auto size = static_cast<std::size_t>(waiting_[to - 1].end() - offset);
  if (size == 0) {
    return;
  }
  char* bytes = turn.actions.room(size);
  std::memset(bytes, ' ', size);
  for (std::size_t i = from; i + 1 < to; ++i) {
    bytes[waiting_[i].end() - offset] = '\n';
  }
  std::vector<Span> spans;
  if (!spare_.empty()) {
    spans = std::move(spare_.back());
    spare_.pop_back();
  }
  const auto begin = waiting_.begin();
  spans.assign(begin + static_cast<std::ptrdiff_t>(from), begin + static_cast<std::ptrdiff_t>(to));
  const OpId op = turn.ids.op(slot);
  under_way_.push_back({op, std::move(spans)});
  turn.actions.add(Overwrite{op, file, offset, {bytes, size}});
}

bool Blanks::owns(OpId op) const {
  return std::ranges::find(under_way_, op, &Write::op) != under_way_.end();
}

bool Blanks::done(OpId op) {
  const auto found = std::ranges::find(under_way_, op, &Write::op);
  if (found == under_way_.end()) {
    return false;
  }
  spare_.push_back(std::move(found->spans));
  under_way_.erase(found);
  return true;
}

void Blanks::failed_for_now(OpId op) {
  const auto found = std::ranges::find(under_way_, op, &Write::op);
  refused_.insert(refused_.end(), found->spans.begin(), found->spans.end());
  under_way_.erase(found);
}

void Blanks::retry() {
  waiting_.insert(waiting_.end(), refused_.begin(), refused_.end());
  refused_.clear();
}

void Blanks::forget() {
  waiting_.clear();
  refused_.clear();
  under_way_.clear();
}

}  // namespace innduct::engine
