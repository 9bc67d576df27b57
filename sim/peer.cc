// peer.cc: the peer as a whole.
#include "sim/peer.h"

#include <array>
#include <cerrno>

#include "core/cat.h"

namespace innduct::sim {

using namespace std::chrono_literals;

Peer::Peer(Stage& stage, const Catalogue& articles, Ledger& ledger)
    : stage_(stage), articles_(articles), ledger_(ledger), dice_(stage.dice(Actor::peer)) {}

void Peer::start() {
  const PeerOptions& o = stage_.options.peer;
  dead_addresses_.assign(o.addresses, false);
  for (std::size_t i = 0; i + 1 < o.addresses; ++i) dead_addresses_[i] = dice_.coin();
  for (unsigned i = 0; i < o.away_spells; ++i) {
    const core::Duration begin = dice_.evenly(0s, stage_.options.cruelty);
    const core::Duration length = dice_.widely(10s, 4000s);
    stage_.time.after(begin, [this] {
      away_ = !stage_.mercy;
      ++departures_;
      stage_.say("peer", "goes away");
    });
    stage_.time.after(begin + length, [this] {
      away_ = false;
      stage_.say("peer", "is back");
    });
  }
  for (unsigned i = 0; i < o.sick_spells; ++i) {
    const core::Duration begin = dice_.evenly(0s, stage_.options.cruelty);
    const core::Duration length = dice_.widely(10s, 4000s);
    stage_.time.after(begin, [this] {
      sick_ = !stage_.mercy;
      stage_.say("peer", "gets sick");
    });
    stage_.time.after(begin + length, [this] { sick_ = false; });
  }
  for (unsigned i = 0; i < o.moods; ++i) {
    const core::Duration begin = dice_.evenly(0s, stage_.options.cruelty);
    const auto mood = static_cast<Mood>(dice_.between(1, 3));
    stage_.time.after(begin, [this, mood] {
      mood_ = stage_.mercy ? Mood::fair : mood;
      constexpr std::array<std::string_view, 4> texts{"is fair", "defers", "rejects", "refuses"};
      stage_.say("peer", texts[static_cast<std::size_t>(mood_)], " whatever comes");
    });
    stage_.time.after(begin + dice_.widely(10s, 4000s), [this] { mood_ = Mood::fair; });
  }
  for (unsigned i = 0; i < o.forgets; ++i) {
    stage_.time.after(dice_.evenly(0s, stage_.options.cruelty), [this] {
      for (Opinion& opinion : opinions_) opinion.has = false;
      stage_.say("peer", "loses its history");
    });
  }
}

void Peer::heal() {
  away_ = sick_ = false;
  mood_ = Mood::fair;
  dead_addresses_.assign(dead_addresses_.size(), false);
  for (Opinion& opinion : opinions_) opinion.kills = false;
}

std::vector<std::string> Peer::addresses() const {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < dead_addresses_.size(); ++i) {
    result.push_back(core::cat("2001:db8::", i + 1));
  }
  return result;
}

std::optional<int> Peer::admit(std::string_view address) {
  constexpr std::array refusals{ECONNREFUSED, ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ECONNRESET};
  const auto index = static_cast<std::size_t>(address.back() - '1');
  const bool dead = index < dead_addresses_.size() && dead_addresses_[index];
  const PeerOptions& o = stage_.options.peer;
  if (!stage_.mercy && dice_.permille(o.hangs)) return std::nullopt;
  if (away_ || dead || (!stage_.mercy && dice_.permille(o.refuses))) return dice_.pick(refusals);
  return 0;
}

Peer::Opinion& Peer::opinion(ArticleNumber number) {
  if (opinions_.size() <= number) opinions_.resize(number + 1);
  Opinion& opinion = opinions_[number];
  if (!opinion.known) {
    const PeerOptions& o = stage_.options.peer;
    opinion.known = true;
    opinion.has = dice_.permille(o.has);
    opinion.rejects = dice_.permille(o.rejects);
    opinion.kills = !stage_.mercy && dice_.permille(o.killers);
  }
  return opinion;
}

void Peer::accept(ArticleNumber number) {
  Opinion& mine = opinion(number);
  if (mine.taken) ledger_.count_taken_again();
  mine.taken = true;
  mine.has = true;
  ++ledger_.account(number).taken;
}

}  // namespace innduct::sim
