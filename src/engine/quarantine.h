// quarantine.h: articles that nobody can feed, set aside in F_quarantine for a person to judge.
//
//   @0500...@ <a@b> 1700000000 the peer failed 3 times at this article alone, ...
//
// A line begins like one of a backlog file, and can be read as one; then come the time and the
// reason. The line is durable before that of the article is blanked (I2). It is never removed by
// us: a person has it retried or dropped (quarantine_order.h), or renames the file to a backlog
// name. So the file is opened for each batch, and a batch counts only if the name still leads to it
// then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/entries.h"
#include "engine/names.h"
#include "engine/record_file.h"
#include "engine/turn.h"
#include "engine/walk.h"

namespace innduct::engine {

class Quarantine {
 public:
  explicit Quarantine(const Names& names)
      : names_(names), file_(Room::quarantine, names.quarantine) {}

  void on(Turn& turn, const Event& event);
  // Level-triggered: records what waits; each period counts what stands there, if it has changed.
  void work(Turn& turn);

  // Where entries wait to be recorded, each with its reason: Turn::to_quarantine is this list.
  Place& waiting() { return waiting_; }
  // It is being recorded, and must stay in core.
  bool has(const Entries& entries, EntryId id) const { return entries.is_in(id, writing_); }
  std::size_t in_core() const { return waiting_.size() + writing_.size(); }
  // Nothing is being recorded.
  bool idle() const { return in_core() == 0 && stage_ == Stage::idle; }
  // Articles that stand in F_quarantine, when last counted.
  std::uint64_t articles() const { return articles_; }
  // Somebody has changed the file.
  void count_again() {
    counted_ = {};
    count_due_ = true;
  }

 private:
  enum class Stage : std::uint8_t {
    idle,
    recording,  // open, append, sync
    looking,    // whether the name still leads to the file
    closing,    // the batch is done with
    looking_to_count,
    counting,
  };

  void append(Turn& turn);
  void heard(Turn& turn, const RecordFile::News& news);
  void looked(Turn& turn, const FileStat* stat);
  void recorded(Turn& turn);
  void wait(Turn& turn, std::string_view why);
  void look(Turn& turn, Stage stage);
  void count(Turn& turn, const FileStat* stat);

  const Names& names_;
  Stage stage_ = Stage::idle;
  OpId op_;
  RecordFile file_;
  Place waiting_;         // to be recorded
  Place writing_;         // in the batch under way
  bool blocked_ = false;  // it cannot be written: not before the next period
  Walk walk_{Room::quarantine, core::Dialect::backlog};
  std::uint64_t articles_ = 0;
  std::uint64_t counting_ = 0;
  std::optional<FileStat> counted_;  // the file as it was when it was counted
  bool count_due_ = true;
};

}  // namespace innduct::engine
