// ledger_test.cc: proves that the accountant finds records wherever they stand, and no others.
#include "sim/ledger.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/names.h"

namespace innduct::sim {
namespace {

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : article_(articles_.add(false)), file_(disk_.create(names::feed)) {}
  std::string record() const { return articles_[article_].record; }
  void append(FileKey file, std::string_view text) {
    disk_.append(file, text);
    ledger_.look(file);
  }

  Stage stage_{1, Trace::off};
  Catalogue articles_{Dice(1)};
  Disk disk_{stage_.time, false};
  Ledger ledger_{stage_, articles_, disk_};
  ArticleNumber article_;
  FileKey file_;
};

TEST_F(LedgerTest, FindsARecordWhateverStandsBesideIt) {
  for (const std::string& before :
       {std::string(), std::string("torn text"), std::string("@0503"), std::string(3, '\0')}) {
    const FileKey file = disk_.create("peer_backlog" + std::to_string(disk_.now()));
    append(file, before + record() + "\n");
    const auto found = ledger_.found_in(file, 0, 1000);
    ASSERT_EQ(found.size(), 1U) << before;
    EXPECT_EQ(found[0].offset, before.size());
    EXPECT_EQ(found[0].length, record().size());
  }
}

TEST_F(LedgerTest, FindsARecordThatArrivesInTwoParts) {
  append(file_, record().substr(0, 20));
  EXPECT_TRUE(ledger_.found_in(file_, 0, 1000).empty());
  append(file_, record().substr(20));
  EXPECT_EQ(ledger_.found_in(file_, 0, 1000).size(), 1U);
}

TEST_F(LedgerTest, ATokenAloneCountsOnlyWhereItMay) {
  append(file_, articles_[article_].token + "\n");
  EXPECT_FALSE(ledger_.visible(article_, {}));
  const FileKey batch = disk_.create("peer_backlog.batch");
  ledger_.allow_bare_tokens(batch);
  append(batch, articles_[article_].token + "\n");
  EXPECT_TRUE(ledger_.visible(article_, {}));
}

TEST_F(LedgerTest, ARecordIsVisibleOnlyUnderANameThatIsLookedAfter) {
  append(file_, record());
  EXPECT_TRUE(ledger_.visible(article_, {}));
  disk_.rename(names::feed, "/admin/moved");
  EXPECT_FALSE(ledger_.visible(article_, {}));
  disk_.make_symlink("peer_backlog.moved", "/admin/moved");
  EXPECT_TRUE(ledger_.visible(article_, {})) << "through a symbolic link";
}

TEST_F(LedgerTest, ARecordIsSureWhenItsBytesAndItsNameAre) {
  append(file_, record());
  EXPECT_FALSE(ledger_.sure(article_, {}));
  disk_.sync(file_, disk_.now());
  EXPECT_FALSE(ledger_.sure(article_, {}));
  disk_.sync_names(disk_.now());
  EXPECT_TRUE(ledger_.sure(article_, {}));
  EXPECT_FALSE(ledger_.sure(article_, {.file = file_, .from = 0, .to = 1}));
  EXPECT_FALSE(ledger_.sure(article_, {.name = names::feed}));
  disk_.overwrite(file_, 3, " ");
  EXPECT_FALSE(ledger_.sure(article_, {})) << "the blank may reach the disk at any moment";
}

TEST_F(LedgerTest, ARecordInTwoPiecesNeedsBoth) {
  const std::uint64_t cut = 17;
  append(file_, record().substr(0, cut));
  disk_.rename(names::feed, names::flushing);
  const FileKey next = disk_.create(names::feed);
  append(next, record().substr(cut) + "\n");
  ledger_.split(article_, {file_, 0, cut}, {next, 0, record().size() - cut});
  EXPECT_TRUE(ledger_.visible(article_, {}));
  EXPECT_EQ(ledger_.found_in(file_, 0, 1000).size(), 1U);
  EXPECT_EQ(ledger_.found_in(next, 0, 1000).size(), 1U);
  ledger_.look_again();
  EXPECT_TRUE(ledger_.visible(article_, {})) << "after a crash, too";
  disk_.overwrite(next, 0, " ");
  EXPECT_FALSE(ledger_.visible(article_, {}));
}

TEST_F(LedgerTest, CountsWhatIsOpen) {
  const ArticleNumber other = articles_.add(false);
  ledger_.feed(article_);
  ledger_.feed(other);
  EXPECT_EQ(ledger_.open(), 2U);
  ledger_.settle(article_, 239);
  ledger_.settle(article_, 239);
  EXPECT_EQ(ledger_.open(), 1U);
  ledger_.excuse(other, "for a test");
  EXPECT_EQ(ledger_.open(), 0U);
}

TEST_F(LedgerTest, AnArticleSettledBeforeItsLineIsWrittenIsNotOpen) {
  ledger_.settle(article_, 438);
  ledger_.feed(article_);
  EXPECT_EQ(ledger_.open(), 0U);
}

}  // namespace
}  // namespace innduct::sim
