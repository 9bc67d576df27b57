// inflight_test.cc: proves that the next process finds what was in our hands when we crashed, and
// knows when we did not; that a table without space, or one of somebody else, does no harm. The
// processes are children that really crash.
#include "io/inflight.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "inn/temp_dir.h"

namespace innduct::io {
namespace {

using engine::ArticleRef;

// A sanitizer ends a process that crashes with 1.
constexpr int no_table = 77;

class InflightTest : public ::testing::Test {
 protected:
  // Another process, that works with the table.
  void child(const std::function<void(Inflight&)>& work) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::dup2(::open("/dev/null", O_WRONLY), 2);  // a sanitizer would have its say
      Inflight table;
      const bool opened = table.open(path).has_value();
      if (opened) {
        table.clear();
        work(table);
      }
      ::_exit(opened ? 0 : no_table);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == no_table) << "no table";
  }
  // What the next process finds: "crash:" or "no crash:", and the marks, probes in brackets.
  std::string next() const {
    Inflight table;
    EXPECT_TRUE(table.open(path));
    std::vector<std::string> marks;
    for (const Inflight::Found& found : table.found()) {
      marks.push_back(found.probe ? "[" + found.text + "]" : found.text);
    }
    std::ranges::sort(marks);
    std::string text = table.crashed() ? "crash:" : "no crash:";
    for (const std::string& mark : marks) {
      text += " " + mark;
    }
    return text;
  }

  test::TempDir dir;
  std::string path = dir / "F_inflight";
};

void mark_some(Inflight& table) {
  table.mark(ArticleRef{1}, "<a@b>", false);
  table.mark(ArticleRef{2}, "<c@d>", true);
  table.mark(ArticleRef{3}, "<e@f>", false);
  table.unmark(ArticleRef{1});
}

TEST_F(InflightTest, TheNextProcessLearnsWhatWeHadInHandWhenWeCrashed) {
  child([](Inflight& table) {
    mark_some(table);
    std::raise(SIGSEGV);
  });
  EXPECT_EQ(next(), "crash: <e@f> [<c@d>]");
  EXPECT_EQ(next(), "crash: <e@f> [<c@d>]") << "until it is cleared";
}

TEST_F(InflightTest, AKillAndAnOrderlyEndAreNoCrash) {
  child([](Inflight& table) {
    mark_some(table);
    std::raise(SIGKILL);
  });
  EXPECT_EQ(next(), "no crash: <e@f> [<c@d>]");
  child([](Inflight& table) { mark_some(table); });
  EXPECT_EQ(next(), "no crash: <e@f> [<c@d>]");
}

TEST_F(InflightTest, AKillAfterACrashIsNoCrashOnceTheTableIsCleared) {
  child([](Inflight& table) {
    mark_some(table);
    std::raise(SIGSEGV);
  });
  child([](Inflight& table) {
    table.mark(ArticleRef{1}, "<g@h>", false);
    std::raise(SIGKILL);
  });
  EXPECT_EQ(next(), "no crash: <g@h>");
}

TEST_F(InflightTest, NoTwoRunsAreTheSame) {
  std::vector<std::uint64_t> runs;
  for (int process = 0; process < 3; ++process) {
    child([](Inflight& table) { mark_some(table); });
    Inflight table;
    ASSERT_TRUE(table.open(path));
    runs.push_back(table.run());
  }
  EXPECT_LT(runs[0], runs[1]);
  EXPECT_LT(runs[1], runs[2]);
}

// Before that, what the last one left stands.
TEST_F(InflightTest, ACrashBeforeTheTableIsClearedChangesNothing) {
  child([](Inflight& table) {
    mark_some(table);
    std::raise(SIGSEGV);
  });
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(::open("/dev/null", O_WRONLY), 2);
    Inflight table;
    static_cast<void>(table.open(path));
    std::raise(SIGKILL);
  }
  ::waitpid(pid, nullptr, 0);
  EXPECT_EQ(next(), "crash: <e@f> [<c@d>]");
}

