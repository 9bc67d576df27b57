// direct_reader_test.cc: proves, on spools that INN's library has written, that what is read
// without it is the same byte for byte, and that whatever is not the article as it should be is not
// found.
#include "io/inn/direct_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "articles.h"
#include "spool.h"

namespace innduct::io {
namespace {

using test::Method;
using test::Spool;
using test::Stored;
using Patience = DirectReader::Patience;

std::shared_ptr<const SpoolLayout> layout_of(const Spool& spool) {
  return std::make_shared<const SpoolLayout>(read_spool_layout({.path_spool = spool.dir().path(),
                                                                .path_articles = spool.articles(),
                                                                .path_etc = spool.dir().path()}));
}

struct Reader {
  Reader(const Spool& spool, Patience patience) : reader(patience) {
    reader.follow(layout_of(spool));
  }
  bool finds(const Stored& article) {
    return reader.read(article.token, article.message_id, buffer);
  }
  std::string found() const { return test::text_of(buffer.bytes()); }
  DirectReader reader;
  ArticleBuffer buffer;
};

class DirectMethod : public ::testing::TestWithParam<Method> {};
INSTANTIATE_TEST_SUITE_P(Storage, DirectMethod,
                         ::testing::Values(Method::tradspool, Method::timehash, Method::cnfs));

TEST_P(DirectMethod, FindsWhatWasStored) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(
      1, {"hello\r\n", "", "..\r\n..x\r\n...\r\n", test::body_of(2500), test::body_of(3700),
          test::body_of(70'000), test::body_of(900'000), "8-bit \xe4\r\n"});
  for (const Patience patience : {Patience::wait, Patience::only_cached}) {
    Reader reader(spool, patience);
    for (const Stored& article : stored) {
      ASSERT_TRUE(reader.finds(article)) << article.token;
      EXPECT_EQ(reader.found(), article.wire);
    }
  }
}

// Stores articles of these sizes, and looks whether each is found, by either patience.
void expect_found(const Spool& spool, const std::vector<std::size_t>& sizes) {
  const std::size_t beside_body =
      spool.store(100, {test::body_of(1000)})[0].wire.size() - test::body_of(1000).size();
  std::vector<std::string> bodies;
  for (const std::size_t size : sizes) {
    bodies.push_back(std::string(size - beside_body - 2, 'x') + "\r\n");
  }
  const std::vector<Stored> stored = spool.store(101, bodies);
  for (const Patience patience : {Patience::wait, Patience::only_cached}) {
    Reader reader(spool, patience);
    for (const Stored& article : stored) {
      ASSERT_TRUE(reader.finds(article)) << article.wire.size();
      EXPECT_EQ(reader.found(), article.wire);
    }
  }
}

// A page is where reading what is cached may stop, and where the first read ends.
TEST_P(DirectMethod, FindsArticlesThatEndAtAPage) {
  std::vector<std::size_t> sizes;
  for (const std::size_t pages : {1U, 2U, 4U, 5U}) {
    for (std::size_t size = pages * 4096 - 26; size < pages * 4096 + 3; ++size) {
      sizes.push_back(size);
    }
  }
  expect_found(Spool(GetParam()), sizes);
}

// A large file is looked at in pieces; the last one may be a single byte.
TEST_P(DirectMethod, FindsArticlesThatEndAtAPiece) {
  std::vector<std::size_t> sizes;
  for (const std::size_t pieces : {2U, 3U}) {
    for (std::size_t size = pieces * 65536 - 1; size < pieces * 65536 + 6; ++size) {
      sizes.push_back(size);
    }
  }
  expect_found(Spool(GetParam()), sizes);
}

TEST_P(DirectMethod, OnlyThePatientReadLargeArticles) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {test::body_of(3'000'000)});
  Reader patient(spool, Patience::wait);
  ASSERT_TRUE(patient.finds(stored[0]));
  EXPECT_EQ(patient.found(), stored[0].wire);
  EXPECT_FALSE(Reader(spool, Patience::only_cached).finds(stored[0]));
}

TEST_P(DirectMethod, ACancelledArticleIsNotFound) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n", "two\r\n"});
  Reader reader(spool, Patience::only_cached);
  EXPECT_TRUE(reader.finds(stored[0]));
  spool.cancel(stored[0]);
  EXPECT_FALSE(reader.finds(stored[0]));
  EXPECT_TRUE(reader.finds(stored[1]));
}

