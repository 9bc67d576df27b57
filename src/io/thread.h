// thread.h: a thread that is started, or a reason that says that it could not be.
#pragma once

#include <system_error>
#include <utility>

namespace innduct::io {

// Throws std::system_error.
template <class Thread, class Work>
Thread start_thread(Work work) {
  try {
    return Thread(std::move(work));
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "a thread cannot be started");
  }
}

}  // namespace innduct::io
