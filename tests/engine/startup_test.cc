// startup_test.cc: proves that before anything is touched, all that records is made durable
// (durability rule 0), and that each state in which a move can be cut short is carried on from,
// by identity alone (I3).
#include "engine/startup.h"

#include <cerrno>

#include "desk.h"

namespace innduct::engine {
namespace {

struct StartupDesk : Desk {
  void take(Turn& turn, const Event& event) override { startup.on(turn, event); }
  void look(Turn& turn) override {
    startup.work(turn);
    if (const auto now_found = startup.take_found()) {
      found = now_found;
    }
  }
  std::string begin() {
    return turn([&](Turn& t) { startup.begin(t); });
  }
  // Up to the list, if no file that records is there.
  void begin_with_nothing() {
    begin();
    for (int file = 0; file < 4; ++file) {
      failed(ENOENT);
    }
    done();
  }
  Names names{"F"};
  Startup startup{names};
  std::optional<Startup::Found> found;
};
struct StartupTest : testing::Test, StartupDesk {};

FileStat file(std::uint64_t inode, FileType type = FileType::plain) {
  return {.device = 1, .inode = inode, .links = 2, .type = type};
}

TEST_F(StartupTest, WhatRecordsIsMadeDurableFirst) {
  EXPECT_EQ(begin(), "open F_defer append");
  EXPECT_EQ(opened(), "sync F_defer");
  EXPECT_EQ(done(), "close F_defer");
  EXPECT_EQ(done(), "open F_bad append");
  EXPECT_EQ(failed(ENOENT), "open F_quarantine append");
  EXPECT_EQ(failed(ENOENT), "open F_suspects append");
  EXPECT_EQ(opened(), "sync F_suspects");
  EXPECT_EQ(done(), "close F_suspects");
  EXPECT_EQ(done(), "sync directory");
  EXPECT_FALSE(found);
  EXPECT_EQ(done(), "list F");
  EXPECT_EQ(listed({}), "");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->feed || found->flushing || found->defer);
}

TEST(StartupTableTest, EveryState) {
  struct Name {
    const char* name;
    FileStat stat;
    std::optional<FileStat> target{};
  };
  struct Case {
    const char* what;
    std::vector<Name> names;
    std::string unlinked;
    bool feed, flushing, defer;
  };
  const FileStat link_to_7 = file(99, FileType::symlink);
  const Case cases[] = {
      {"nothing", {}, "", false, false, false},
      {"F", {{"F", file(1)}}, "", true, false, false},
      {"F_flushing", {{"F_flushing", file(1)}}, "", false, true, false},
      {"both", {{"F", file(1)}, {"F_flushing", file(2)}}, "", true, true, false},
      {"detached halfway",
       {{"F", file(1)}, {"F_flushing", file(1)}},
       "unlink F",
       false,
       true,
       false},
      {"F_defer", {{"F", file(1)}, {"F_defer", file(7)}}, "", true, false, true},
      {"F_defer moved halfway",
       {{"F", file(1)}, {"F_backlog.1.7", file(7)}, {"F_defer", file(7)}},
       "unlink F_defer",
       true,
       false,
       false},
      {"F_flushing moved halfway",
       {{"F", file(1)}, {"F_backlog.1.7", file(7)}, {"F_flushing", file(7)}},
       "unlink F_flushing",
       true,
       false,
       false},
      {"a link count proves nothing",
       {{"F_backlog.1.8", file(8)}, {"F_defer", file(7)}},
       "",
       false,
       false,
       true},
      {"nor does a symbolic link",
       {{"F_backlog.link", link_to_7, file(7)}, {"F_defer", file(7)}},
       "",
       false,
       false,
       true},
      {"nor the name of no backlog file",
       {{"F_backlog.1.7~", file(7)}, {"F_backup", file(7)}, {"F_defer", file(7)}},
       "",
       false,
       false,
       true},
      {"another device",
       {{"F", file(1)}, {"F_flushing", {.device = 2, .inode = 1}}},
       "",
       true,
       true,
       false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    StartupDesk d;
    d.begin_with_nothing();
    std::vector<ListedName> names;
    for (const Name& name : c.names) {
      names.push_back({name.name, name.stat, name.target});
    }
    EXPECT_EQ(d.listed(names), c.unlinked);
    if (!c.unlinked.empty()) {
      EXPECT_FALSE(d.found);
      EXPECT_EQ(d.done(), "sync directory") << "I3";
      d.done();
    }
    ASSERT_TRUE(d.found);
    EXPECT_EQ(d.found->feed, c.feed);
    EXPECT_EQ(d.found->flushing, c.flushing);
    EXPECT_EQ(d.found->defer, c.defer);
  }
}

TEST(StartupTableTest, AMoveCutShortTwiceIsFinishedTwice) {
  StartupDesk d;
  d.begin_with_nothing();
  EXPECT_EQ(d.listed({{"F_backlog.1.7", file(7), {}},
                      {"F_backlog.1.8", file(8), {}},
                      {"F_defer", file(7), {}},
                      {"F_flushing", file(8), {}}}),
            "unlink F_defer");
  EXPECT_EQ(d.done(), "unlink F_flushing");
  EXPECT_EQ(d.done(), "sync directory");
}

TEST(StartupTableTest, WhatIsNoPlainFileEndsTheProcess) {
  for (const char* name : {"F", "F_flushing"}) {
    for (const FileType type : {FileType::directory, FileType::symlink, FileType::other}) {
      StartupDesk d;
      d.begin_with_nothing();
      EXPECT_EQ(d.listed({{name, file(1, type), {}}}), "");
      ASSERT_TRUE(d.exit);
      EXPECT_EQ(d.exit->code, 16);
      EXPECT_EQ(d.said(std::string(name) + " is not a plain file"), 1);
    }
  }
}

TEST(StartupTableTest, Failures) {
  struct Case {
    const char* what;
    int answers;  // Opened, then Done, before the one that fails
    int error;
    bool again;  // in the next period; else exit 12
    const char* said;
  };
  const Case cases[] = {
      {"open", 0, EMFILE, true, "cannot make durable F_defer: "},
      {"open", 0, EACCES, false, "see to its owner and mode, then restart"},
      {"open", 0, ELOOP, false,
       "cannot make durable F_defer: Too many levels of symbolic links: only "},
      {"sync", 1, EIO, false, "cannot make durable F_defer: Input/output error: check the disk"},
      {"sync", 1, ENOSPC, false, "make room, then restart"},
      {"close", 2, EIO, false, "cannot make durable F_defer: "},
      {"open the next", 3, ELOOP, false, "cannot make durable F_bad: "},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    StartupDesk d;
    d.begin();
    for (int answer = 0; answer < c.answers; ++answer) {
      answer == 0 ? d.opened() : d.done();
    }
    EXPECT_EQ(d.failed(c.error), "");
    EXPECT_EQ(d.exit.has_value(), !c.again);
    EXPECT_EQ(d.said(c.said), 1) << d.warnings.back();
    EXPECT_EQ(d.tick(), c.again ? "open F_defer append" : "");
  }
}

TEST_F(StartupTest, TheDirectoryIsNamed) {
  begin();
  for (int record = 0; record < 4; ++record) {
    failed(ENOENT);
  }
  failed(EMFILE);
  EXPECT_EQ(
      said("cannot make durable the directory of the feed file: Too many open files: let it have "
           "more descriptors"),
      1);
}

TEST_F(StartupTest, AnUnlinkThatFailsEndsTheProcess) {
  begin_with_nothing();
  listed({{"F", file(1), {}}, {"F_flushing", file(1), {}}});
  failed(EACCES);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 12);
}

}  // namespace
}  // namespace innduct::engine
