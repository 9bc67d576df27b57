// wire.h: watches what the program says on its connections, and what it knows when it says it
// (C4, C5): what is sent twice at once, over the limit, or after the peer said no.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "engine/ids.h"
#include "sim/article.h"
#include "sim/evidence.h"
#include "sim/ledger.h"
#include "sim/peer.h"
#include "sim/stage.h"

namespace innduct::sim {

class Wire {
 public:
  Wire(Stage& stage, const Catalogue& articles, Ledger& ledger, Evidence& evidence)
      : stage_(stage), articles_(articles), ledger_(ledger), evidence_(evidence) {}

  // The program sends commands, and behind them an article or none.
  void sent(engine::ConnId conn, std::string_view text, std::optional<ArticleNumber> article);
  // It was told of this reply, wholly.
  void answered(engine::ConnId conn, const Reply& reply);
  // It closed the connection.
  void gone(engine::ConnId conn);
  // It is told in this turn that the connection is lost; what it asked for before it read that
  // may come in the same turn.
  void lost(engine::ConnId conn);
  void turn_ended();
  void process_ended();

 private:
  struct Offer {
    Verb verb{};
    ArticleNumber number = 0;
  };
  // What the program knows of one connection.
  struct Line {
    std::deque<Offer> unanswered;
    // CHECKs that were answered 431 or 438, and when.
    std::map<ArticleNumber, core::Instant> declined;
    std::optional<ArticleNumber> wanted;  // by a 335
    bool lost = false;
  };
  void offer(engine::ConnId conn, Verb verb, ArticleNumber number);
  void broke(const Line& line);
  void fail_if_settled_or_deferred(ArticleNumber number) const;
  // A peer that misbehaves makes the program close connections, and then it rightly does not read
  // what else was told in the same turn.
  bool replies_are_read() const;

  Stage& stage_;
  const Catalogue& articles_;
  Ledger& ledger_;
  Evidence& evidence_;
  std::map<engine::ConnId, Line> lines_;
  std::set<ArticleNumber> settled_;                  // of which the process knows
  std::map<ArticleNumber, core::Instant> deferred_;  // when it was told so
};

}  // namespace innduct::sim
