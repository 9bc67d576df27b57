// spool.cc: fates of articles.
#include "sim/spool.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using engine::FetchOutcome;

void Spool::start() {
  for (unsigned i = 0; i < stage_.options.spool.spells; ++i) {
    const core::Duration begin = dice_.evenly(0s, stage_.options.cruelty);
    stage_.time.after(begin, [this] {
      broken_ = true;
      stage_.say("spool", "breaks");
    });
    stage_.time.after(begin + dice_.widely(10s, 4000s), [this] { broken_ = false; });
  }
}

void Spool::store(ArticleNumber number) {
  if (fates_.size() <= number) fates_.resize(number + 1);
  if (stage_.mercy) return;
  const SpoolOptions& o = stage_.options.spool;
  Fate& fate = fates_[number];
  fate.wrong = dice_.permille(o.wrong);
  fate.sick = dice_.permille(o.sick);
  fate.damaged = !fate.wrong && dice_.permille(o.damaged);
  fate.unknown = dice_.permille(o.late_groups);
  fate.denied = dice_.coin();
  if (fate.wrong) ledger_.miss(number);
  if (poison_dice_.permille(o.poison)) {
    fate.poison = poison_dice_.coin() ? Poison::when_read : Poison::when_sent;
  }
  if (dice_.permille(o.expired)) {
    stage_.time.after(dice_.widely(1ms, 3000s), [this, number] {
      fates_[number].expired = true;
      ledger_.miss(number);
      stage_.say("spool", articles_[number].message_id, " expires");
    });
  }
}

Spool::Found Spool::fetch(std::string_view locator, std::string_view message_id) {
  const auto number = articles_.by_token(locator);
  if (!number || *number >= fates_.size()) return {FetchOutcome::absent, 0, "no such token"};
  const Fate& fate = fates_[*number];
  if (!stage_.mercy && (broken_ || dice_.permille(stage_.options.spool.trouble))) {
    return {FetchOutcome::trouble, *number, "input/output error"};
  }
  if (fate.sick) return {FetchOutcome::trouble, *number, "permission denied"};
  if (fate.unknown) {
    return {fate.denied ? FetchOutcome::absent : FetchOutcome::unknown, *number, "unknown group"};
  }
  if (fate.expired) return {FetchOutcome::absent, *number, "no such article"};
  if (fate.wrong) return {FetchOutcome::other, *number, "another article is there"};
  if (fate.damaged) return {FetchOutcome::damaged, *number, "does not end in CRLF.CRLF"};
  if (!message_id.empty() && message_id != articles_[*number].message_id) {
    return {FetchOutcome::other, *number, "another article is there"};
  }
  return {FetchOutcome::ready, *number, {}};
}

core::Duration Spool::latency() {
  if (stage_.mercy) return 1ms;
  return stage_.options.spool.slow ? dice_.widely(10us, 20s) : dice_.widely(10us, 20ms);
}

void Spool::reopen() {
  for (Fate& fate : fates_) fate.unknown = false;
}

void Spool::heal() {
  for (ArticleNumber number = 0; number < fates_.size(); ++number) {
    fates_[number].sick = false;
    fates_[number].damaged = false;
    fates_[number].poison = Poison::none;
  }
}

}  // namespace innduct::sim
