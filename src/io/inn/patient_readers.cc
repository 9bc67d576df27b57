// patient_readers.cc: a queue, and threads that take from it.
#include "io/inn/patient_readers.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "io/inn/direct_reader.h"
#include "io/thread.h"

namespace innduct::io {

struct PatientReaders::Desk {
  // What a reader takes from the desk.
  struct Task {
    Request request;
    std::shared_ptr<const SpoolLayout> layout;
  };
  std::optional<Task> take(const std::stop_token& stop);
  void work(const std::stop_token& stop);

  Done done;
  std::mutex mutex;
  std::condition_variable_any asked;
  std::deque<Request> waiting;                // guarded by mutex
  std::size_t idle = 0;                       // guarded by mutex: readers without a task
  std::shared_ptr<const SpoolLayout> layout;  // guarded by mutex
  std::vector<std::jthread> readers;          // last: they end before what they use
};

PatientReaders::PatientReaders(Done done) : desk_(std::make_unique<Desk>()) {
  desk_->done = std::move(done);
}

PatientReaders::~PatientReaders() {
  for (std::jthread& reader : desk_->readers) {
    reader.request_stop();  // all of them, before any is waited for
  }
}

void PatientReaders::follow(std::shared_ptr<const SpoolLayout> layout) {
  const std::lock_guard lock(desk_->mutex);
  desk_->layout = std::move(layout);
}

void PatientReaders::read(Request request) {
  bool all_are_busy = false;
  {
    const std::lock_guard lock(desk_->mutex);
    desk_->waiting.push_back(std::move(request));
    all_are_busy = desk_->idle < desk_->waiting.size();
  }
  desk_->asked.notify_one();
  if (!all_are_busy || desk_->readers.size() == readers_max) {
    return;
  }
  try {
    desk_->readers.push_back(start_without_signals(
        [desk = desk_.get()](const std::stop_token& stop) { desk->work(stop); }));
  } catch (const std::system_error&) {
    if (desk_->readers.empty()) {
      throw;
    }  // else fewer will do
  }
}

std::optional<PatientReaders::Desk::Task> PatientReaders::Desk::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  ++idle;
  const bool any = asked.wait(lock, stop, [this] { return !waiting.empty(); });
  --idle;
  if (!any || stop.stop_requested()) {
    return std::nullopt;
  }
  Task task{std::move(waiting.front()), layout};
  waiting.pop_front();
  return task;
}

void PatientReaders::Desk::work(const std::stop_token& stop) {
  DirectReader reader(DirectReader::Patience::wait);
  std::shared_ptr<const SpoolLayout> followed;
  while (auto task = take(stop)) {
    if (task->layout != followed) {
      followed = task->layout;
      reader.follow(followed);
    }
    ArticleBuffer bytes;
    const bool found = reader.read(task->request.locator, task->request.message_id, bytes);
    done(std::move(task->request), found, std::move(bytes));
  }
}

}  // namespace innduct::io
