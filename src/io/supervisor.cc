// supervisor.cc: sd_notify(3).
#include "io/supervisor.h"

#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>

#include "core/cat.h"

namespace innduct::io {

Supervisor::Supervisor() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) > 0) {
    // Twice as often as it must be.
    between_ = std::chrono::microseconds(microseconds / 2);
    next_ = core::Instant::min();
  }
}

// That nobody hears it is no reason to do anything else.
void Supervisor::ready(std::string_view status) const {
  ::sd_notify(0, core::cat("READY=1\nSTATUS=", status).c_str());
}

void Supervisor::alive(core::Instant now) {
  if (now >= next_) {
    ::sd_notify(0, "WATCHDOG=1");
    next_ = now + between_;
  }
}

void Supervisor::stopping() const { ::sd_notify(0, "STOPPING=1"); }

}  // namespace innduct::io
