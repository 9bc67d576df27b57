// article_store_test.cc: proves what crosses between the two threads: every retrieval is answered
// once and in order, in few wakes; released articles are not; bytes stay in place until released.
// The articles are files below patharticles, so that these tests run in every build.
#include "io/inn/article_store.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>

#include "articles.h"
#include "child.h"
#include "spool.h"
#include "temp_dir.h"

namespace innduct::io {
namespace {

using namespace std::chrono_literals;
using engine::ArticleRef;
using engine::FetchOutcome;
using engine::OpId;

// The loop thread's side of a store.
struct Feed {
  explicit Feed(const InnConfig& config) : store(loop, config) {
    store.on_results([this] {
      ++wakes;
      std::vector<StoreResult> taken;
      store.take_results(taken);
      std::move(taken.begin(), taken.end(), std::back_inserter(results));
    });
  }
  // Runs the loop until at least `count` results are there.
  void await_results(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (results.size() < count && std::chrono::steady_clock::now() < deadline) {
      loop.run_one_until(deadline);
    }
    ASSERT_GE(results.size(), count);
  }
  const FetchResult& fetched(std::size_t i) const { return std::get<FetchResult>(results.at(i)); }

  boost::asio::io_context loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> more_to_come{
      loop.get_executor()};
  ArticleStore store;
  std::vector<StoreResult> results;
  int wakes = 0;
};

class ArticleStoreTest : public ::testing::Test {
 protected:
  ArticleStoreTest() { test::write_inn_conf(dir); }

  // Each in a process of its own: INN's libraries are initialised, if this build has them.
  void with_open_store(const std::function<void(Feed&)>& part) {
    test::in_child([&] {
      const auto config = read_inn_config(dir / "inn.conf");
      ASSERT_TRUE(config.has_value()) << config.error();
      Feed feed(*config);
      const auto opened = feed.store.open();
      ASSERT_TRUE(opened.has_value()) << opened.error();
      part(feed);
    });
  }
  // Puts article `number` into the spool; returns its bytes.
  std::string put(int number, std::size_t body_size = 100) {
    const std::string wire = test::article(number, id(number), test::body_of(body_size));
    dir.write("articles/" + path(number), wire);
    return wire;
  }
  static std::string id(int number) { return "<" + std::to_string(number) + "@x>"; }
  static std::string path(int number) { return "group/" + std::to_string(number); }

