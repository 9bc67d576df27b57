// outbox_test.cc: proves that what goes in comes out, byte for byte and in order, however little a
// socket takes at a time, and that each article is given back once, not before its last byte left.
#include "io/outbox.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <random>

#include "io/descriptor.h"

namespace innduct::io {
namespace {

using engine::ArticleRef;

// Takes `size` bytes from what is gathered.
std::string take(Outbox& outbox, std::size_t size, std::size_t vectors_max,
                 std::vector<ArticleRef>& gone) {
  std::string taken;
  if (const auto part = outbox.file_part()) {
    taken.resize(std::min(size, part->size));
    const auto offset = static_cast<off_t>(part->offset);
    EXPECT_EQ(::pread(part->file, taken.data(), taken.size(), offset),
              static_cast<ssize_t>(taken.size()));
    outbox.accepted(taken.size(), gone);
    return taken;
  }
  std::vector<iovec> vectors;
  outbox.gather(vectors, vectors_max);
  EXPECT_LE(vectors.size(), vectors_max);
  for (const iovec& each : vectors) {
    const std::size_t part = std::min(size - taken.size(), each.iov_len);
    taken.append(static_cast<const char*>(each.iov_base), part);
  }
  outbox.accepted(taken.size(), gone);
  return taken;
}

TEST(OutboxTest, NeighbouringTextsLeaveAsOnePiece) {
  Outbox outbox;
  EXPECT_TRUE(outbox.empty());
  outbox.add("CHECK <a@b>\r\n");
  outbox.add("");
  outbox.add("CHECK <c@d>\r\n");
  std::vector<iovec> vectors;
  outbox.gather(vectors, 10);
  ASSERT_EQ(vectors.size(), 1u);
  EXPECT_EQ(vectors[0].iov_len, 26u);
}

TEST(OutboxTest, AnArticleIsGivenBackWithItsLastByte) {
  Outbox outbox;
  std::vector<ArticleRef> gone;
  const std::string article = "body\r\n.\r\n";
  outbox.add("TAKETHIS <a@b>\r\n");
  outbox.add({5}, std::string_view(article));
  outbox.accepted(16 + article.size() - 1, gone);
  EXPECT_TRUE(gone.empty());
  outbox.accepted(1, gone);
  EXPECT_EQ(gone, std::vector<ArticleRef>{{5}});
  EXPECT_TRUE(outbox.empty());
}

TEST(OutboxTest, DroppedArticlesAreGivenBack) {
  Outbox outbox;
  std::vector<ArticleRef> gone;
  const std::string article = "body";
  outbox.add({1}, std::string_view(article));
  outbox.add({2}, std::string_view(article));
  outbox.add({3}, std::string_view(article));
  outbox.accepted(6, gone);
  EXPECT_EQ(gone, std::vector<ArticleRef>{{1}});
  gone.clear();
  outbox.drop(gone);
  EXPECT_EQ(gone, (std::vector<ArticleRef>{{2}, {3}}));
  EXPECT_TRUE(outbox.empty());
  outbox.add("QUIT\r\n");
  EXPECT_EQ(take(outbox, 100, 10, gone), "QUIT\r\n");
}

// A file in memory that holds this.
Descriptor file_of(std::string_view text) {
  Descriptor file(::memfd_create("article", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return file;
}

TEST(OutboxTest, TextsAreGatheredUpToAFile) {
  Outbox outbox;
  std::vector<ArticleRef> gone;
  const Descriptor file = file_of("body");
  outbox.add("TAKETHIS <a@b>\r\n");
  EXPECT_FALSE(outbox.file_part());
  std::vector<iovec> vectors;
  EXPECT_FALSE(outbox.gather(vectors, 10)) << "nothing follows";
  outbox.add({1}, {file.get(), 4});
  outbox.add("TAKETHIS <c@d>\r\n");
  EXPECT_TRUE(outbox.gather(vectors, 10));
  ASSERT_EQ(vectors.size(), 1u);
  outbox.accepted(16, gone);
  ASSERT_TRUE(outbox.file_part());
  EXPECT_EQ(outbox.file_part()->size, 4u);
  outbox.accepted(3, gone);
  EXPECT_EQ(outbox.file_part()->offset, 3u);
  EXPECT_TRUE(gone.empty());
  outbox.accepted(1, gone);
  EXPECT_EQ(gone, std::vector<ArticleRef>{{1}});
  EXPECT_FALSE(outbox.file_part());
  EXPECT_EQ(take(outbox, 100, 10, gone), "TAKETHIS <c@d>\r\n");
}

TEST(OutboxTest, EveryByteLeavesInOrder) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 dice(seed);
    Outbox outbox;
    std::map<std::uint64_t, std::string> articles;
    std::vector<Descriptor> files;
    std::vector<ArticleRef> gone;
    std::string in;
    std::string out;
    std::uint64_t last = 0;
    for (int step = 0; step < 2000; ++step) {
      if (dice() % 2 == 0) {
        const std::string text = "TAKETHIS <" + std::to_string(step) + "@x>\r\n";
        outbox.add(text);
        in += text;
      }
      if (dice() % 3 == 0) {
        std::string& article = articles[++last];
        article.assign(1 + dice() % 300, static_cast<char>('a' + last % 26));
        if (dice() % 10 == 0) {
          files.push_back(file_of(article));
          outbox.add({last}, {files.back().get(), article.size()});
        } else {
          outbox.add({last}, std::string_view(article));
        }
        in += article;
      }
      // Never quite what is there, so that the outbox does not run empty.
      out += take(outbox, dice() % 200, 1 + dice() % 8, gone);
    }
    while (!outbox.empty()) {
      out += take(outbox, 1000, 4, gone);
    }
    ASSERT_EQ(in, out) << seed;
    ASSERT_EQ(gone.size(), last);
    for (std::uint64_t i = 0; i < last; ++i) {
      ASSERT_EQ(gone[i], ArticleRef{i + 1});
    }
  }
}

}  // namespace
}  // namespace innduct::io
