// dump.h: writing a report to F_dump, for the `dump` command.
#pragma once

#include <optional>
#include <string>

#include "engine/command.h"
#include "engine/names.h"
#include "engine/turn.h"

namespace innduct::engine {

class Dump {
 public:
  explicit Dump(const Names& names) : names_(names) {}

  // Writes `report`, replacing an earlier one; `client` is told how it went. One at a time.
  void write(Turn& turn, std::string report, ClientId client);
  bool busy() const { return busy_; }
  // Takes an event; when the dump has ended, whom to tell and what.
  struct End {
    ClientId client;
    CommandAnswer answer;
  };
  std::optional<End> on(Turn& turn, const Event& event);

 private:
  const Names& names_;
  bool busy_ = false;
  bool opened_ = false;
  bool closing_ = false;
  OpId op_;
  FileId file_;
  ClientId client_;
  std::string report_;
  std::string failure_;
};

}  // namespace innduct::engine