TEST_F(InflightTest, ACrashBeforeTheMachineWasBootedLeadsToNobody) {
  child([](Inflight& table) {
    mark_some(table);
    std::raise(SIGSEGV);
  });
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  constexpr std::streamoff boot_id_at = 16;
  file.seekp(boot_id_at);
  file << "00000000-0000-0000-0000-000000000000";
  file.close();
  EXPECT_EQ(next(), "no crash: <e@f> [<c@d>]");
}

TEST_F(InflightTest, AnythingElseInItsPlaceIsNoTable) {
  for (const std::string& text : {std::string("x"), std::string(100'000, 'x'), std::string()}) {
    dir.write("F_inflight", text);
    EXPECT_EQ(next(), "no crash:");
  }
}

TEST_F(InflightTest, ATableOfMonstersIsReadWithCare) {
  child([](Inflight& table) {
    mark_some(table);
    std::raise(SIGSEGV);
  });
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(64);
  for (int slot = 0; slot < 5; ++slot) {
    file << "\xff\xff\xff\xff" << std::string(256, '\xff');
  }
  file.close();
  EXPECT_EQ(next(), "crash:");
}

TEST_F(InflightTest, ItGrows) {
  constexpr std::uint64_t many = 5000;
  child([&](Inflight& table) {
    for (std::uint64_t article = 1; article <= many; ++article) {
      EXPECT_TRUE(table.mark(ArticleRef{article}, "<" + std::to_string(article) + "@x>", false));
    }
    for (std::uint64_t article = 1; article < many; ++article) {
      table.unmark(ArticleRef{article});
    }
    std::raise(SIGSEGV);
  });
  EXPECT_EQ(next(), "crash: <5000@x>");
  EXPECT_LT(std::filesystem::file_size(path), 2'000'000U);
}

TEST_F(InflightTest, SlotsAreUsedAgain) {
  child([](Inflight& table) {
    for (std::uint64_t article = 1; article <= 5000; ++article) {
      table.mark(ArticleRef{article}, "<a@b>", false);
      table.unmark(ArticleRef{article});
    }
  });
  EXPECT_LT(std::filesystem::file_size(path), 300'000U);
}

TEST_F(InflightTest, WithoutSpaceItIsInMemory) {
  Inflight table;
  const auto opened = table.open(dir / "nowhere/F_inflight");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find("F_inflight: No such file"), std::string::npos);
  EXPECT_FALSE(table.crashed());
  EXPECT_TRUE(table.found().empty());
  table.clear();
  mark_some(table);
  EXPECT_FALSE(table.crashed());

  std::filesystem::create_directory(path);
  Inflight other;
  EXPECT_FALSE(other.open(path)) << "a directory";
}

// As on a full disk: nothing more can be allocated.
TEST_F(InflightTest, WhenNoMoreSpaceCanBeHadTheRestIsNotMarked) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const auto limit = [](rlim_t size) {
      const rlimit most{size, RLIM_INFINITY};
      ::setrlimit(RLIMIT_FSIZE, &most);
    };
    Inflight none;
    limit(1000);
    const bool refused = !none.open(path);
    limit(RLIM_INFINITY);
    Inflight table;
    bool as_it_must = refused && table.open(path).has_value();
    table.clear();
    limit(300'000);
    std::uint64_t marked = 0;
    while (marked < 5000 && table.mark(ArticleRef{marked + 1}, "<a@b>", false)) {
      ++marked;
    }
    as_it_must = as_it_must && marked == 1024;
    table.unmark(ArticleRef{marked + 1});  // of one that is not in it
    table.unmark(ArticleRef{7});
    as_it_must = as_it_must && table.mark(ArticleRef{9999}, "<c@d>", false);
    ::_exit(as_it_must ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace innduct::io
