// innd_test.cc: proves that the simulated innd writes and flushes as the real one does.
#include "sim/innd.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/names.h"

namespace innduct::sim {
namespace {

using namespace std::chrono_literals;
using engine::FlushOutcome;

class InndTest : public testing::Test {
 protected:
  InndTest() {
    stage_.options.articles = 3;
    stage_.options.cruelty = 1000s;
    stage_.options.innd = {.pause = 10ms, .burst = 3};
  }
  void run(core::Duration how_long) {
    const core::Instant until = stage_.time.now().monotonic + how_long;
    while (stage_.time.next() && *stage_.time.next() <= until) stage_.time.run_next();
    stage_.time.advance(until);
  }
  std::vector<FlushOutcome> flush() {
    std::vector<FlushOutcome> answers;
    innd_.ask_flush([&](FlushOutcome outcome, std::string_view) { answers.push_back(outcome); });
    run(2000s);
    return answers;
  }
  std::string feed() const { return disk_.file(disk_.find(names::feed)).image; }

  Stage stage_{1, Trace::off};
  Catalogue articles_{Dice(1)};
  Disk disk_{stage_.time, false};
  Faults faults_{stage_};
  Ledger ledger_{stage_, articles_, disk_};
  Spool spool_{stage_, articles_, ledger_};
  int grew_ = 0;
  Innd innd_{stage_, disk_, faults_, articles_, ledger_, spool_, [this](FileKey) { ++grew_; }};
};

TEST_F(InndTest, FeedsEachArticleAsALine) {
  innd_.start();
  run(10s);
  std::string lines;
  for (ArticleNumber n = 0; n < 3; ++n) lines += articles_[n].record + "\n";
  EXPECT_EQ(feed(), lines);
  EXPECT_EQ(ledger_.open(), 3U);
  EXPECT_EQ(grew_, 3);
}

TEST_F(InndTest, AFlushOpensTheNameAnew) {
  innd_.start();
  run(10s);
  const FileKey old = disk_.find(names::feed);
  disk_.rename(names::feed, names::flushing);
  EXPECT_EQ(flush(), std::vector{FlushOutcome::ok});
  EXPECT_NE(disk_.find(names::feed), old);
  EXPECT_FALSE(innd_.writes(old));
  EXPECT_TRUE(innd_.writes(disk_.find(names::feed)));
}

TEST_F(InndTest, AFlushOfADroppedSiteIsRefusedAndOfNobodyUnheard) {
  innd_.start();
  innd_.drop();
  EXPECT_EQ(flush(), std::vector{FlushOutcome::no_such_site});
  innd_.begin();
  EXPECT_EQ(flush(), std::vector{FlushOutcome::ok});
  innd_.power_lost();
  EXPECT_EQ(flush(), std::vector{FlushOutcome::unreachable});
}

TEST_F(InndTest, SomeFlushesAreAnsweredAndNotDoneSomeDoneAndNotAnswered) {
  innd_.start();
  run(10s);
  disk_.rename(names::feed, names::flushing);
  stage_.options.innd.flush_lies = 1000;
  EXPECT_EQ(flush(), std::vector{FlushOutcome::ok});
  EXPECT_EQ(disk_.find(names::feed), 0U);
  stage_.options.innd.flush_lies = 0;
  stage_.options.innd.flush_mute = 1000;
  EXPECT_TRUE(flush().empty());
  EXPECT_NE(disk_.find(names::feed), 0U);
}

// Its head ends the old file, its tail begins the new one.
TEST_F(InndTest, AFullDiskCutsALineBetweenTwoFiles) {
  stage_.options.articles = 300;
  stage_.options.innd.pause = 100s;
  stage_.options.disk.full_spells = 4;
  faults_.start();
  innd_.start();
  const FileKey old = disk_.find(names::feed);
  while (stage_.time.next() && (feed().empty() || feed().ends_with('\n'))) stage_.time.run_next();
  ASSERT_FALSE(feed().ends_with('\n'));

  disk_.rename(names::feed, names::flushing);
  innd_.flush();
  stage_.mercy = true;  // space is back
  innd_.flush();
  const std::string& before = disk_.file(old).image;
  const std::string head = before.substr(before.rfind('\n') + 1);
  const std::string line = head + feed().substr(0, feed().find('\n'));
  const auto number = articles_.by_token(line.substr(0, 38));
  ASSERT_TRUE(number);
  EXPECT_EQ(line, articles_[*number].record);
  EXPECT_TRUE(ledger_.account(*number).open());
  EXPECT_TRUE(ledger_.visible(*number, {}));
  EXPECT_EQ(ledger_.found_in(old, 0, 100'000).back().number, *number);
}

}  // namespace
}  // namespace innduct::sim
