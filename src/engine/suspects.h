// suspects.h: which articles may kill: make us crash, or the peer close the connection.
//
//   evidence in a crowd --> suspect --> tried alone --> passed: nothing was the matter
//                              ^            |
//                              '-- charged -+--> charged --max-suspicions times: quarantine
//
// Evidence in a crowd only points: with two hundred articles on their way, whoever was charged at
// once would mostly be innocent. So a suspect is tried alone, where it cannot harm others and where
// what happens is its own doing (offers_trials.cc):
//
//   of the peer    alone on a connection: its answer, or the lack of one, is about it
//   of a crash     alone in our own hands, from its retrieval to its last byte sent
//
// What the peer does is charged only if the peer is known to be well otherwise: since the article
// became a suspect, or was charged last, the peer must have answered another one finally, and one
// of which it got the text, if it fails at the text. Whoever fails everything is sick, and charges
// nobody.
//
// Suspicions are held in core, and forgetting one only costs time. Charges are in F_suspects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/charges.h"
#include "engine/entries.h"
#include "engine/names.h"
#include "engine/turn.h"

namespace innduct::engine {

class Suspects {
 public:
  // As many are known at most; beyond, the one that was suspected first is forgotten.
  static constexpr std::size_t articles_max = 2000;

  explicit Suspects(const Names& names) : charges_(names) {}

  // ---- at the start
  // Learns what was charged, and what the last process had in hand if it crashed. An article that
  // it was trying when it did is charged, durably, before ready().
  void begin(Turn& turn, bool file_is_there);
  // Articles may be fetched.
  bool ready() const { return stage_ == Stage::ready; }
  void on(Turn& turn, const Event& event);
  // Level-triggered.
  void work(Turn& turn);

  // ---- what is known
  enum class Opinion : std::uint8_t {
    harmless,
    suspect,   // to be tried alone on a connection
    condemned  // charged as often as it takes
  };
  Opinion opinion(const Turn& turn, const Entry& entry) const;
  // It must be alone in our hands.
  bool must_be_alone(const Entry& entry) const;
  bool any() const { return !known_.empty(); }
  bool any_of_crash() const { return of_crash_ > 0; }
  std::size_t count() const { return known_.size(); }
  std::size_t charged() const { return charges_.all().size(); }
  // Why an article is condemned, for people.
  std::string why(std::string_view mark) const;

  // Where suspects wait to be tried on a connection.
  Place& waiting() { return waiting_; }
  const Place& waiting() const { return waiting_; }

  // ---- evidence
  // The peer has answered finally; `to_text`: to the article itself, not to the offer.
  void peer_answered(bool to_text);
  // Since the article became a suspect the peer has shown that it is well.
  bool proven(const Entry& entry, bool at_text) const;
  enum class Sentence : std::uint8_t {
    unproven,  // the peer may be the one that is sick
    in_vain,   // the same, for the third time in a row: others should have their turn
    charged,
    condemned,
  };
  // The evidence points to this article, at its offer or at its text: in a crowd that makes it
  // suspect, and proves nothing; alone it failed. `words` are the peer's last.
  Sentence blame(Turn& turn, const Entry& entry, bool at_text, bool alone, std::string_view words);
  // The peer has answered sensibly, if not finally. Of a crash that proves nothing.
  void acquit(Turn& turn, const Entry& entry);
  // It left our hands, and we live.
  void survived(Turn& turn, std::string_view mark);
  // Nothing is held against it any more.
  void forget(Turn& turn, std::string_view mark);
  // The peer is sick: whoever is not charged yet is no suspect of it, and may go back to the queue.
  void amnesty(Turn& turn);

 private:
  enum class Stage : std::uint8_t { idle, loading, reading_marks, charging, clearing_marks, ready };
  struct Suspicion {
    bool of_peer = false;
    bool of_crash = false;
    unsigned unproven = 0;      // times that it failed alone, and that proved nothing
    std::uint64_t answers = 0;  // the peer's by then
    std::uint64_t texts = 0;
    std::uint64_t order = 0;
  };

  void accuse(const Entry& entry);
  Sentence failed_alone(Turn& turn, const Entry& entry, bool at_text, std::string_view words);
  Suspicion& suspicion(std::string_view mark);
  void found(Turn& turn, const Marks& marks);
  void drop(std::map<std::string, Suspicion, std::less<>>::iterator suspicion);

  Charges charges_;
  std::map<std::string, Suspicion, std::less<>> known_;
  std::size_t of_crash_ = 0;
  Place waiting_;
  std::uint64_t answers_ = 0;  // final ones
  std::uint64_t texts_ = 0;    // of those, to the article itself
  std::uint64_t suspected_so_far_ = 0;
  Stage stage_ = Stage::idle;
  OpId op_;
};

}  // namespace innduct::engine
