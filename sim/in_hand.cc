// in_hand.cc: marks, and when they go.
#include "sim/in_hand.h"

#include "core/cat.h"
#include "sim/failure.h"

namespace innduct::sim {

void InHand::mark(engine::ArticleRef article, std::string_view text, bool probe) {
  if (!armed_) {
    throw Failure(
        "the program fetches an article before it has emptied the table of those in hand");
  }
  if (text.empty() || text.size() > engine::mark_size_max) {
    throw Failure(core::cat("the program marks an article with ", text.size(), " bytes"));
  }
  if (probe && !marks_.empty()) {
    throw Failure(core::cat("the program has ", text, " in hand as a probe, and others besides: ",
                            marks_.begin()->second.text),
                  text);
  }
  for (const auto& [other, mark] : marks_) {
    if (!mark.probe) continue;
    throw Failure(core::cat("the program takes ", text, " in hand while ", mark.text,
                            " is probed, which must be alone"),
                  text);
  }
  marks_[article] = {std::string(text), probe};
}

void InHand::sent(engine::ConnId conn, std::size_t size, engine::ArticleRef article) {
  Outgoing& outgoing = connections_[conn];
  outgoing.handed += size;
  if (article) outgoing.ends.emplace_back(outgoing.handed, article);
}

void InHand::accepted(engine::ConnId conn, std::size_t bytes) {
  Outgoing& outgoing = connections_[conn];
  outgoing.accepted += bytes;
  while (!outgoing.ends.empty() && outgoing.ends.front().first <= outgoing.accepted) {
    unmark(outgoing.ends.front().second);
    outgoing.ends.pop_front();
  }
}

void InHand::closed(engine::ConnId conn) {
  const auto found = connections_.find(conn);
  if (found == connections_.end()) return;
  for (const auto& [end, article] : found->second.ends) unmark(article);
  connections_.erase(found);
}

void InHand::clear() {
  marks_.clear();
  crashed_ = false;
  armed_ = true;
  ++run_;
}

std::vector<ArrivalMark> InHand::marks() const {
  std::vector<ArrivalMark> all;
  for (const auto& [article, mark] : marks_) all.push_back(mark);
  return all;
}

void InHand::process_ended(bool by_crash) {
  crashed_ = crashed_ || (by_crash && armed_);
  armed_ = false;
  connections_.clear();
}

void InHand::power_lost() { crashed_ = false; }

}  // namespace innduct::sim
