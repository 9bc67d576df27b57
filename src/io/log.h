// log.h: lines for people, to the journal, to syslog, or to stderr.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "engine/port.h"
#include "io/journal.h"

namespace innduct::io {

// Writes to stderr if interactive; else to the journal if stderr leads there, or to syslog
// (facility news, ident `innduct`), which also gets what the journal does not take. Any thread.
class Log {
 public:
  explicit Log(bool interactive);

  // Each line names the site from now on, in the journal its peer too. Called before there are
  // threads.
  void set_feed(std::string_view site, std::string_view peer);
  // While it starts, whoever started it reads along on stderr; no longer from now on.
  void started() { starting_ = false; }

  // One line, already escaped. Needs no memory: it may be the last thing that is said.
  void note(engine::Level level, std::string_view text) const;

 private:
  // Whether the line is done with.
  bool to_journal(int priority, std::string_view text) const;

  bool interactive_;
  bool starting_ = true;
  std::string head_;  // `SITE: `, if it is known
  std::optional<Journal> journal_;
  mutable std::atomic<bool> missing_ =
      false;  // the journal has not taken lines, nor was it told so
};

}  // namespace innduct::io
