// log.h: lines for people, to syslog or to stderr.
#pragma once

#include <string>
#include <string_view>

#include "engine/port.h"

namespace innduct::io {

// Writes to syslog (facility news, ident `innduct`), or to stderr if interactive. Any thread.
class Log {
 public:
  explicit Log(bool interactive);

  // Each line names the site from now on. Called before there are threads.
  void set_site(std::string_view site) { site_ = site; }
  // While it starts, whoever started it reads along on stderr; no longer from now on.
  void started() { starting_ = false; }

  // One line, already escaped. Needs no memory: it may be the last thing that is said.
  void note(engine::Level level, std::string_view text) const;

 private:
  bool interactive_;
  bool starting_ = true;
  std::string site_;
};

}  // namespace innduct::io
