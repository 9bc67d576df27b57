// judge_test.cc: proves that the judge knows a loss when it sees one: each rule of durability is
// broken once, and kept once.
#include "sim/judge.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/failure.h"
#include "sim/names.h"

namespace innduct::sim {
namespace {

// A feed with one article fed, whose line and file are sure.
class JudgeTest : public testing::Test {
 protected:
  JudgeTest() {
    article_ = articles_.add(false);
    feed_ = disk_.create(names::feed);
    disk_.append(feed_, record() + "\n");
    ledger_.look(feed_);
    ledger_.feed(article_);
    sync_all();
  }

  std::string record() const { return articles_[article_].record; }
  std::string blanks() const { return std::string(record().size(), ' '); }

  void sync_all() {
    for (const auto& [key, file] : disk_.files()) disk_.sync(key, disk_.now());
    disk_.sync_names(disk_.now());
  }
  // F_defer with the article's record.
  FileKey defer() {
    const FileKey file = disk_.create(names::defer);
    disk_.claim(file);
    disk_.append(file, record() + "\n");
    ledger_.look(file);
    return file;
  }

  Stage stage_{1, Trace::off};
  Catalogue articles_{Dice(1)};
  Disk disk_{stage_.time, false};
  Ledger ledger_{stage_, articles_, disk_};
  FileKey written_by_innd_ = 0;
  Judge judge_{stage_, disk_, ledger_, [this](FileKey file) { return file == written_by_innd_; }};
  ArticleNumber article_ = 0;
  FileKey feed_ = 0;
};

TEST_F(JudgeTest, ALineOfAnOpenArticleMustNotBeBlanked) {
  EXPECT_THROW(judge_.overwriting(feed_, 0, blanks()), Failure);
  EXPECT_THROW(judge_.overwriting(feed_, 10, " "), Failure) << "one byte is enough";
}

TEST_F(JudgeTest, ALineMayBeBlankedOnceThePeerAnsweredOrTheArticleIsGone) {
  ledger_.settle(article_, 438);
  EXPECT_NO_THROW(judge_.overwriting(feed_, 0, blanks()));
}

TEST_F(JudgeTest, ALineMayBeBlankedOnceTheArticleLeftTheSpool) {
  ledger_.miss(article_);
  EXPECT_NO_THROW(judge_.overwriting(feed_, 0, blanks()));
}

TEST_F(JudgeTest, ADeferredLineMayBeBlankedOnlyWhenRecordAndNameAreSure) {
  const FileKey file = defer();
  EXPECT_THROW(judge_.overwriting(feed_, 0, blanks()), Failure) << "neither is synced";
  disk_.sync(file, disk_.now());
  EXPECT_THROW(judge_.overwriting(feed_, 0, blanks()), Failure) << "the name is not";
  disk_.sync_names(disk_.now());
  EXPECT_NO_THROW(judge_.overwriting(feed_, 0, blanks()));
}

TEST_F(JudgeTest, RewritingALineUnchangedIsNoHarm) {
  EXPECT_NO_THROW(judge_.overwriting(feed_, 0, record() + "\n"));
}

TEST_F(JudgeTest, OnlyBlanksAreWrittenAndNewlinesStay) {
  ledger_.settle(article_, 239);
  EXPECT_THROW(judge_.overwriting(feed_, 0, "x"), Failure);
  EXPECT_THROW(judge_.overwriting(feed_, record().size(), " "), Failure);
}

TEST_F(JudgeTest, BadLinesAreLeftAloneAndKeptBeforeTheirFileGoes) {
  disk_.append(feed_, "rubbish\n");
  ledger_.plant_bad_line("rubbish");
  ledger_.settle(article_, 239);
  EXPECT_THROW(judge_.overwriting(feed_, record().size() + 1, "       "), Failure);
  disk_.rename(names::feed, names::flushing);
  sync_all();
  EXPECT_THROW(judge_.unlinking(names::flushing), Failure);
  disk_.append(disk_.create(names::bad), "rubbish\n");
  EXPECT_THROW(judge_.unlinking(names::flushing), Failure) << "kept, but not for sure";
  sync_all();
  EXPECT_NO_THROW(judge_.unlinking(names::flushing));
}

TEST_F(JudgeTest, TheFeedFileMayGoOnlyWhenItsOtherNameIsSure) {
  EXPECT_THROW(judge_.unlinking(names::feed), Failure);
  disk_.link(names::feed, names::flushing);
  EXPECT_THROW(judge_.unlinking(names::feed), Failure) << "the directory was not synced";
  disk_.sync_names(disk_.now());
  EXPECT_NO_THROW(judge_.unlinking(names::feed));
}

TEST_F(JudgeTest, AFileWithOpenArticlesMustNotGo) {
  disk_.rename(names::feed, names::flushing);
  sync_all();
  EXPECT_THROW(judge_.unlinking(names::flushing), Failure);
  disk_.link(names::flushing, "peer_backlog.1.2");
  EXPECT_THROW(judge_.unlinking(names::flushing), Failure);
  disk_.sync_names(disk_.now());
  EXPECT_NO_THROW(judge_.unlinking(names::flushing));
}

TEST_F(JudgeTest, AFileThatInndWritesMustNotGo) {
  disk_.rename(names::feed, names::flushing);
  ledger_.settle(article_, 239);
  written_by_innd_ = feed_;
  EXPECT_THROW(judge_.unlinking(names::flushing), Failure);
}

TEST_F(JudgeTest, WhatIsNotOursIsNeitherCreatedNorLinkedNorRemovedNorCut) {
  EXPECT_THROW(judge_.creating(names::feed), Failure);
  EXPECT_THROW(judge_.creating("peer_backlog.1.2"), Failure);
  EXPECT_THROW(judge_.linking(names::feed, "peer_backlog.1.2"), Failure);
  EXPECT_THROW(judge_.linking(names::defer, names::feed), Failure);
  EXPECT_THROW(judge_.unlinking(names::bad), Failure);
  EXPECT_THROW(judge_.unlinking("peer_backlog.note~"), Failure);
  EXPECT_THROW(judge_.appending(feed_, "x\n"), Failure);
  EXPECT_THROW(judge_.cutting(feed_, 0), Failure);
}

TEST_F(JudgeTest, NothingIsAppendedBehindHalfALine) {
  const FileKey file = defer();
  EXPECT_NO_THROW(judge_.appending(file, "x\n"));
  disk_.append(file, "half");
  EXPECT_THROW(judge_.appending(file, "x\n"), Failure);
  EXPECT_NO_THROW(judge_.appending(file, "\nx\n")) << "it ends the half first";
}

TEST_F(JudgeTest, WhatPeoplePutIntoAFileAfterTheProgramLookedIsTheirRisk) {
  disk_.rename(names::feed, "peer_backlog.admin");
  sync_all();
  ledger_.account(article_).by_people = true;
  EXPECT_THROW(judge_.unlinking("peer_backlog.admin"), Failure) << "it never looked";
  stage_.time.advance(stage_.time.now().monotonic + std::chrono::seconds(1));
  judge_.looked_at("peer_backlog.admin");
  EXPECT_THROW(judge_.unlinking("peer_backlog.admin"), Failure) << "it looked, and should know";
  ledger_.feed(article_);
  EXPECT_NO_THROW(judge_.unlinking("peer_backlog.admin"));
  EXPECT_FALSE(ledger_.account(article_).open());
}

TEST_F(JudgeTest, AnOldNameMustNotComeBackLongAfterTheMove) {
  disk_.rename(names::feed, names::flushing);
  disk_.link(names::flushing, "peer_backlog.1.2");
  sync_all();
  EXPECT_NO_THROW(judge_.unlinking(names::flushing));
  disk_.unlink(names::flushing);
  const core::Instant moved = stage_.time.now().monotonic;
  EXPECT_THROW(judge_.before_power_cut(moved + std::chrono::seconds(1)), Failure);
  EXPECT_NO_THROW(judge_.before_power_cut(moved)) << "there was no time to sync the directory";
  disk_.link("peer_backlog.1.2", names::flushing);
  sync_all();
  judge_.unlinking(names::flushing);
  disk_.unlink(names::flushing);
  disk_.sync_names(disk_.now());
  EXPECT_NO_THROW(judge_.before_power_cut(moved + std::chrono::seconds(1)));
}

TEST_F(JudgeTest, WhatAProcessFoundIsSureBeforeItTouchesAnything) {
  const FileKey file = defer();
  ledger_.settle(article_, 239);
  EXPECT_NO_THROW(judge_.overwriting(feed_, 0, blanks())) << "it made the file itself";
  judge_.process_started();
  EXPECT_THROW(judge_.overwriting(feed_, 0, blanks()), Failure) << "it found it";
  disk_.sync(file, disk_.now());
  EXPECT_THROW(judge_.overwriting(feed_, 0, blanks()), Failure) << "its name is not sure";
  disk_.sync_names(disk_.now());
  EXPECT_NO_THROW(judge_.overwriting(feed_, 0, blanks()));
}

TEST_F(JudgeTest, ANameIsMadeAnewOnlyWhenItsOldFileHasLostItForSure) {
  defer();
  sync_all();
  disk_.link(names::defer, "peer_backlog.1.2");
  sync_all();
  judge_.unlinking(names::defer);
  disk_.unlink(names::defer);
  EXPECT_THROW(judge_.creating(names::defer), Failure);
  disk_.sync_names(disk_.now());
  EXPECT_NO_THROW(judge_.creating(names::defer));
}

TEST_F(JudgeTest, AFlushIsAskedForWhenTheOldNameIsGoneForSure) {
  disk_.link(names::feed, names::flushing);
  sync_all();
  judge_.unlinking(names::feed);
  disk_.unlink(names::feed);
  EXPECT_THROW(judge_.asked_for({engine::Flush{}}), Failure);
  disk_.sync_names(disk_.now());
  EXPECT_NO_THROW(judge_.asked_for({engine::Flush{}}));
}

TEST_F(JudgeTest, WhatIsMovedTakesNothingUnsureAlong) {
  const FileKey file = defer();
  stage_.drawn.config.sync_feed = true;
  EXPECT_THROW(judge_.linking(names::defer, "peer_backlog.1.2"), Failure);
  disk_.sync(file, disk_.now());
  EXPECT_NO_THROW(judge_.linking(names::defer, "peer_backlog.1.2"));
  disk_.overwrite(file, 0, " ");
  EXPECT_NO_THROW(judge_.linking(names::defer, "peer_backlog.1.2")) << "a blank may be lost";
}

TEST_F(JudgeTest, NothingIsAppendedToABacklogFile) {
  const FileKey file = defer();
  EXPECT_NO_THROW(judge_.appending(file, "x\n"));
  disk_.link(names::defer, "peer_backlog.1.2");
  EXPECT_THROW(judge_.appending(file, "x\n"), Failure);
}

TEST_F(JudgeTest, ALineThatInndHasNotFinishedMustNotBeBlanked) {
  disk_.truncate(feed_, record().size());
  sync_all();
  ledger_.settle(article_, 239);
  EXPECT_NO_THROW(judge_.overwriting(feed_, 0, blanks())) << "nobody writes it any more";
  written_by_innd_ = feed_;
  EXPECT_THROW(judge_.overwriting(feed_, 0, blanks()), Failure);
}

TEST_F(JudgeTest, TheEndComesWhenTheFeedFileWasLookedForInVain) {
  disk_.rename(names::feed, "/admin/moved");
  EXPECT_THROW(judge_.unlinking(names::lock), Failure);
  judge_.looked_at(names::feed);
  EXPECT_NO_THROW(judge_.unlinking(names::lock));
  ledger_.settle(article_, 239);
  judge_.overwriting(feed_, 0, blanks());
  EXPECT_THROW(judge_.unlinking(names::lock), Failure) << "something was done since";
}

TEST_F(JudgeTest, AFailedSyncEndsTheProgramWithoutABlank) {
  const engine::Action blank = engine::Overwrite{};
  const engine::Action note = engine::Note{};
  const engine::Action exit = engine::Exit{.code = 12};
  EXPECT_NO_THROW(judge_.asked_for({blank}));
  judge_.told_of_failed_sync();
  EXPECT_THROW(judge_.asked_for({}), Failure);
  EXPECT_THROW(judge_.asked_for({note}), Failure);
  EXPECT_THROW(judge_.asked_for({blank, exit}), Failure);
  EXPECT_NO_THROW(judge_.asked_for({note, exit}));
  judge_.process_started();
  EXPECT_NO_THROW(judge_.asked_for({blank}));
}

TEST_F(JudgeTest, CuttingMustNotTakeTheOnlyRecord) {
  const FileKey file = defer();
  EXPECT_NO_THROW(judge_.cutting(file, 0)) << "the line is still in the feed file";
  sync_all();
  disk_.overwrite(feed_, 0, blanks());
  EXPECT_THROW(judge_.cutting(file, 0), Failure);
}

TEST_F(JudgeTest, AKilledProcessLeavesEveryOpenArticleInSomeFile) {
  EXPECT_NO_THROW(judge_.killed());
  disk_.overwrite(feed_, 0, blanks());
  EXPECT_THROW(judge_.killed(), Failure);
}

TEST_F(JudgeTest, APowerCutTakesOnlyWhatWasNotSure) {
  const ArticleNumber unsure = articles_.add(false);
  disk_.append(feed_, articles_[unsure].record + "\n");
  ledger_.look(feed_);
  ledger_.feed(unsure);
  const core::Instant fed = ledger_.account(unsure).fed_at;
  EXPECT_THROW(judge_.before_power_cut(fed + std::chrono::seconds(1)), Failure) << "rule 7";
  judge_.before_power_cut(fed);
  disk_.truncate(feed_, record().size() + 1);
  judge_.after_power_cut();
  EXPECT_FALSE(ledger_.account(unsure).open()) << "innd never synced it";
  EXPECT_TRUE(ledger_.account(article_).open());

  judge_.before_power_cut(fed);
  disk_.truncate(feed_, 0);
  EXPECT_THROW(judge_.after_power_cut(), Failure);
}

TEST_F(JudgeTest, Exit4MeansThatEverythingIsAnswered) {
  const core::Instant fed = ledger_.account(article_).fed_at;
  const core::Instant later = fed + std::chrono::seconds(1);
  EXPECT_THROW(judge_.finished(later), Failure);
  EXPECT_NO_THROW(judge_.finished(fed)) << "it came after the program last looked";
  ledger_.settle(article_, 439);
  EXPECT_NO_THROW(judge_.finished(later));
  disk_.create(names::defer);
  EXPECT_THROW(judge_.finished(later), Failure);
}

}  // namespace
}  // namespace innduct::sim
