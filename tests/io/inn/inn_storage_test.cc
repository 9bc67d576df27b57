// inn_storage_test.cc: proves, on real spools that INN's library itself has written, that articles
// come back byte for byte whatever the method, and that no state of a spool makes us take one
// article for another, half an article for a whole one, or an unreadable one for a missing one.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "articles.h"
#include "child.h"
#include "io/inn/stores.h"
#include "spool.h"

namespace innduct::io {
namespace {

using engine::FetchOutcome;
using test::Method;
using test::Spool;
using test::Stored;

constexpr Method methods[] = {Method::tradspool, Method::tradspool_native, Method::timehash,
                              Method::timecaf, Method::cnfs};

const char* name_of(Method method) {
  switch (method) {
    case Method::tradspool:
      return "tradspool";
    case Method::tradspool_native:
      return "tradspool_native";
    case Method::timehash:
      return "timehash";
    case Method::timecaf:
      return "timecaf";
    case Method::cnfs:
      return "cnfs";
  }
  return "";
}

// A reader of a spool; one for each process.
struct Reader {
  explicit Reader(const Spool& spool) : stores(config_of(spool)) {
    const auto opened = stores.open();
    EXPECT_TRUE(opened.has_value()) << opened.error();
  }
  static InnConfig config_of(const Spool& spool) {
    const auto config = read_inn_config(spool.inn_conf());
    EXPECT_TRUE(config.has_value()) << config.error();
    return config.value_or(InnConfig{});
  }
  Retrieved retrieve(const Stored& article) {
    return stores.retrieve(article.token, article.message_id, buffer);
  }
  void expect(FetchOutcome outcome, const Stored& article) {
    const Retrieved retrieved = retrieve(article);
    EXPECT_EQ(retrieved.outcome, outcome) << article.message_id << ": " << retrieved.text;
    if (retrieved.outcome == FetchOutcome::ready) {
      EXPECT_EQ(test::text_of(buffer.bytes()), article.wire);
    } else if (retrieved.outcome != FetchOutcome::absent) {
      EXPECT_NE(retrieved.text, "");
    }
  }

  Stores stores;
  ArticleBuffer buffer;
};

// Lets `part` read the spool in a process of its own, in which nothing reaches stderr.
void read_in_child(const Spool& spool, const std::function<void(Reader&)>& part) {
  test::in_child([&] {
    ::testing::internal::CaptureStderr();
    {
      Reader reader(spool);
      part(reader);
    }
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  });
}

class EveryMethod : public ::testing::TestWithParam<Method> {};
class MethodOfFiles : public ::testing::TestWithParam<Method> {};

std::string test_name(const ::testing::TestParamInfo<Method>& info) { return name_of(info.param); }

INSTANTIATE_TEST_SUITE_P(Storage, EveryMethod, ::testing::ValuesIn(methods), test_name);
INSTANTIATE_TEST_SUITE_P(Storage, MethodOfFiles,
                         ::testing::Values(Method::tradspool, Method::tradspool_native,
                                           Method::timehash),
                         test_name);

TEST_P(EveryMethod, GivesBackWhatWasStored) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored =
      spool.store(1, {"hello\r\n", "", "..\r\n..x\r\n...\r\n", test::body_of(2500),
                      test::body_of(70'000), test::body_of(900'000), "8-bit \xe4\r\n"});
  read_in_child(spool, [&](Reader& reader) {
    for (int round = 0; round < 2; ++round) {
      for (const Stored& article : stored) {
        reader.expect(FetchOutcome::ready, article);
      }
    }
  });
}

TEST_P(EveryMethod, ACancelledArticleIsAbsent) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n", "two\r\n"});
  spool.cancel(stored[0]);
  read_in_child(spool, [&](Reader& reader) {
    reader.expect(FetchOutcome::absent, stored[0]);
    reader.expect(FetchOutcome::ready, stored[1]);
  });
}

TEST_P(EveryMethod, AnArticleThatIsCancelledWhileTheStoreIsOpenIsAbsent) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n", "two\r\n"});
  read_in_child(spool, [&](Reader& reader) {
    reader.expect(FetchOutcome::ready, stored[0]);
    spool.cancel(stored[0]);
    reader.expect(FetchOutcome::absent, stored[0]);
    reader.expect(FetchOutcome::ready, stored[1]);
  });
}

TEST_P(EveryMethod, FindsWhatIsStoredWhileTheStoreIsOpen) {
  const Spool spool(GetParam());
  const std::vector<Stored> before = spool.store(1, {"one\r\n"});
  read_in_child(spool, [&](Reader& reader) {
    reader.expect(FetchOutcome::ready, before[0]);
    for (int number = 2; number < 6; ++number) {
      reader.expect(FetchOutcome::ready, spool.store(number, {"later\r\n"})[0]);
    }
  });
}

