// quarantine_order.h: what a person orders about F_quarantine: to list it, to have articles tried
// again, or to drop them. One order at a time.
//
// Its lines are read like those of a backlog file. Who is tried again is recorded in F_defer first,
// durably, and only then its line is blanked: the way of every deferred article. Who is dropped is
// named in the log, and its line is blanked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "engine/command.h"
#include "engine/names.h"
#include "engine/sources.h"
#include "engine/suspects.h"
#include "engine/turn.h"
#include "engine/walk.h"

namespace innduct::engine {

class QuarantineOrder {
 public:
  // An answer shows no more of the file.
  static constexpr std::size_t list_size_max = 65536;

  explicit QuarantineOrder(const Names& names) : names_(names) {}

  enum class Deed : std::uint8_t { list, retry, drop };
  struct End {
    ClientId client;
    CommandAnswer answer;
  };

  bool busy() const { return stage_ != Stage::idle; }
  // Begins. `whom`: a message-id, a locator, or `all`. Requires that none is under way.
  void begin(Turn& turn, Sources& sources, ClientId client, Deed deed, std::string whom);
  void on(Turn& turn, const Event& event);
  // Level-triggered.
  void work(Turn& turn, Sources& sources, Suspects& suspects);
  // The answer, once.
  std::optional<End> take_end() { return std::exchange(end_, std::nullopt); }

 private:
  enum class Stage : std::uint8_t { idle, listing, opening, reading, closing };

  void show(std::string_view line);
  void list_ended(const Walk::End& end);
  void opened(Turn& turn, Sources& sources);
  void read(Turn& turn, Sources& sources, Suspects& suspects);
  void take(Turn& turn, Sources& sources, Suspects& suspects);
  void end(std::string text, bool good);
  std::string result() const;

  const Names& names_;
  Stage stage_ = Stage::idle;
  ClientId client_;
  Deed deed_{};
  std::string whom_;
  Walk walk_{Room::quarantine_order, core::Dialect::backlog};
  std::string list_;
  std::size_t found_ = 0;  // articles that were listed, retried or dropped
  std::size_t left_out_ = 0;
  Source* source_ = nullptr;
  Place read_;  // entries of F_quarantine that were read just now
  bool half_taken_ = false;
  std::optional<End> end_;
};

}  // namespace innduct::engine
