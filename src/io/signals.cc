// signals.cc: signals, turned into events.
#include "io/signals.h"

#include <csignal>
#include <cstdlib>
#include <utility>

namespace innduct::io {

Signals::Signals(boost::asio::io_context& loop, Inbox& inbox, std::function<void()> on_hangup)
    : set_(loop, SIGTERM, SIGINT, SIGHUP), inbox_(inbox), on_hangup_(std::move(on_hangup)) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGIO, SIG_IGN);
  await();
}

void Signals::await() {
  set_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) {
      return;
    }
    if (signal == SIGHUP) {
      on_hangup_();
    } else {
      inbox_.tell(engine::Stop{signal});
    }
    await();
  });
}

void die_by(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  std::raise(signal);
  std::abort();  // not reached: the default action of a signal that ends us is to end us
}

}  // namespace innduct::io
