// check.cc: where a failed check goes.
#include "core/check.h"

#include <cstdlib>

namespace innduct::core {
namespace {

CheckFailed installed = nullptr;

}  // namespace

void on_check_failed(CheckFailed function) { installed = function; }

void check_failed(std::string_view what, std::source_location where) {
  if (installed != nullptr) {
    installed(what, where);
  }
  std::abort();
}

}  // namespace innduct::core
