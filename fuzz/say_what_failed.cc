// say_what_failed.cc: a failed check says which one it was, before it aborts.
#include <cstdio>
#include <cstdlib>

#include "core/check.h"

extern "C" int LLVMFuzzerInitialize(int*, char***);

// libFuzzer calls it by this name, before the first input; so does replay_main.cc.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  innduct::core::on_check_failed([](std::string_view what, std::source_location where) {
    std::fprintf(stderr, "%s:%u: does not hold: %.*s\n", where.file_name(),
                 static_cast<unsigned>(where.line()), static_cast<int>(what.size()), what.data());
    std::abort();
  });
  return 0;
}
