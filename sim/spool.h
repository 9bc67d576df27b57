// spool.h: the article store of the false world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/port.h"
#include "sim/article.h"
#include "sim/ledger.h"
#include "sim/stage.h"

namespace innduct::sim {

class Spool {
 public:
  Spool(Stage& stage, const Catalogue& articles, Ledger& ledger)
      : stage_(stage),
        articles_(articles),
        ledger_(ledger),
        dice_(stage.dice(Actor::spool)),
        poison_dice_(dice_.branch(1)) {}

  // Plans its misfortunes.
  void start();
  // innd has stored the article: draws its fate.
  void store(ArticleNumber number);

  // What a retrieval finds now. `size` is that of the article in wire format, if it is ready.
  struct Found {
    engine::FetchOutcome outcome{};
    ArticleNumber number = 0;
    std::string_view text;
  };
  Found fetch(std::string_view locator, std::string_view message_id);
  core::Duration latency();

  // The store is initialised anew: it knows all groups there are now.
  void reopen();
  // A process starts: likewise.
  void process_started() { reopen(); }
  // Articles that were not fit for the wire, or could not be had, are what they should be; and the
  // program survives them.
  void heal();
  // The program crashes over this article whenever it has just read it, or begins to send it.
  enum class Poison : std::uint8_t { none, when_read, when_sent };
  Poison poison(ArticleNumber number) const { return fates_[number].poison; }

 private:
  struct Fate {
    bool expired = false;
    bool wrong = false;
    bool sick = false;
    bool damaged = false;
    bool unknown = false;  // the store must be reopened to know its group
    bool denied = false;   // then says `absent`, else `unknown`
    Poison poison = Poison::none;
  };
  Stage& stage_;
  const Catalogue& articles_;
  Ledger& ledger_;
  Dice dice_;
  Dice poison_dice_;
  std::vector<Fate> fates_;
  bool broken_ = false;
};

}  // namespace innduct::sim
