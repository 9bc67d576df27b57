// worker.h: one thread for what may block, beside the loop thread.
//
//     loop thread            the worker's thread
//     run(work) ---queue---> done = work()
//     done()    <--one post for all that is done meanwhile---
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace innduct::io {

class Worker {
 public:
  // What is to be done on the loop thread when the work is.
  using Done = std::move_only_function<void()>;
  // Runs on the worker's thread; it must own all that it touches.
  using Work = std::move_only_function<Done()>;

  // What becomes of work that still runs when the Worker ends. Work that waits, and any Done,
  // is dropped either way.
  enum class AtEnd : std::uint8_t {
    join,   // it is waited for
    leave,  // it is left to itself: a lookup or a terminal may keep it for minutes
  };

  Worker(boost::asio::io_context& loop, AtEnd at_end);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Hands over work; all of it runs in the order in which it was handed over, and so do the
  // Dones. The thread starts with the first call. Called on the loop thread.
  void run(Work work);

 private:
  struct Desk;  // what both threads share; it outlives a thread that was left to itself
  static void work_on(const std::shared_ptr<Desk>& desk);
  static void finish(const std::shared_ptr<Desk>& desk);

  std::shared_ptr<Desk> desk_;
  std::thread thread_;
  AtEnd at_end_;
};

}  // namespace innduct::io
