// supervisor.cc: sd_notify(3).
#include "io/supervisor.h"

#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>

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

bool Supervisor::listens() const {
  const char* const socket = std::getenv("NOTIFY_SOCKET");
  return socket != nullptr && *socket != '\0';
}

// That nobody hears it is no reason to do anything else.
void Supervisor::ready(std::string_view status) const {
  ::sd_notify(0, core::cat("READY=1\nSTATUS=", status).c_str());
}

void Supervisor::tell(std::string_view status) const {
  ::sd_notify(0, core::cat("STATUS=", status).c_str());
}

// The time tells a manager which of our messages are newer than its request; one that is too old
// for that passes it over.
void Supervisor::reloading(core::Instant now) const {
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  ::sd_notify(0, core::cat("RELOADING=1\nMONOTONIC_USEC=", time.count()).c_str());
}

void Supervisor::reloaded() const { ::sd_notify(0, "READY=1"); }

void Supervisor::alive(core::Instant now) {
  if (now >= next_) {
    ::sd_notify(0, "WATCHDOG=1");
    next_ = now + between_;
  }
}

void Supervisor::stopping() const { ::sd_notify(0, "STOPPING=1"); }

}  // namespace innduct::io
