// loop.h: a loop and an inbox, for tests of one room of the shell.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <span>
#include <variant>
#include <vector>

#include "engine/port.h"
#include "io/inbox.h"

namespace innduct::test {

// What a test waits for comes long before, with ThreadSanitizer on a busy machine, too.
inline constexpr std::chrono::seconds patience{60};

class Loop {
 public:
  boost::asio::io_context& context() { return context_; }
  io::Inbox& inbox() { return inbox_; }

  // Runs what is ready.
  void poll() { context_.poll(); }
  // Runs until `satisfied` or until patience ends; says which.
  template <class Condition>
  bool run_until(Condition satisfied) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!satisfied() && std::chrono::steady_clock::now() < deadline) {
      context_.run_one_until(deadline);
    }
    return satisfied();
  }
  // Runs until `count` events were told; what they refer to is valid until the next call.
  std::span<const engine::Event> await(std::size_t count = 1) {
    EXPECT_TRUE(run_until([&] { return inbox_.size() >= count; }));
    return inbox_.hand_over();
  }
  // Runs until one event was told, which must be an E.
  template <class E>
  E await_one() {
    const auto events = await(1);
    EXPECT_EQ(events.size(), 1u);
    if (events.empty() || !std::holds_alternative<E>(events[0])) {
      ADD_FAILURE() << "another event than expected: number "
                    << (events.empty() ? std::size_t{999} : events[0].index());
      return {};
    }
    return std::get<E>(events[0]);
  }

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay_{
      context_.get_executor()};
  io::Inbox inbox_;
};

}  // namespace innduct::test
