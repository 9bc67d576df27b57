// fatal_signals.cc: the handler, and what was there before it.
#include "io/fatal_signals.h"

#include <array>
#include <atomic>
#include <cstddef>

#include "core/check.h"

namespace innduct::io {
namespace {

constexpr std::array fatal{SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
// Handlers that others may chain, a sanitizer's for instance, want room.
constexpr std::size_t stack_size = std::size_t{64} << 10;

std::atomic<std::uint32_t*> kept_word = nullptr;
static_assert(std::atomic<std::uint32_t*>::is_always_lock_free);
static_assert(std::atomic_ref<std::uint32_t>::is_always_lock_free);

std::array<struct sigaction, fatal.size()> before;

void note_in_word(std::uint32_t what) {
  if (std::uint32_t* const word = kept_word.load()) {
    std::atomic_ref(*word).store(what);
  }
}

// Async-signal-safe: two stores, sigaction(2), raise(3).
void died(int signal, siginfo_t* info, void* /*context*/) {
  note_in_word(static_cast<std::uint32_t>(signal));
  for (std::size_t i = 0; i < fatal.size(); ++i) {
    if (fatal[i] == signal) {
      ::sigaction(signal, &before[i], nullptr);
    }
  }
  // A fault happens again when we return to it. A signal that was sent has to be sent again.
  if (info->si_code <= 0) {
    std::raise(signal);
  }
}

}  // namespace

FatalSignals::FatalSignals(std::uint32_t& word) {
  core::check(kept_word.load() == nullptr, "fatal signals are noted in one place");
  kept_word = &word;
  struct sigaction action {};
  action.sa_sigaction = died;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < fatal.size(); ++i) {
    ::sigaction(fatal[i], &action, &before[i]);
  }
}

FatalSignals::~FatalSignals() {
  for (std::size_t i = 0; i < fatal.size(); ++i) {
    ::sigaction(fatal[i], &before[i], nullptr);
  }
  kept_word = nullptr;
}

void FatalSignals::note() { note_in_word(SIGABRT); }

AlternateStack::AlternateStack() : bytes_(std::make_unique_for_overwrite<char[]>(stack_size)) {
  stack_t stack{};
  stack.ss_sp = bytes_.get();
  stack.ss_size = stack_size;
  ::sigaltstack(&stack, &before_);
}

AlternateStack::~AlternateStack() { ::sigaltstack(&before_, nullptr); }

}  // namespace innduct::io