TEST_P(EveryMethod, AnotherMessageIdIsOther) {
  const Spool spool(GetParam());
  std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  stored[0].message_id = "<wanted@test.invalid>";
  read_in_child(spool, [&](Reader& reader) {
    const Retrieved retrieved = reader.retrieve(stored[0]);
    EXPECT_EQ(retrieved.outcome, FetchOutcome::other);
    EXPECT_EQ(retrieved.text, "it leads to <1@test.invalid>");
  });
}

TEST_P(EveryMethod, AnEntryWithoutAMessageIdLearnsIt) {
  const Spool spool(GetParam());
  std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  stored[0].message_id.clear();
  read_in_child(spool, [&](Reader& reader) {
    EXPECT_EQ(reader.retrieve(stored[0]).message_id, "<1@test.invalid>");
    EXPECT_EQ(test::text_of(reader.buffer.bytes()), stored[0].wire);
  });
}

TEST_P(EveryMethod, AMethodThatIsNotConfiguredIsUnknown) {
  const Spool spool(GetParam());
  std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  read_in_child(spool, [&](Reader& reader) {
    for (const char* type : {"01", "06", "07", "63", "FE"}) {
      Stored strange = stored[0];
      strange.token.replace(1, 2, type);
      reader.expect(FetchOutcome::unknown, strange);
    }
    reader.expect(FetchOutcome::ready, stored[0]);
  });
}

TEST_P(EveryMethod, AMethodOfAnotherSpoolIsUnknown) {
  const auto type_of = [](const Stored& article) { return article.token.substr(0, 3); };
  const Spool spool(GetParam());
  const std::vector<Stored> here = spool.store(1, {"one\r\n"});
  for (const Method other : methods) {
    const std::vector<Stored> elsewhere = Spool(other).store(2, {"two\r\n"});
    if (type_of(elsewhere[0]) != type_of(here[0])) {
      read_in_child(spool, [&](Reader& reader) {
        reader.expect(FetchOutcome::unknown, elsewhere[0]);
        reader.expect(FetchOutcome::ready, here[0]);
      });
    }
  }
}

TEST_P(EveryMethod, CanBeReopened) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  read_in_child(spool, [&](Reader& reader) {
    for (int round = 0; round < 3; ++round) {
      reader.expect(FetchOutcome::ready, stored[0]);
      const auto reopened = reader.stores.open();
      EXPECT_TRUE(reopened.has_value()) << reopened.error();
    }
    reader.expect(FetchOutcome::ready, stored[0]);
  });
}

TEST_P(EveryMethod, AfterAFailedReopenEverythingIsTroubleUntilTheNext) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  read_in_child(spool, [&](Reader& reader) {
    std::filesystem::rename(spool.dir() / "storage.conf", spool.dir() / "away");
    const auto reopened = reader.stores.open();
    ASSERT_FALSE(reopened.has_value());
    EXPECT_NE(reopened.error().find("storage.conf"), std::string::npos) << reopened.error();
    reader.expect(FetchOutcome::trouble, stored[0]);
    std::filesystem::rename(spool.dir() / "away", spool.dir() / "storage.conf");
    EXPECT_TRUE(reader.stores.open().has_value());
    reader.expect(FetchOutcome::ready, stored[0]);
  });
}

// The library learns of new groups when its map is read again; until then nothing may be settled
// for good, which the engine sees to by asking once more after a reopening.
TEST(TradSpool, AGroupThatIsNewIsFoundAfterReopening) {
  const Spool spool(Method::tradspool);
  const std::vector<Stored> old = spool.store(1, {"one\r\n"}, "misc.test");
  read_in_child(spool, [&](Reader& reader) {
    reader.expect(FetchOutcome::ready, old[0]);
    const std::vector<Stored> fresh = spool.store(2, {"two\r\n"}, "alt.brand.new");
    const FetchOutcome first = reader.retrieve(fresh[0]).outcome;
    EXPECT_TRUE(first == FetchOutcome::ready || first == FetchOutcome::absent ||
                first == FetchOutcome::unknown)
        << static_cast<int>(first);
    ASSERT_TRUE(reader.stores.open().has_value());
    reader.expect(FetchOutcome::ready, fresh[0]);
  });
}

