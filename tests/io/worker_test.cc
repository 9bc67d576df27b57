// worker_test.cc: proves that work keeps its order, that its ends come in few wakes, and what the
// end of a Worker does to work that still runs.
#include "io/worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <vector>

#include "loop.h"

namespace innduct::io {
namespace {

TEST(WorkerTest, KeepsTheOrder) {
  test::Loop loop;
  Worker worker(loop.context(), Worker::AtEnd::join);
  std::vector<int> worked;  // touched by the worker's thread alone, then by ours alone
  std::vector<int> done;
  for (int i = 0; i < 100; ++i) {
    worker.run([&worked, &done, i]() -> Worker::Done {
      worked.push_back(i);
      return [&done, i] { done.push_back(i); };
    });
  }
  ASSERT_TRUE(loop.run_until([&] { return done.size() == 100; }));
  EXPECT_EQ(worked, done);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST(WorkerTest, AllThatIsDoneMeanwhileCostsOneWake) {
  test::Loop loop;
  Worker worker(loop.context(), Worker::AtEnd::join);
  int done = 0;
  std::promise<void> last;
  for (int i = 0; i < 50; ++i) {
    worker.run([&, i]() -> Worker::Done {
      if (i == 49) {
        last.set_value();
      }
      return [&done] { ++done; };
    });
  }
  last.get_future().wait();
  std::size_t wakes = 0;
  ASSERT_TRUE(loop.run_until([&] {
    wakes += loop.context().poll();
    return done == 50;
  }));
  EXPECT_LE(wakes, 2u);  // the last Done may just miss the first one
}

TEST(WorkerTest, TheEndWaitsForRunningWorkAndDropsTheRest) {
  test::Loop loop;
  std::promise<void> runs;
  std::promise<void> may_end;
  std::atomic<bool> ended = false;
  std::atomic<bool> other = false;
  bool done = false;
  {
    Worker worker(loop.context(), Worker::AtEnd::join);
    worker.run([&]() -> Worker::Done {
      runs.set_value();
      may_end.get_future().wait();
      ended = true;
      return [&done] { done = true; };
    });
    runs.get_future().wait();
    worker.run([&]() -> Worker::Done {
      other = true;
      return [] {};
    });
    may_end.set_value();
  }
  EXPECT_TRUE(ended || !other);
  loop.poll();
  EXPECT_TRUE(ended);
  EXPECT_FALSE(done);
}

TEST(WorkerTest, WorkThatMayTakeForEverIsLeftToItself) {
  test::Loop loop;
  const auto runs = std::make_shared<std::promise<void>>();
  const auto may_end = std::make_shared<std::promise<void>>();
  {
    Worker worker(loop.context(), Worker::AtEnd::leave);
    worker.run([runs, may_end]() -> Worker::Done {
      runs->set_value();
      may_end->get_future().wait();
      return [] {};
    });
    runs->get_future().wait();
  }
  may_end->set_value();  // not reached if the end had waited
  SUCCEED();
}

}  // namespace
}  // namespace innduct::io
