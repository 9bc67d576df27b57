// signals.h: SIGTERM and SIGINT as events, and the signals that must not harm us.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

#include "io/inbox.h"

namespace innduct::io {

// From its construction on, SIGTERM and SIGINT are told as Stop; SIGHUP is what `on_hangup` makes
// of it; SIGPIPE and SIGIO are ignored, for good: who writes or leases looks at errno.
class Signals {
 public:
  Signals(boost::asio::io_context& loop, Inbox& inbox, std::function<void()> on_hangup);

 private:
  void await();

  boost::asio::signal_set set_;
  Inbox& inbox_;
  std::function<void()> on_hangup_;
};

// Ends the process by the signal's default action, so that whoever waits for us sees the truth.
[[noreturn]] void die_by(int signal);

}  // namespace innduct::io
