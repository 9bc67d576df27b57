// charges.h: what articles were charged with, in core and in F_suspects, so that it survives us.
//
//   1700000000 charge 1 peer <a@b> closed by the peer   when; how many; whose trouble; last words
//   1700000300 charge 2 crash <c@d> run 1700000200000000000.    which crash: none counts twice
//   1700000400 cleared <a@b>
//
// An article is charged when it was tried alone and failed; cleared when it passed, or when nobody
// cares any more. To lose a charge only costs another try: so a line that cannot be recorded is
// left out, one that makes no sense is passed over, and the file goes when nobody is charged. It
// is never much longer than what holds: then it is begun anew.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/names.h"
#include "engine/record_file.h"
#include "engine/steps.h"
#include "engine/turn.h"
#include "engine/walk.h"

namespace innduct::engine {

class Charges {
 public:
  // As many articles are remembered at most; beyond, the one that was charged first is forgotten.
  static constexpr std::size_t articles_max = 1000;
  static constexpr std::uint64_t file_size_max = 1'000'000;

  struct Charged {
    unsigned times = 0;
    bool by_crash = false;  // the last time it was our own crash, not the peer
    std::string words;      // the last time's, escaped; of a crash, which one it was
    std::uint64_t order = 0;
  };
  using All = std::map<std::string, Charged, std::less<>>;

  explicit Charges(const Names& names) : names_(names), file_(Room::charges, names.suspects) {}

  // Reads what is found at the start, if `there`.
  void load(Turn& turn, bool there);
  bool loading() const { return walk_.busy(); }
  // Nothing waits to be recorded.
  bool idle() const { return lines_.empty() && file_.idle() && !removal_.running(); }

  // The article called `mark` (Entry::mark) is charged. Returns how often it was by now.
  unsigned charge(Turn& turn, std::string_view mark, bool by_crash, std::string_view words);
  void clear(Turn& turn, std::string_view mark);
  // Nothing if it is not charged.
  const Charged* find(std::string_view mark) const;
  const All& all() const { return all_; }

  void on(Turn& turn, const Event& event);
  // Level-triggered: records, or removes the file.
  void work(Turn& turn);

 private:
  void take_line(std::string_view line);
  Charged& remember(std::string_view mark, Charged charged);
  void heard(Turn& turn, const RecordFile::News& news);
  void add_line(const Turn& turn, std::string_view mark, const Charged& charged);
  void remove(Turn& turn);
  void trouble(Turn& turn, std::string_view what, std::string_view why);

  const Names& names_;
  RecordFile file_;
  Walk walk_{Room::charges, core::Dialect::feed};
  Steps removal_;
  All all_;
  std::uint64_t charged_so_far_ = 0;
  std::string lines_;     // to be recorded
  std::string writing_;   // in the batch under way
  bool there_ = false;    // the file exists
  bool blocked_ = false;  // it cannot be written: not before the next period
};

}  // namespace innduct::engine
