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

// How a full disk cuts a line between two files: its head ends the old one, its tail begins the
// new one.
TEST_F(InndTest, AFullDiskCutsALineBetweenTwoFiles) {
  stage_.options.disk.full_spells = 1;
  bool cut = false;
  for (std::uint64_t seed = 1; seed < 200 && !cut; ++seed) {
    Stage stage{seed, Trace::off};
    stage.options = stage_.options;
    stage.options.articles = 1;
    Disk disk{stage.time, false};
    Catalogue articles{Dice(1)};
    Faults faults{stage};
    Ledger ledger{stage, articles, disk};
    Spool spool{stage, articles, ledger};
    Innd innd{stage, disk, faults, articles, ledger, spool, [](FileKey) {}};
    faults.start();
    innd.start();
    while (stage.time.next() && !cut) {
      stage.time.run_next();
      const FileKey file = disk.find(names::feed);
      if (disk.file(file).image.empty() || disk.file(file).image.ends_with('\n')) continue;
      disk.rename(names::feed, names::flushing);
      stage.mercy = true;  // space is back
      innd.flush();
      const std::string head = disk.file(file).image;
      const std::string tail = disk.file(disk.find(names::feed)).image;
      EXPECT_EQ(head + tail, articles[0].record + "\n");
      EXPECT_TRUE(ledger.visible(0, {}));
      EXPECT_EQ(ledger.open(), 1U);
      cut = true;
    }
  }
  EXPECT_TRUE(cut);
}

}  // namespace
}  // namespace innduct::sim
