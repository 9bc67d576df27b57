// allocation_test.cc: proves that an engine that has warmed up allocates nothing for an article on
// its way from a line of the feed file to its blank. Counts the calls of this program's operator
// new within turns.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "scene.h"

namespace {

std::size_t allocations = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace innduct::engine {
namespace {

// Allocations in turns while `articles` more are fed, a hundred at a time.
std::size_t while_feeding(Scene& s, unsigned& next, unsigned articles) {
  s.allocations_in_turns = 0;
  for (const unsigned end = next + articles; next < end; next += 100) {
    s.append("F", lines(next, next + 99));
    s.run();
    s.asked({});
  }
  return s.allocations_in_turns;
}

void expect_none(const std::map<std::string, std::string>& answers, bool no_check,
                 bool outcome_log = false, std::string_view command = {}) {
  Scene s;
  s.config.outcome_log = outcome_log;
  s.allocations = &allocations;
  s.config.low_volume_thresh = 0;
  s.config.flush_size_bytes = 1'000'000'000;
  s.config.no_check_percent = no_check ? -1 : 100;
  s.answers = answers;
  s.file("F", {});
  s.start();
  if (!command.empty()) {
    s.ask(command);
  }
  unsigned next = 100'001;
  EXPECT_GT(while_feeding(s, next, 5'000), 0U) << "they are counted";
  EXPECT_EQ(while_feeding(s, next, 5'000), 0U);
  const core::Counters counters = s.status().counters;
  EXPECT_EQ(counters.accepted + counters.unwanted, 10'000U);
}

TEST(EngineAllocationTest, NoneForAnArticleThatIsUnwanted) {
  expect_none({{"CHECK", "438"}}, false);
}

TEST(EngineAllocationTest, NoneForAnArticleThatIsTaken) {
  expect_none({{"CHECK", "238"}, {"TAKETHIS", "239"}}, false);
}

TEST(EngineAllocationTest, NoneWithoutCheck) { expect_none({{"TAKETHIS", "239"}}, true); }

TEST(EngineAllocationTest, NoneForATraceOfAnotherArticle) {
  expect_none({{"CHECK", "238"}, {"TAKETHIS", "239"}}, false, false, "trace <another@x>");
}

TEST(EngineAllocationTest, NoneForTheOutcomeLog) {
  expect_none({{"CHECK", "238"}, {"TAKETHIS", "239"}}, false, true);
}

}  // namespace
}  // namespace innduct::engine