  test::TempDir dir;
};

TEST_F(ArticleStoreTest, FetchesAnArticle) {
  const std::string wire = put(1);
  with_open_store([&](Feed& feed) {
    feed.store.fetch(ArticleRef{7}, path(1), id(1));
    EXPECT_TRUE(feed.results.empty());
    feed.await_results(1);
    EXPECT_EQ(feed.fetched(0).article, ArticleRef{7});
    EXPECT_EQ(feed.fetched(0).outcome, FetchOutcome::ready);
    EXPECT_EQ(feed.fetched(0).size, wire.size());
    EXPECT_EQ(feed.fetched(0).message_id, "");
    EXPECT_EQ(test::text_of(feed.store.bytes(ArticleRef{7})), wire);
    feed.store.release(ArticleRef{7});
  });
}

TEST_F(ArticleStoreTest, TellsTheMessageIdOfAnEntryWithoutOne) {
  put(1);
  with_open_store([&](Feed& feed) {
    feed.store.fetch(ArticleRef{1}, path(1), "");
    feed.await_results(1);
    EXPECT_EQ(feed.fetched(0).message_id, id(1));
  });
}

TEST_F(ArticleStoreTest, TellsWhatIsNotReady) {
  put(1);
  put(2);
  dir.write("articles/" + path(3), "");
  with_open_store([&](Feed& feed) {
    feed.store.fetch(ArticleRef{1}, path(1), id(2));
    feed.store.fetch(ArticleRef{2}, path(9), id(9));
    feed.store.fetch(ArticleRef{3}, path(3), id(3));
    feed.store.fetch(ArticleRef{4}, "../x", id(4));
    feed.await_results(4);
    const FetchOutcome expected[] = {FetchOutcome::other, FetchOutcome::absent,
                                     FetchOutcome::damaged, FetchOutcome::trouble};
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(feed.fetched(i).outcome, expected[i]) << i;
      EXPECT_EQ(feed.fetched(i).size, 0u) << i;
      feed.store.release(feed.fetched(i).article);  // nothing is held; nothing happens
    }
  });
}

TEST_F(ArticleStoreTest, AnswersInOrderAndInFewWakes) {
  constexpr int count = 1000;
  std::map<int, std::string> wires;
  for (int number = 1; number <= count; ++number) {
    wires[number] = put(number, 50 + static_cast<std::size_t>(number) * 7 % 3000);
  }
  with_open_store([&](Feed& feed) {
    for (int number = 1; number <= count; ++number) {
      feed.store.fetch(ArticleRef{static_cast<std::uint64_t>(number)}, path(number), id(number));
    }
    feed.await_results(count);
    for (int number = 1; number <= count; ++number) {
      const FetchResult& result = feed.fetched(static_cast<std::size_t>(number) - 1);
      ASSERT_EQ(result.article.value, static_cast<std::uint64_t>(number));
      ASSERT_EQ(result.outcome, FetchOutcome::ready) << result.text;
      ASSERT_EQ(test::text_of(feed.store.bytes(result.article)), wires[number]);
    }
    EXPECT_LT(feed.wakes, count / 4);
  });
}

TEST_F(ArticleStoreTest, UsesBuffersAgainWithoutMixingThemUp) {
  constexpr int count = 40;
  std::map<int, std::string> wires;
  for (int number = 1; number <= count; ++number) {
    wires[number] = put(number, static_cast<std::size_t>(number * number) * 20);
  }
  with_open_store([&](Feed& feed) {
    std::uint64_t ref = 0;
    for (int round = 0; round < 20; ++round) {
      feed.results.clear();
      const std::uint64_t first = ref + 1;
      for (int number = 1; number <= count; ++number) {
        feed.store.fetch(ArticleRef{++ref}, path(number), id(number));
      }
      feed.await_results(count);
      for (int number = 1; number <= count; ++number) {
        const ArticleRef article{first + static_cast<std::uint64_t>(number) - 1};
        ASSERT_EQ(test::text_of(feed.store.bytes(article)), wires[number]);
        if ((number + round) % 3 != 0) {
          feed.store.release(article);  // the others are held to the end
        }
      }
    }
    for (int number = 1; number <= count; ++number) {
      if (number % 3 == 0) {  // of the first round
        EXPECT_EQ(test::text_of(feed.store.bytes(ArticleRef{static_cast<std::uint64_t>(number)})),
                  wires[number]);
      }
    }
  });
}

TEST_F(ArticleStoreTest, DoesNotAnswerForReleasedArticles) {
  put(1);
  put(2);
  with_open_store([&](Feed& feed) {
    feed.store.fetch(ArticleRef{1}, path(1), id(1));
    feed.store.fetch(ArticleRef{2}, path(2), id(2));
    feed.store.fetch(ArticleRef{3}, path(9), id(9));
    feed.store.release(ArticleRef{1});
    feed.store.release(ArticleRef{3});
    feed.store.reopen(OpId{5});  // answered behind all of them
    feed.await_results(2);
    ASSERT_EQ(feed.results.size(), 2u);
    EXPECT_EQ(feed.fetched(0).article, ArticleRef{2});
    EXPECT_EQ(std::get<ReopenResult>(feed.results[1]).op, OpId{5});
  });
}

TEST_F(ArticleStoreTest, ReopensInOrder) {
  put(1);
  with_open_store([&](Feed& feed) {
    feed.store.fetch(ArticleRef{1}, path(1), id(1));
    feed.store.reopen(OpId{1});
    feed.store.fetch(ArticleRef{2}, path(1), id(1));
    feed.await_results(3);
    EXPECT_EQ(feed.fetched(0).article, ArticleRef{1});
    EXPECT_EQ(std::get<ReopenResult>(feed.results[1]).op, OpId{1});
    EXPECT_TRUE(std::get<ReopenResult>(feed.results[1]).reopened.has_value());
    EXPECT_EQ(feed.fetched(2).article, ArticleRef{2});
    EXPECT_EQ(test::text_of(feed.store.bytes(ArticleRef{1})),
              test::text_of(feed.store.bytes(ArticleRef{2})));
  });
}

// Hand-overs of several turns gather while the article thread is busy with large articles.
TEST_F(ArticleStoreTest, TakesRequestsWhileItWorks) {
  constexpr std::uint64_t large_count = 20;
  constexpr std::uint64_t count = large_count + 200;
  const std::string large = put(0, 900'000);
  std::map<std::uint64_t, std::string> wires;
  for (std::uint64_t ref = large_count + 1; ref <= count; ++ref) {
    wires[ref] = put(static_cast<int>(ref));
  }
  with_open_store([&](Feed& feed) {
    for (std::uint64_t ref = 1; ref <= count; ++ref) {
      const int number = ref <= large_count ? 0 : static_cast<int>(ref);
      feed.store.fetch(ArticleRef{ref}, path(number), id(number));
      feed.loop.poll();  // a turn for each
    }
    feed.await_results(count);
    for (std::uint64_t ref = 1; ref <= count; ++ref) {
      EXPECT_EQ(feed.fetched(ref - 1).article, ArticleRef{ref});
      ASSERT_EQ(feed.fetched(ref - 1).outcome, FetchOutcome::ready) << feed.fetched(ref - 1).text;
      EXPECT_EQ(test::text_of(feed.store.bytes(ArticleRef{ref})),
                ref <= large_count ? large : wires[ref]);
    }
  });
}

#ifdef INNDUCT_WITH_INN

// The token of an article of the only newsgroup in tradspool.map.
std::string token(int number) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "@05000000000100000000%08X00000000@",
                static_cast<unsigned>(number));
  return text.data();
}

