// evidence.h: who has done harm, as the world knows it: nobody is quarantined without it.
//
// An article may be quarantined when it is not fit to be sent; or when, as often as the
// configuration says, it was alone on a connection that broke or talked nonsense, or alone in the
// program's hands when that crashed. A peer that gave no final answer between two such breaks is
// the one that is sick, and the second one counts for nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/port.h"
#include "sim/article.h"
#include "sim/stage.h"

namespace innduct::sim {

class Evidence {
 public:
  Evidence(const Stage& stage, const Catalogue& articles) : stage_(stage), articles_(articles) {}

  // The program was told of a final answer.
  void answered_finally() { ++finals_; }
  // A connection broke, or answered nonsense, when this was unanswered on it; alone or not.
  void broke(ArticleNumber number, bool alone);
  // The process crashed when nothing else was in its hands.
  void crashed_alone(ArticleNumber number) { ++grown(number).crashes; }
  // What the store said when it was asked for the article.
  void fetched(ArticleNumber number, engine::FetchOutcome outcome);

  // It is recorded in the quarantine. Throws Failure if there is not enough against it.
  void demand(ArticleNumber number);

 private:
  struct Harm {
    bool broke_before = false;
    std::uint64_t finals = 0;  // given when it broke last
    unsigned breaks = 0;       // that count
    unsigned crashes = 0;
    unsigned troubles = 0;
    bool damaged = false;
  };
  Harm& grown(ArticleNumber number);

  const Stage& stage_;
  const Catalogue& articles_;
  std::vector<Harm> harms_;
  std::uint64_t finals_ = 0;
};

}  // namespace innduct::sim
