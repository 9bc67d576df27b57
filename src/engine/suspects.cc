// suspects.cc: evidence, charges and acquittals.
#include "engine/suspects.h"

#include <algorithm>
#include <utility>

#include "core/cat.h"
#include "core/escape.h"

namespace innduct::engine {

// ---------------------------------------------------------------- what is known

Suspects::Suspicion& Suspects::suspicion(std::string_view mark) {
  if (const auto found = known_.find(mark); found != known_.end()) {
    return found->second;
  }
  if (known_.size() == articles_max) {
    const auto order = [](const auto& each) { return each.second.order; };
    drop(std::ranges::min_element(known_, {}, order));
  }
  Suspicion& made = known_[std::string(mark)];
  made.order = ++suspected_so_far_;
  return made;
}

void Suspects::drop(std::map<std::string, Suspicion, std::less<>>::iterator suspicion) {
  of_crash_ -= suspicion->second.of_crash ? 1U : 0U;
  known_.erase(suspicion);
}

Suspects::Opinion Suspects::opinion(const Turn& turn, const Entry& entry) const {
  const auto found = known_.find(entry.mark());
  if (found == known_.end()) {
    return Opinion::harmless;
  }
  const Charges::Charged* const charged = charges_.find(entry.mark());
  if (charged != nullptr && charged->times >= turn.config.max_suspicions) {
    return Opinion::condemned;
  }
  return found->second.of_peer ? Opinion::suspect : Opinion::harmless;
}

bool Suspects::must_be_alone(const Entry& entry) const {
  if (of_crash_ == 0) {
    return false;
  }
  const auto found = known_.find(entry.mark());
  return found != known_.end() && found->second.of_crash;
}

std::string Suspects::why(std::string_view mark) const {
  const Charges::Charged* const charged = charges_.find(mark);
  if (charged == nullptr) {
    return {};
  }
  return core::cat(charged->by_crash ? "innduct crashed " : "the peer failed ", charged->times,
                   charged->times == 1 ? " time" : " times",
                   charged->by_crash ? " with this article alone in hand"
                                     : " at this article alone, the last time: ",
                   charged->by_crash ? std::string_view() : charged->words);
}

// ---------------------------------------------------------------- evidence

void Suspects::peer_answered(bool to_text) {
  ++answers_;
  texts_ += to_text ? 1U : 0U;
}

bool Suspects::proven(const Entry& entry, bool at_text) const {
  const auto found = known_.find(entry.mark());
  if (found == known_.end()) {
    return false;
  }
  return at_text ? texts_ > found->second.texts : answers_ > found->second.answers;
}

Suspects::Sentence Suspects::blame(Turn& turn, const Entry& entry, bool at_text, bool alone,
                                   std::string_view words) {
  if (alone) {
    return failed_alone(turn, entry, at_text, words);
  }
  accuse(entry);
  return Sentence::unproven;
}

void Suspects::accuse(const Entry& entry) {
  Suspicion& suspected = suspicion(entry.mark());
  if (!std::exchange(suspected.of_peer, true)) {
    suspected.answers = answers_;
    suspected.texts = texts_;
  }
}

Suspects::Sentence Suspects::failed_alone(Turn& turn, const Entry& entry, bool at_text,
                                          std::string_view words) {
  const bool is_proven = proven(entry, at_text);
  Suspicion& suspected = suspicion(entry.mark());
  if (!is_proven) {
    constexpr unsigned unproven_max = 3;
    accuse(entry);
    suspected.unproven = suspected.unproven % unproven_max + 1;
    return suspected.unproven < unproven_max ? Sentence::unproven : Sentence::in_vain;
  }
  suspected.of_peer = true;
  suspected.unproven = 0;
  suspected.answers = answers_;
  suspected.texts = texts_;
  constexpr std::size_t words_shown = 50;
  const unsigned times =
      charges_.charge(turn, entry.mark(), false, core::escaped(words, words_shown));
  return times >= turn.config.max_suspicions ? Sentence::condemned : Sentence::charged;
}

void Suspects::acquit(Turn& turn, const Entry& entry) {
  const auto found = known_.find(entry.mark());
  if (found != known_.end() && !found->second.of_crash) {
    forget(turn, entry.mark());
  } else if (found != known_.end()) {
    found->second.of_peer = false;
  }
}

void Suspects::survived(Turn& turn, std::string_view mark) {
  const auto found = known_.find(mark);
  if (found == known_.end() || !found->second.of_crash) {
    return;
  }
  if (!found->second.of_peer) {
    forget(turn, mark);
    return;
  }
  found->second.of_crash = false;
  --of_crash_;
}

void Suspects::forget(Turn& turn, std::string_view mark) {
  if (const auto found = known_.find(mark); found != known_.end()) {
    drop(found);
  }
  charges_.clear(turn, mark);
}

void Suspects::amnesty(Turn& turn) {
  for (auto each = known_.begin(); each != known_.end();) {
    const auto here = each++;
    if (charges_.find(here->first) != nullptr) {
      continue;
    }
    here->second.of_peer = false;
    if (!here->second.of_crash) {
      drop(here);
    }
  }
  turn.entries.move_all_front(waiting_, turn.to_requeue);
  turn.again = true;
}

// ---------------------------------------------------------------- the start

void Suspects::begin(Turn& turn, bool file_is_there) {
  stage_ = Stage::loading;
  charges_.load(turn, file_is_there);
}

void Suspects::on(Turn& turn, const Event& event) {
  if (const auto* marks = std::get_if<Marks>(&event); marks != nullptr && marks->op == op_) {
    found(turn, *marks);
    turn.again = true;
  } else if (const auto* done = std::get_if<Done>(&event); done != nullptr && done->op == op_) {
    stage_ = Stage::ready;
    turn.again = true;
  } else {
    charges_.on(turn, event);
  }
}

void Suspects::found(Turn& turn, const Marks& marks) {
  stage_ = Stage::charging;
  if (!marks.crashed) {
    return;
  }
  turn.note(Level::error, core::cat("the last innduct of this feed crashed, with ",
                                    marks.marks.size(), " articles in hand: each is tried alone"));
  const std::string run = core::cat("run ", marks.run, ".");
  for (const Mark& mark : marks.marks) {
    Suspicion& suspected = suspicion(mark.text);
    of_crash_ += suspected.of_crash ? 0U : 1U;
    suspected.of_crash = true;
    const Charges::Charged* const charged = charges_.find(mark.text);
    if (charged != nullptr && charged->by_crash && charged->words == run) {
      continue;  // for this very crash, by a process that was killed before it cleared the marks
    }
    if (mark.probe) {
      turn.note(Level::warning, core::cat("it crashed while it had ", core::escaped(mark.text),
                                          " alone in hand: charged"));
      charges_.charge(turn, mark.text, true, run);
    }
  }
}

void Suspects::work(Turn& turn) {
  charges_.work(turn);
  if (stage_ == Stage::loading && !charges_.loading()) {
    for (const auto& [mark, charged] : charges_.all()) {
      Suspicion& suspected = suspicion(mark);
      of_crash_ += charged.by_crash && !suspected.of_crash ? 1U : 0U;
      (charged.by_crash ? suspected.of_crash : suspected.of_peer) = true;
    }
    stage_ = Stage::reading_marks;
    op_ = turn.ids.op(Room::suspects);
    turn.actions.add(ReadMarks{op_});
  } else if (stage_ == Stage::charging && charges_.idle()) {
    stage_ = Stage::clearing_marks;
    op_ = turn.ids.op(Room::suspects);
    turn.actions.add(ClearMarks{op_});
  }
}

}  // namespace innduct::engine