TEST_F(ArticleStoreTest, WhatIsCachedIsAtHandInOneWake) {
  dir.write("tradspool.map", "group 1\n");
  std::map<std::uint64_t, std::string> wires;
  for (int number = 1; number <= 4; ++number) {
    wires[static_cast<std::uint64_t>(number)] = put(number);
  }
  with_open_store([&](Feed& feed) {
    for (int number = 1; number <= 4; ++number) {
      feed.store.fetch(ArticleRef{static_cast<std::uint64_t>(number)}, token(number), id(number));
    }
    // The loop has not run: no thread could have told of them.
    for (std::uint64_t ref = 1; ref <= 4; ++ref) {
      EXPECT_EQ(test::text_of(feed.store.bytes(ArticleRef{ref})), wires[ref]);
    }
    feed.store.release(ArticleRef{2});
    feed.await_results(3);
    EXPECT_EQ(feed.wakes, 1);
    for (const auto& [i, ref] : {std::pair{0u, 1u}, {1u, 3u}, {2u, 4u}}) {
      EXPECT_EQ(feed.fetched(i).article, ArticleRef{ref});
      EXPECT_EQ(feed.fetched(i).outcome, FetchOutcome::ready);
      EXPECT_EQ(feed.fetched(i).size, wires[ref].size());
    }
  });
}

TEST_F(ArticleStoreTest, WhatIsNotAtHandIsJudgedByTheThread) {
  dir.write("tradspool.map", "group 1\n");
  put(1);
  with_open_store([&](Feed& feed) {
    feed.store.fetch(ArticleRef{1}, token(9), id(9));
    feed.store.fetch(ArticleRef{2}, token(1), id(2));
    feed.store.fetch(ArticleRef{3}, token(1), id(1));
    feed.await_results(3);
    EXPECT_EQ(feed.fetched(0).article, ArticleRef{3});
    EXPECT_EQ(feed.fetched(1).outcome, FetchOutcome::absent);
    EXPECT_EQ(feed.fetched(2).outcome, FetchOutcome::other);
  });
}

#endif

TEST_F(ArticleStoreTest, EndsWithWorkAtHand) {
  put(1, 900'000);
  with_open_store([&](Feed& feed) {
    for (std::uint64_t ref = 1; ref <= 500; ++ref) {
      feed.store.fetch(ArticleRef{ref}, path(1), id(1));
    }
    feed.await_results(1);
    EXPECT_LT(feed.results.size(), 500u) << "most of the work is still to be done";
  });
}

TEST_F(ArticleStoreTest, ThatWasNeverOpenedEnds) {
  const Feed feed({.path_articles = dir / "articles"});
  EXPECT_TRUE(feed.results.empty());
}

}  // namespace
}  // namespace innduct::io
