// fatal_signals.h: what a fatal signal leaves behind: a word in memory that outlives the process.
//
// Whoever keeps such a word has it set when this process dies of its own doing: by SIGSEGV, SIGBUS,
// SIGABRT, SIGFPE or SIGILL. Then the signal does what it would have done. A SIGKILL, a power cut
// or an orderly end leave nothing.
#pragma once

#include <csignal>
#include <cstdint>
#include <memory>

namespace innduct::io {

// As long as it lives, and at most one does, fatal signals are noted in `word`, which must stay
// where it is. It is set to the signal's number, by a plain store: the handler calls nothing that a
// handler may not.
class FatalSignals {
 public:
  explicit FatalSignals(std::uint32_t& word);
  ~FatalSignals();
  FatalSignals(const FatalSignals&) = delete;
  FatalSignals& operator=(const FatalSignals&) = delete;

  // The process ends by its own fault in another way: notes that, too.
  static void note();
};

// The handler needs a stack even when the thread's own has overflowed: each thread that lives has
// its own one. Whoever makes it ends on the same thread.
class AlternateStack {
 public:
  AlternateStack();
  ~AlternateStack();
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;

 private:
  stack_t before_{};
  std::unique_ptr<char[]> bytes_;
};

}  // namespace innduct::io
