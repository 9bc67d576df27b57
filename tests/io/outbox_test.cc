// outbox_test.cc: proves that what goes in comes out, byte for byte and in order, however little a
// socket takes at a time, and that each article is given back once, not before its last byte left.
#include "io/outbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace innduct::io {
namespace {

using engine::ArticleRef;

// Takes `size` bytes from what is gathered.
std::string take(Outbox& outbox, std::size_t size, std::size_t vectors_max,
                 std::vector<ArticleRef>& gone) {
  std::vector<iovec> vectors;
  outbox.gather(vectors, vectors_max);
  EXPECT_LE(vectors.size(), vectors_max);
  std::string taken;
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
  outbox.add({5}, article);
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
  outbox.add({1}, article);
  outbox.add({2}, article);
  outbox.add({3}, article);
  outbox.accepted(6, gone);
  EXPECT_EQ(gone, std::vector<ArticleRef>{{1}});
  gone.clear();
  outbox.drop(gone);
  EXPECT_EQ(gone, (std::vector<ArticleRef>{{2}, {3}}));
  EXPECT_TRUE(outbox.empty());
  outbox.add("QUIT\r\n");
  EXPECT_EQ(take(outbox, 100, 10, gone), "QUIT\r\n");
}

TEST(OutboxTest, EveryByteLeavesInOrder) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 dice(seed);
    Outbox outbox;
    std::map<std::uint64_t, std::string> articles;
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
        outbox.add({last}, article);
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