// The library goes on without its map, whatever the reason, and then knows no group.
TEST(TradSpool, AMapThatCannotBeReadIsNoProofOfAnything) {
  const Spool spool(Method::tradspool);
  const std::vector<Stored> stored = spool.store(1, {"one\r\n", "two\r\n"});
  spool.cancel(stored[1]);
  read_in_child(spool, [&](Reader& reader) {
    reader.expect(FetchOutcome::absent, stored[1]);
    std::filesystem::rename(spool.dir() / "tradspool.map", spool.dir() / "away");
    ASSERT_TRUE(reader.stores.open().has_value());
    reader.expect(FetchOutcome::unknown, stored[0]);
    reader.expect(FetchOutcome::unknown, stored[1]);
    std::filesystem::rename(spool.dir() / "away", spool.dir() / "tradspool.map");
    ASSERT_TRUE(reader.stores.open().has_value());
    reader.expect(FetchOutcome::ready, stored[0]);
    reader.expect(FetchOutcome::absent, stored[1]);
  });
}

TEST(TradSpool, ASpoolThatWasFreshIsFoundAfterReopening) {
  const Spool spool(Method::tradspool);
  read_in_child(spool, [&](Reader& reader) {
    const std::vector<Stored> first = spool.store(1, {"one\r\n"});
    EXPECT_NE(reader.retrieve(first[0]).outcome, FetchOutcome::trouble);
    ASSERT_TRUE(reader.stores.open().has_value());
    reader.expect(FetchOutcome::ready, first[0]);
  });
}

void expect_trouble_while_unmounted(Method method) {
  const Spool spool(method);
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  read_in_child(spool, [&](Reader& reader) {
    reader.expect(FetchOutcome::ready, stored[0]);
    std::filesystem::rename(spool.articles(), spool.dir() / "away");
    reader.expect(FetchOutcome::trouble, stored[0]);
    std::filesystem::create_directory(spool.articles());
    reader.expect(FetchOutcome::trouble, stored[0]);
    EXPECT_EQ(reader.retrieve(stored[0]).text,
              "patharticles " + spool.articles() + " is empty or missing: not mounted?");
    // Neither does a new start believe it.
    EXPECT_TRUE(reader.stores.open().has_value());
    reader.expect(FetchOutcome::trouble, stored[0]);
    std::filesystem::remove(spool.articles());
    std::filesystem::rename(spool.dir() / "away", spool.articles());
    reader.expect(FetchOutcome::ready, stored[0]);
  });
}

TEST_P(MethodOfFiles, IsTroubleWhileUnmounted) { expect_trouble_while_unmounted(GetParam()); }
TEST(TimeCaf, IsTroubleWhileUnmounted) { expect_trouble_while_unmounted(Method::timecaf); }

TEST_P(MethodOfFiles, ATruncatedArticleIsDamaged) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {test::body_of(20'000)});
  const std::string file = spool.only_file();
  read_in_child(spool, [&](Reader& reader) {
    // Cut within a line: a native article that ends with a line's end shows no wound.
    for (const std::size_t size : {std::size_t{19'999}, std::size_t{8001}, std::size_t{300}}) {
      std::filesystem::resize_file(file, size);
      reader.expect(FetchOutcome::damaged, stored[0]);
    }
  });
}

TEST_P(MethodOfFiles, AnEmptyFileIsDamaged) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  std::filesystem::resize_file(spool.only_file(), 0);
  read_in_child(spool, [&](Reader& reader) {
    reader.expect(FetchOutcome::damaged, stored[0]);
    reader.expect(FetchOutcome::damaged, stored[0]);
  });
}

// What a power cut may leave of a file: its length.
TEST_P(MethodOfFiles, AFileOfNulsIsDamaged) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  std::filesystem::resize_file(spool.only_file(), 0);
  std::filesystem::resize_file(spool.only_file(), 4096);
  read_in_child(spool, [&](Reader& reader) { reader.expect(FetchOutcome::damaged, stored[0]); });
}

TEST_P(MethodOfFiles, AnArticleThatMayNotBeReadIsTrouble) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  ASSERT_EQ(::chmod(spool.only_file().c_str(), 0), 0);
  test::in_child([&] {
    test::become_nobody();
    Reader reader(spool);
    reader.expect(FetchOutcome::trouble, stored[0]);
    EXPECT_NE(reader.retrieve(stored[0]).text.find("Permission denied"), std::string::npos)
        << reader.retrieve(stored[0]).text;
  });
}

TEST_P(MethodOfFiles, AnArticleThatLostItsFormIsDamaged) {
  const Spool spool(GetParam());
  const std::vector<Stored> stored = spool.store(1, {test::body_of(5000)});
  const std::string file = spool.only_file();
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(1000).put('\0');
  read_in_child(spool, [&](Reader& reader) { reader.expect(FetchOutcome::damaged, stored[0]); });
}

