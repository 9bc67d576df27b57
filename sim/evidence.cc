// evidence.cc: counting harm.
#include "sim/evidence.h"

#include "core/cat.h"
#include "sim/failure.h"

namespace innduct::sim {

// Retrievals that must fail for this article alone before it counts as damaged.
constexpr unsigned troubles_min = 4;

Evidence::Harm& Evidence::grown(ArticleNumber number) {
  if (number >= harms_.size()) harms_.resize(number + 1);
  return harms_[number];
}

void Evidence::broke(ArticleNumber number, bool alone) {
  Harm& harm = grown(number);
  if (alone && harm.broke_before && finals_ > harm.finals) ++harm.breaks;
  if (alone || !harm.broke_before) harm.finals = finals_;
  harm.broke_before = true;
}

void Evidence::fetched(ArticleNumber number, engine::FetchOutcome outcome) {
  Harm& harm = grown(number);
  harm.damaged = harm.damaged || outcome == engine::FetchOutcome::damaged;
  harm.troubles +=
      outcome == engine::FetchOutcome::trouble || outcome == engine::FetchOutcome::unknown ? 1 : 0;
}

void Evidence::demand(ArticleNumber number) {
  const Harm& harm = grown(number);
  const unsigned charges = harm.breaks + harm.crashes;
  if (harm.damaged || harm.troubles >= troubles_min ||
      charges >= stage_.options.config.max_suspicions) {
    return;
  }
  throw Failure(
      core::cat("the program quarantines ", articles_[number].message_id,
                ", which alone did harm no more than ", charges, " times (", harm.breaks,
                " connections, ", harm.crashes, " crashes, ", harm.troubles, " retrievals)"),
      articles_[number].message_id);
}

}  // namespace innduct::sim
