// worker.cc: two queues under one lock.
#include "io/worker.h"

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "io/thread.h"

namespace innduct::io {

struct Worker::Desk {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Work> waiting;
  std::vector<Done> done;
  bool posted = false;                      // finish() is on its way to the loop
  boost::asio::io_context* loop = nullptr;  // null: the end
};

Worker::Worker(boost::asio::io_context& loop, AtEnd at_end)
    : desk_(std::make_shared<Desk>()), at_end_(at_end) {
  desk_->loop = &loop;
}

Worker::~Worker() {
  {
    const std::lock_guard lock(desk_->mutex);
    desk_->loop = nullptr;
    desk_->waiting.clear();
    desk_->done.clear();
  }
  desk_->wake.notify_one();
  if (!thread_.joinable()) {
    return;
  }
  if (at_end_ == AtEnd::join) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void Worker::run(Work work) {
  {
    const std::lock_guard lock(desk_->mutex);
    desk_->waiting.push_back(std::move(work));
  }
  desk_->wake.notify_one();
  if (!thread_.joinable()) {
    thread_ = start_thread<std::thread>([desk = desk_] { work_on(desk); });
  }
}

void Worker::work_on(const std::shared_ptr<Desk>& desk) {
  std::unique_lock lock(desk->mutex);
  while (true) {
    desk->wake.wait(lock, [&] { return desk->loop == nullptr || !desk->waiting.empty(); });
    if (desk->loop == nullptr) {
      return;
    }
    Work work = std::move(desk->waiting.front());
    desk->waiting.pop_front();
    lock.unlock();
    Done done = work();
    lock.lock();
    if (desk->loop == nullptr) {
      return;
    }
    desk->done.push_back(std::move(done));
    if (!desk->posted) {
      desk->posted = true;
      boost::asio::post(*desk->loop, [desk] { finish(desk); });
    }
  }
}

void Worker::finish(const std::shared_ptr<Desk>& desk) {
  std::vector<Done> done;
  {
    const std::lock_guard lock(desk->mutex);
    desk->posted = false;
    done.swap(desk->done);
  }
  for (Done& each : done) {
    each();
  }
}

}  // namespace innduct::io