// Articles that fill the buffer (4 MB) more than once.
std::vector<std::string> more_than_fits(std::size_t size_each) {
  return std::vector<std::string>(6'000'000 / size_each, test::body_of(size_each));
}

TEST(Cnfs, AnOverwrittenArticleIsNeverTakenForAnother) {
  const Spool spool(Method::cnfs);
  const std::vector<Stored> stored =
      spool.store(1, std::vector<std::string>(50, test::body_of(60'000)));
  read_in_child(spool, [&](Reader& reader) {
    for (const Stored& article : stored) {
      reader.expect(FetchOutcome::ready, article);
    }
    for (int round = 1; round < 4; ++round) {
      spool.store(1000 * round, more_than_fits(60'000));
      for (int look = 0; look < 2; ++look) {
        for (const Stored& article : stored) {
          const Retrieved retrieved = reader.retrieve(article);
          EXPECT_TRUE(retrieved.outcome == FetchOutcome::other ||
                      retrieved.outcome == FetchOutcome::absent)
              << static_cast<int>(retrieved.outcome) << retrieved.text;
        }
      }
    }
    ASSERT_TRUE(reader.stores.open().has_value());
    for (const Stored& article : stored) {
      reader.expect(FetchOutcome::absent, article);
    }
  });
}

// A token may come to lead into the middle of a later article, too.
TEST(Cnfs, AnArticleOverwrittenByOthersOfAnotherSizeIsNeverReady) {
  const Spool spool(Method::cnfs);
  const std::vector<Stored> stored =
      spool.store(1, std::vector<std::string>(50, test::body_of(60'000)));
  read_in_child(spool, [&](Reader& reader) {
    reader.expect(FetchOutcome::ready, stored[0]);
    spool.store(1000, more_than_fits(7'000));
    for (const Stored& article : stored) {
      EXPECT_NE(reader.retrieve(article).outcome, FetchOutcome::ready);
    }
    ASSERT_TRUE(reader.stores.open().has_value());
    for (const Stored& article : stored) {
      reader.expect(FetchOutcome::absent, article);
    }
  });
}

// The same, while the buffer is being written: what is ready is the right one, byte for byte.
TEST(Cnfs, ABufferThatWrapsWhileWeReadGivesTheRightArticleOrNone) {
  const Spool spool(Method::cnfs);
  const std::vector<Stored> stored =
      spool.store(1, std::vector<std::string>(50, test::body_of(60'000)));
  const std::string finished = spool.dir() / "finished";
  test::Child writer([&] {
    for (int round = 1; round <= 5; ++round) {
      spool.store(1000 * round, more_than_fits(41'000));
    }
    spool.dir().write("finished", "");
    return std::string();
  });
  read_in_child(spool, [&](Reader& reader) {
    bool last_look = false;
    do {
      last_look = std::filesystem::exists(finished);
      for (const Stored& article : stored) {
        if (reader.retrieve(article).outcome == FetchOutcome::ready) {
          ASSERT_EQ(test::text_of(reader.buffer.bytes()), article.wire);
          ASSERT_FALSE(last_look) << "it was overwritten";
        }
      }
    } while (!last_look);
  });
  writer.wait();
}

TEST(Cnfs, ABufferThatIsMissingIsNoProofOfAnything) {
  const Spool spool(Method::cnfs);
  const std::vector<Stored> stored = spool.store(1, {"one\r\n"});
  test::in_child([&] {
    std::filesystem::rename(spool.dir() / "one", spool.dir() / "away");
    Stores stores(Reader::config_of(spool));
    const auto opened = stores.open();
    ArticleBuffer buffer;
    const Retrieved retrieved = stores.retrieve(stored[0].token, stored[0].message_id, buffer);
    EXPECT_TRUE(retrieved.outcome == FetchOutcome::unknown ||
                retrieved.outcome == FetchOutcome::trouble)
        << static_cast<int>(retrieved.outcome) << retrieved.text;
  });
}

TEST(Storage, ThatCannotBeInitialisedSaysWhy) {
  const Spool spool(Method::tradspool);
  spool.dir().write("storage.conf", "method nonsense {\n}\n");
  test::in_child([&] {
    ::testing::internal::CaptureStderr();
    Stores stores(Reader::config_of(spool));
    const auto opened = stores.open();
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().find("storage.conf"), std::string::npos) << opened.error();
  });
}

}  // namespace
}  // namespace innduct::io
