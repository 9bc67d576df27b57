// workers_test.cc: proves that all of the work is done, once, by however many, and that a death is
// noticed.
#include "sim/workers.h"

#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <string>

namespace innduct::sim {
namespace {

// What became of the numbers 5 to 24.
std::map<std::uint64_t, Job> shared_out(unsigned processes,
                                        const std::function<std::string(std::uint64_t)>& work,
                                        std::uint64_t stop_at = 0) {
  std::map<std::uint64_t, Job> jobs;
  share_out(
      processes, 5, [](std::uint64_t number) { return number < 25; }, work,
      [&](const Job& job) {
        EXPECT_TRUE(jobs.emplace(job.number, job).second) << job.number << " was done twice";
        return job.number != stop_at;
      },
      [] {});
  return jobs;
}

TEST(Workers, DoEachNumberOnceHoweverManyTheyAre) {
  for (const unsigned processes : {1U, 2U, 7U, 30U}) {
    const auto jobs =
        shared_out(processes, [](std::uint64_t number) { return std::string(number * 1000, 'x'); });
    ASSERT_EQ(jobs.size(), 20U) << processes;
    for (const auto& [number, job] : jobs) {
      EXPECT_EQ(job.result.size(), number * 1000);
      EXPECT_EQ(job.died_of, 0);
    }
  }
}

TEST(Workers, NameTheNumberThatKillsAndGoOn) {
  const auto jobs = shared_out(2, [](std::uint64_t number) {
    if (number == 11) std::raise(SIGKILL);
    return std::string("done");
  });
  ASSERT_EQ(jobs.size(), 20U);
  EXPECT_EQ(jobs.at(11).died_of, SIGKILL);
  EXPECT_EQ(jobs.at(13).result, "done") << "of the same worker";
}

TEST(Workers, StopWhenTold) {
  const auto jobs = shared_out(
      1, [](std::uint64_t) { return std::string("done"); }, 7);
  EXPECT_EQ(jobs.size(), 3U);
}

}  // namespace
}  // namespace innduct::sim
