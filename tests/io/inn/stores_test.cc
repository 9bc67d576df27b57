// stores_test.cc: proves the verdict on an article that some store handed out: only the article
// that was asked for, whole and fit for the wire, is ready.
#include "io/inn/stores.h"

#include <gtest/gtest.h>

#include "articles.h"
#include "temp_dir.h"

namespace innduct::io {
namespace {

using engine::FetchOutcome;

class StoresTest : public ::testing::Test {
 protected:
  Retrieved retrieve(std::string_view stored, std::string_view message_id) {
    dir.write("articles/group/1", stored);
    return stores.retrieve("group/1", message_id, buffer);
  }

  test::TempDir dir;
  InnConfig config{.path_articles = dir / "articles"};
  Stores stores{config};
  ArticleBuffer buffer;
};

TEST_F(StoresTest, TheArticleThatWasAskedForIsReady) {
  const std::string wire = test::article(1, "<1@x>", "hello\r\n");
  const Retrieved retrieved = retrieve(wire, "<1@x>");
  EXPECT_EQ(retrieved.outcome, FetchOutcome::ready);
  EXPECT_EQ(retrieved.message_id, "") << "the entry had one";
  EXPECT_EQ(retrieved.text, "");
  EXPECT_EQ(buffer.view(), wire);
}

TEST_F(StoresTest, AnEntryWithoutAMessageIdLearnsIt) {
  const Retrieved retrieved = retrieve(test::article(1, "<1@x>", "hello\r\n"), "");
  EXPECT_EQ(retrieved.outcome, FetchOutcome::ready);
  EXPECT_EQ(retrieved.message_id, "<1@x>");
}

TEST_F(StoresTest, AnotherArticleIsOther) {
  for (const char* wanted : {"<2@x>", "<1@X>", "<1@x.y>"}) {
    const Retrieved retrieved = retrieve(test::article(1, "<1@x>", "hello\r\n"), wanted);
    EXPECT_EQ(retrieved.outcome, FetchOutcome::other) << wanted;
    EXPECT_EQ(retrieved.text, "it leads to <1@x>");
  }
}

TEST_F(StoresTest, AnArticleWithoutAMessageIdIsDamaged) {
  for (const char* wanted : {"<1@x>", ""}) {
    const Retrieved retrieved = retrieve("Path: x\r\n\r\nhello\r\n.\r\n", wanted);
    EXPECT_EQ(retrieved.outcome, FetchOutcome::damaged) << wanted;
    EXPECT_EQ(retrieved.text, "it has no valid Message-ID");
  }
}

TEST_F(StoresTest, ATruncatedArticleIsDamaged) {
  const std::string wire = test::article(1, "<1@x>", test::body_of(5000));
  for (const std::size_t size : {std::size_t{300}, std::size_t{4096}, wire.size() - 1}) {
    const Retrieved retrieved = retrieve(wire.substr(0, size), "<1@x>");
    EXPECT_EQ(retrieved.outcome, FetchOutcome::damaged) << size;
    EXPECT_EQ(retrieved.text, "it does not end with CRLF.CRLF");
  }
}

TEST_F(StoresTest, AnArticleThatIsAbsentKeepsTheStoresWords) {
  EXPECT_EQ(stores.retrieve("group/1", "<1@x>", buffer).outcome, FetchOutcome::trouble);
  dir.write("articles/group/2", "x");
  EXPECT_EQ(stores.retrieve("group/1", "<1@x>", buffer).outcome, FetchOutcome::absent);
}

#ifndef INNDUCT_WITH_INN
TEST_F(StoresTest, ATokenIsUnknownWithoutInn) {
  const Retrieved retrieved =
      stores.retrieve("@050000000000000000000000000000000000@", "<1@x>", buffer);
  EXPECT_EQ(retrieved.outcome, FetchOutcome::unknown);
  EXPECT_NE(retrieved.text.find("built without"), std::string::npos) << retrieved.text;
}
#endif

}  // namespace
}  // namespace innduct::io
