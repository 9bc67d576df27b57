// patient_readers_test.cc: proves that articles are read several at a time, that each request comes
// to one end, and that what is not found is said to be so.
#include "io/inn/patient_readers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "articles.h"
#include "spool.h"

namespace innduct::io {
namespace {

using test::Method;
using test::Spool;
using test::Stored;

// What came of the requests, by their numbers.
class Ends {
 public:
  struct End {
    bool found = false;
    std::string text;
  };

  PatientReaders::Done done() {
    return [this](const PatientReaders::Request& request, bool found, const ArticleBuffer& bytes) {
      std::unique_lock lock(mutex_);
      const bool is_first =
          ends_.try_emplace(request.article.value, End{found, test::text_of(bytes.bytes())}).second;
      EXPECT_TRUE(is_first) << "one end";
      changed_.notify_all();
      EXPECT_TRUE(wait(lock, gate_)) << "not so many are read at the same time";
    };
  }
  // No end is over until there are so many.
  void gate(std::size_t count) { gate_ = count; }
  std::map<std::uint64_t, End> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(wait(lock, count));
    return ends_;
  }

 private:
  bool wait(std::unique_lock<std::mutex>& lock, std::size_t count) {
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return ends_.size() >= count; });
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, End> ends_;
  std::size_t gate_ = 0;
};

std::shared_ptr<const SpoolLayout> layout_of(const Spool& spool) {
  return std::make_shared<const SpoolLayout>(read_spool_layout({.path_spool = spool.dir().path(),
                                                                .path_articles = spool.articles(),
                                                                .path_etc = spool.dir().path()}));
}

void read_all(PatientReaders& readers, const std::vector<Stored>& stored) {
  for (std::size_t i = 0; i < stored.size(); ++i) {
    readers.read({{i + 1}, stored[i].token, stored[i].message_id});
  }
}

TEST(PatientReaders, ReadSeveralAtATime) {
  for (const Method method : {Method::tradspool, Method::cnfs}) {
    const Spool spool(method);
    const std::vector<Stored> stored =
        spool.store(1, std::vector<std::string>(100, test::body_of(3000)));
    Ends ends;
    ends.gate(PatientReaders::readers_max);
    PatientReaders readers(ends.done());
    readers.follow(layout_of(spool));
    read_all(readers, stored);
    const auto all = ends.await(stored.size());
    for (std::size_t i = 0; i < stored.size(); ++i) {
      EXPECT_TRUE(all.at(i + 1).found);
      EXPECT_EQ(all.at(i + 1).text, stored[i].wire);
    }
  }
}

TEST(PatientReaders, SayWhatTheyDoNotFind) {
  const Spool spool(Method::tradspool);
  std::vector<Stored> stored = spool.store(1, {"one\r\n", "two\r\n"});
  spool.cancel(stored[0]);
  Ends ends;
  PatientReaders readers(ends.done());
  read_all(readers, stored);
  EXPECT_FALSE(ends.await(2).at(2).found) << "without a layout nothing is";
  readers.follow(layout_of(spool));
  readers.read({{3}, stored[0].token, stored[0].message_id});
  readers.read({{4}, stored[1].token, stored[1].message_id});
  const auto all = ends.await(4);
  EXPECT_FALSE(all.at(3).found);
  EXPECT_TRUE(all.at(4).found);
}

TEST(PatientReaders, DropWhatWaitsAtTheEnd) {
  const Spool spool(Method::tradspool);
  const std::vector<Stored> stored = spool.store(1, std::vector<std::string>(50, "text\r\n"));
  Ends ends;
  {
    PatientReaders readers(ends.done());
    readers.follow(layout_of(spool));
    read_all(readers, stored);
  }
  SUCCEED() << "it ends";
}

}  // namespace
}  // namespace innduct::io
