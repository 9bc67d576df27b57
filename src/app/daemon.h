// daemon.h: into the background, with an exit status that is true.
//
// Whoever started us waits until we either hold the lock and listen, or have failed: a process in
// the foreground stays for that long, and ends with 0, or with the exit status of the failure.
#pragma once

#include "io/descriptor.h"

namespace innduct::app {

class Daemon {
 public:
  // Returns in the background process; the one in the foreground never returns. Throws Failure.
  static Daemon start();

  // All is well: the foreground process ends with 0, and standard error leads nowhere from now on.
  void ready();

 private:
  explicit Daemon(io::Descriptor news) : news_(std::move(news)) {}
  io::Descriptor news_;
};

}  // namespace innduct::app
