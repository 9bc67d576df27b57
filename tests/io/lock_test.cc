// lock_test.cc: proves that one at most holds the lock of a feed: against another process, against
// fcntl(2) locks of older programs, and against a file that no longer bears the name.
#include "io/lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

#include "inn/temp_dir.h"
#include "io/file.h"

namespace innduct::io {
namespace {

using Why = LockFailed::Why;

// Runs `work` in a child, then keeps the child until release().
class Holder {
 public:
  explicit Holder(const std::function<bool()>& work) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const char word = work() ? 'y' : 'n';
      if (::write(ends[1], &word, 1) == 1) {
        ::pause();
      }
      ::_exit(0);
    }
    char word = 0;
    EXPECT_EQ(::read(ends[0], &word, 1), 1);
    EXPECT_EQ(word, 'y');
    ::close(ends[0]);
    ::close(ends[1]);
  }
  ~Holder() { release(); }
  void release() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }

 private:
  pid_t pid_ = -1;
};

class LockTest : public ::testing::Test {
 protected:
  std::string content() {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  test::TempDir dir;
  const std::string path = dir / "F_lock";
};

TEST_F(LockTest, ASecondProcessIsToldWhoHasIt) {
  Holder holder([&] {
    static std::optional<FeedLock> held;
    auto taken = FeedLock::take(path);
    if (taken) {
      held.emplace(std::move(*taken));
      return held->write("4711\npeer\n").has_value();
    }
    return false;
  });
  const auto second = FeedLock::take(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().why, Why::held);
  EXPECT_NE(second.error().text.find(path), std::string::npos);
  EXPECT_NE(second.error().text.find("4711"), std::string::npos);
  EXPECT_EQ(content(), "4711\npeer\n");
  holder.release();
  EXPECT_TRUE(FeedLock::take(path));  // a stale file is no obstacle
}

TEST_F(LockTest, AHolderIsToldToWhoeverOnlyLooks) {
  EXPECT_FALSE(FeedLock::holder(path).value());
  EXPECT_FALSE(std::filesystem::exists(path)) << "looking creates nothing";
  {
    auto taken = FeedLock::take(path);
    ASSERT_TRUE(taken);
    EXPECT_EQ(FeedLock::holder(path).value(), "?") << "before it has said who it is";
    ASSERT_TRUE(taken->write("4711\npeer\n"));
    EXPECT_EQ(FeedLock::holder(path).value(), "4711");
    EXPECT_FALSE(FeedLock::take(path)) << "looking does not let go of it";
  }
  EXPECT_FALSE(FeedLock::holder(path).value()) << "a stale file holds nothing";
  ASSERT_TRUE(unlink_name(path));
  std::filesystem::create_symlink("elsewhere", path);
  const auto strange = FeedLock::holder(path);
  ASSERT_FALSE(strange);
  EXPECT_NE(strange.error().find(path), std::string::npos);
}

TEST_F(LockTest, RespectsProcessLocks) {
  const Holder holder([&] {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT, 0664);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    return ::fcntl(file, F_SETLK, &whole) == 0;
  });
  const auto second = FeedLock::take(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().why, Why::held);
}

TEST_F(LockTest, TheFileWithTheNameCounts) {
  const auto first = FeedLock::take(path);
  ASSERT_TRUE(first);
  ASSERT_TRUE(unlink_name(path));
  auto second = FeedLock::take(path);
  ASSERT_TRUE(second);
  const auto third = FeedLock::take(path);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().why, Why::held);
}

TEST_F(LockTest, KnowsWhenItsFileWasReplaced) {
  const auto first = FeedLock::take(path);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->replaced());
  ASSERT_TRUE(unlink_name(path));
  EXPECT_FALSE(first->replaced()) << "nobody can hold what is not there";
  const auto second = FeedLock::take(path);
  ASSERT_TRUE(second);
  EXPECT_TRUE(first->replaced());
  EXPECT_FALSE(second->replaced());
}

TEST_F(LockTest, ReplacesTheText) {
  dir.write("F_lock", "a longer text of an earlier process\n");
  auto taken = FeedLock::take(path);
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->write("short\n"));
  EXPECT_EQ(content(), "short\n");
}

TEST_F(LockTest, TroubleIsNotTakenForAHolder) {
  for (const std::string& bad : {dir / "absent/F_lock", dir.path()}) {
    const auto taken = FeedLock::take(bad);
    ASSERT_FALSE(taken) << bad;
    EXPECT_EQ(taken.error().why, Why::trouble);
    EXPECT_NE(taken.error().text.find(bad), std::string::npos);
  }
  std::filesystem::create_symlink("elsewhere", path);
  EXPECT_EQ(FeedLock::take(path).error().why, Why::trouble);
}

}  // namespace
}  // namespace innduct::io
