// path_store_test.cc: proves that a path names a file below patharticles or nothing, what each way
// of not being readable means, and that either format comes out as wire format.
#include "io/inn/path_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "articles.h"
#include "child.h"
#include "temp_dir.h"

namespace innduct::io {
namespace {

using engine::FetchOutcome;
using namespace std::string_literals;

class PathStoreTest : public ::testing::Test {
 protected:
  PathStoreTest() { dir.write("articles/misc/test/1", wire); }

  ReadOutcome read(std::string_view locator) { return store.read(locator, buffer); }

  const std::string wire = test::article(1, "<1@x>", "hello\r\n..dot\r\n");
  test::TempDir dir;
  PathStore store{dir / "articles"};
  ArticleBuffer buffer;
};

TEST_F(PathStoreTest, ReadsWireFormatAsItIs) {
  EXPECT_EQ(read("misc/test/1").outcome, FetchOutcome::ready);
  EXPECT_EQ(buffer.view(), wire);
}

TEST_F(PathStoreTest, ConvertsNativeFormat) {
  dir.write("articles/misc/test/2", "Message-ID: <2@x>\n\nhello\n.dot\n");
  EXPECT_EQ(read("misc/test/2").outcome, FetchOutcome::ready);
  EXPECT_EQ(buffer.view(), "Message-ID: <2@x>\r\n\r\nhello\r\n..dot\r\n.\r\n");
}

TEST_F(PathStoreTest, ReadsManyOfAnySizeWithOneBuffer) {
  const std::string large = test::article(3, "<3@x>", test::body_of(900'000));
  dir.write("articles/misc/test/3", large);
  dir.write("articles/misc/test/4", test::native(large));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(read("misc/test/3").outcome, FetchOutcome::ready);
    EXPECT_EQ(buffer.view(), large);
    EXPECT_EQ(read("misc/test/1").outcome, FetchOutcome::ready);
    EXPECT_EQ(buffer.view(), wire);
    EXPECT_EQ(read("misc/test/4").outcome, FetchOutcome::ready);
    EXPECT_EQ(buffer.view(), large);
  }
}

TEST_F(PathStoreTest, NamesOnlyWhatLiesBelow) {
  dir.write("outside", wire);
  std::filesystem::create_directory_symlink("../elsewhere", dir / "articles/link");
  dir.write("elsewhere/1", wire);
  const std::string refused[] = {
      dir / "outside",   "../outside",     "misc/../../outside", "misc/test/../test/1", "..", ".",
      "misc/./test/1",   "misc//test/1",   "/misc/test/1",       "misc/test/1/",        "",   "/",
      "link/../outside", "misc/test/1\0"s, "misc/test/1\0x"s};
  for (const std::string& locator : refused) {
    const ReadOutcome outcome = read(locator);
    EXPECT_EQ(outcome.outcome, FetchOutcome::trouble) << locator;
    EXPECT_NE(outcome.text.find("does not lead to a file below patharticles"), std::string::npos)
        << outcome.text;
  }
}

TEST_F(PathStoreTest, FollowsTheAdministratorsLinks) {
  dir.write("otherdisk/alt/1", wire);
  std::filesystem::create_directory_symlink(dir / "otherdisk/alt", dir / "articles/alt");
  std::filesystem::create_directory_symlink("../otherdisk/alt", dir / "articles/relative");
  std::filesystem::create_symlink(dir / "articles/misc/test/1", dir / "articles/one");
  for (const char* locator : {"alt/1", "relative/1", "one"}) {
    EXPECT_EQ(read(locator).outcome, FetchOutcome::ready) << locator;
    EXPECT_EQ(buffer.view(), wire);
  }
}

TEST_F(PathStoreTest, AMissingFileIsAbsentWhileTheSpoolIsThere) {
  EXPECT_EQ(read("misc/test/99").outcome, FetchOutcome::absent);
  EXPECT_EQ(read("no/such/group/1").outcome, FetchOutcome::absent);
}

TEST_F(PathStoreTest, AMissingFileIsTroubleWhileTheSpoolIsNot) {
  const std::string text =
      "patharticles " + (dir / "articles") + " is empty or missing: not mounted?";
  std::filesystem::rename(dir / "articles", dir / "away");
  ReadOutcome outcome = read("misc/test/1");
  EXPECT_EQ(outcome.outcome, FetchOutcome::trouble);
  EXPECT_EQ(outcome.text, text);
  std::filesystem::create_directory(dir / "articles");
  outcome = read("misc/test/1");
  EXPECT_EQ(outcome.outcome, FetchOutcome::trouble);
  EXPECT_EQ(outcome.text, text);
  std::filesystem::remove(dir / "articles");
  std::filesystem::rename(dir / "away", dir / "articles");
  EXPECT_EQ(read("misc/test/1").outcome, FetchOutcome::ready);
}

TEST_F(PathStoreTest, ASpoolThatIsNoDirectoryIsTrouble) {
  std::filesystem::rename(dir / "articles", dir / "away");
  dir.write("articles", "a file");
  EXPECT_EQ(read("misc/test/1").outcome, FetchOutcome::trouble);
}

TEST_F(PathStoreTest, AnEmptyFileIsDamaged) {
  dir.write("articles/misc/test/2", "");
  EXPECT_EQ(read("misc/test/2").outcome, FetchOutcome::damaged);
}

TEST_F(PathStoreTest, WhatIsNoPlainFileIsTrouble) {
  ASSERT_EQ(::mkfifo((dir / "articles/fifo").c_str(), 0666), 0);
  for (const char* locator : {"misc/test", "fifo", "misc/test/1/2"}) {
    EXPECT_EQ(read(locator).outcome, FetchOutcome::trouble) << locator;
  }
}

TEST_F(PathStoreTest, AFileThatMayNotBeReadIsTrouble) {
  ASSERT_EQ(::chmod((dir / "articles/misc/test/1").c_str(), 0), 0);
  test::in_child([this] {
    test::become_nobody();
    const ReadOutcome outcome = read("misc/test/1");
    EXPECT_EQ(outcome.outcome, FetchOutcome::trouble);
    EXPECT_EQ(outcome.text, (dir / "articles/misc/test/1") + ": Permission denied");
  });
}

TEST_F(PathStoreTest, ASpoolThatMayNotBeSearchedIsTrouble) {
  ASSERT_EQ(::chmod((dir / "articles").c_str(), 0), 0);
  test::in_child([this] {
    test::become_nobody();
    EXPECT_EQ(read("misc/test/1").outcome, FetchOutcome::trouble);
    EXPECT_EQ(read("misc/test/99").outcome, FetchOutcome::trouble);
  });
  ASSERT_EQ(::chmod((dir / "articles").c_str(), 0755), 0);
}

}  // namespace
}  // namespace innduct::io
