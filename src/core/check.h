// check.h: the assertion that stays on in every build.
//
// A failed check means that our own reasoning is wrong. It is safe to stop then, because
// every moment is a safe moment to die (ARCHITECTURE.md, "Invariants");
// to go on would not be. The process ends with exit code 16 through the function that a
// shell installed; without one, by abort().
#pragma once

#include <source_location>
#include <string_view>

namespace innduct::core {

// Called with the failed expression and its place. Must not return.
using CheckFailed = void (*)(std::string_view what, std::source_location where);

// Installs what a failed check calls, for the whole process. The daemon logs and exits 16;
// a simulator may throw.
void on_check_failed(CheckFailed function);

[[noreturn]] void check_failed(std::string_view what, std::source_location where);

// Demands that `truth` holds; `what` is a sentence that says what must hold.
inline void check(bool truth, std::string_view what,
                  std::source_location where = std::source_location::current()) {
  if (!truth) [[unlikely]] {
    check_failed(what, where);
  }
}

}  // namespace innduct::core