TEST_P(DirectMethod, AnotherArticleIsNotFound) {
  const Spool spool(GetParam());
  std::vector<Stored> stored = spool.store(1, {"one\r\n", "two\r\n"});
  std::swap(stored[0].token, stored[1].token);
  Reader reader(spool, Patience::wait);
  EXPECT_FALSE(reader.finds(stored[0]));
  stored[1].message_id.clear();
  EXPECT_FALSE(reader.finds(stored[1])) << "nothing tells that it is the right one";
}

TEST_P(DirectMethod, ADamagedArticleIsNotFound) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"a line of text\r\n"});
  const std::string path = GetParam() == Method::cnfs ? spool.dir() / "one" : spool.only_file();
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  file.seekp(static_cast<std::streamoff>(all.find("a line of text")));
  file << "\r\n." << std::flush;
  EXPECT_FALSE(Reader(spool, Patience::wait).finds(stored[0]));
}

TEST_P(DirectMethod, NothingIsFoundWithoutALayout) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  Reader reader(spool, Patience::wait);
  EXPECT_TRUE(reader.finds(stored[0]));
  reader.reader.follow(nullptr);
  EXPECT_FALSE(reader.finds(stored[0]));
}

// How many directories below the spool this process has open.
std::ptrdiff_t open_directories(const Spool& spool) {
  return std::ranges::count_if(
      std::filesystem::directory_iterator("/proc/self/fd"), [&](const auto& entry) {
        std::error_code gone;
        const auto target = std::filesystem::read_symlink(entry.path(), gone);
        return target.string().starts_with(spool.articles()) && is_directory(target, gone);
      });
}

TEST(DirectReader, KeepsADirectoryOpenUntilItMayRest) {
  const Spool spool(Method::tradspool);
  const std::vector<Stored> stored = spool.store(1, {"one\r\n", "two\r\n"});
  Reader reader(spool, Patience::only_cached);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(reader.finds(stored[0]));
    EXPECT_TRUE(reader.finds(stored[1]));
  }
  EXPECT_EQ(open_directories(spool), 1);
  EXPECT_TRUE(reader.reader.rest());
  EXPECT_EQ(open_directories(spool), 1) << "it was used since";
  EXPECT_FALSE(reader.reader.rest());
  EXPECT_EQ(open_directories(spool), 0);
  EXPECT_TRUE(reader.finds(stored[0]));
}

TEST(DirectReader, ADirectoryThatWasMadeAnewIsFoundAgain) {
  const Spool spool(Method::tradspool);
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  Reader reader(spool, Patience::only_cached);
  EXPECT_TRUE(reader.finds(stored[0]) && reader.finds(stored[0]));
  const std::filesystem::path old = spool.dir() / "old";
  std::filesystem::rename(spool.articles(), old);
  std::filesystem::copy(old, spool.articles(), std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(old);
  EXPECT_FALSE(reader.finds(stored[0])) << "the library is asked";
  EXPECT_TRUE(reader.finds(stored[0]));
}

TEST(DirectReader, ManyNewsgroupsShareTheOpenDirectories) {
  const Spool spool(Method::tradspool);
  std::vector<Stored> stored;
  for (int group = 0; group < 300; ++group) {
    const std::string name = "many.g" + std::to_string(group);
    stored.push_back(spool.store(group + 1, {"text\r\n"}, name)[0]);
  }
  Reader reader(spool, Patience::only_cached);
  const auto find_all = [&](int times) {
    for (const Stored& article : stored) {
      for (int i = 0; i < times; ++i) {
        ASSERT_TRUE(reader.finds(article)) << article.token;
        EXPECT_EQ(reader.found(), article.wire);
      }
    }
  };
  find_all(1);
  find_all(1);
  EXPECT_EQ(open_directories(spool), 0) << "none is asked for twice before another";
  find_all(2);
  EXPECT_EQ(open_directories(spool), 128);
  find_all(1);
}

TEST(DirectReader, LeavesToTheLibraryWhatItDoesNotKnow) {
  for (const Method method : {Method::tradspool_native, Method::timecaf}) {
    const Spool spool(method);
    const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
    EXPECT_FALSE(Reader(spool, Patience::wait).finds(stored[0]));
  }
}

TEST(DirectReader, ATruncatedBufferIsNotUsed) {
  const Spool spool(Method::cnfs);
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  std::filesystem::resize_file(spool.dir() / "one", 300);
  EXPECT_FALSE(Reader(spool, Patience::wait).finds(stored[0]));
}

}  // namespace
}  // namespace innduct::io
