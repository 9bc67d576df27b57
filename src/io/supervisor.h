// supervisor.h: what the service manager is told: that we are ready, what we are doing, that we
// reload, are alive, about to end.
//
// Without one nothing is said. That we are alive is said by the loop itself, between two turns: who
// is stuck in one says nothing and is killed, who has nothing to do is woken for it.
#pragma once

#include <string>
#include <string_view>

#include "core/time.h"

namespace innduct::io {

class Supervisor {
 public:
  // Reads the environment (NOTIFY_SOCKET, WATCHDOG_USEC), as sd_notify(3) does.
  Supervisor();

  // Whether anybody hears it.
  bool listens() const;
  // We feed; `status` is for people.
  void ready(std::string_view status) const;
  // What we are doing; one line.
  void tell(std::string_view status) const;
  // What SIGHUP asks for is being done; and is done.
  void reloading(core::Instant now) const;
  void reloaded() const;
  // Called between turns; says so when it is time.
  void alive(core::Instant now);
  // When alive() has something to say.
  core::Instant deadline() const { return next_; }
  void stopping() const;

 private:
  core::Duration between_{};  // zero: nobody waits for it
  core::Instant next_ = core::Instant::max();
};

}  // namespace innduct::io
