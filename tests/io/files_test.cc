// files_test.cc: proves that actions on one file keep their order though some of them go to another
// thread, and that each is answered once.
#include "io/files.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "inn/temp_dir.h"
#include "loop.h"

namespace innduct::io {
namespace {

using engine::Event;
using engine::FileId;
using engine::OpenMode;
using engine::OpId;

class FilesTest : public ::testing::Test {
 protected:
  // Opens a file and forgets that it was told.
  void open(FileId file, std::string_view name, OpenMode mode) {
    files.perform(engine::OpenFile{{999}, file, name, mode});
    const auto opened = loop.await_one<engine::Opened>();
    EXPECT_EQ(opened.op, OpId{999});
  }
  // Holds the disk thread back until the promise is kept.
  std::promise<void> block_the_disk() {
    std::promise<void> may_go;
    disk.run([wait = may_go.get_future()]() mutable -> Worker::Done {
      wait.wait();
      return [] {};
    });
    return may_go;
  }
  static std::vector<std::uint64_t> ops(std::span<const Event> events) {
    std::vector<std::uint64_t> found;
    for (const Event& event : events) {
      std::visit(
          [&](const auto& each) {
            if constexpr (requires { each.op; }) {
              found.push_back(each.op.value);
            }
          },
          event);
    }
    return found;
  }

  test::Loop loop;
  test::TempDir dir;
  Worker disk{loop.context(), Worker::AtEnd::join};
  Files files{dir.path(), disk, loop.inbox()};
};

TEST_F(FilesTest, OneFileKeepsItsOrderAcrossTheThreads) {
  open({1}, "f", OpenMode::append_or_create);
  auto may_go = block_the_disk();
  files.perform(engine::Append{{1}, {1}, "one\n"});  // at once: nothing is before it
  files.perform(engine::Sync{{2}, {1}});
  {
    std::string dies_with_the_turn = "two\n";
    files.perform(engine::Append{{3}, {1}, dies_with_the_turn});
    dies_with_the_turn = "????";
  }
  files.perform(engine::StatFile{{4}, {1}});
  files.perform(engine::Truncate{{5}, {1}, 6});
  files.perform(engine::Read{{6}, {1}, 0, 100});
  files.perform(engine::CloseFile{{7}, {1}});
  files.perform(engine::StatFile{{8}, {1}});  // it was given back
  loop.poll();
  auto events = loop.inbox().hand_over();
  EXPECT_EQ(ops(events), (std::vector<std::uint64_t>{1, 8}));
  EXPECT_EQ(std::get<engine::Failed>(events[1]).error, EBADF);
  may_go.set_value();
  events = loop.await(6);
  ASSERT_EQ(ops(events), (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(std::get<engine::Statted>(events[2]).stat.size, 8u);
  EXPECT_EQ(std::get<engine::ReadDone>(events[4]).bytes, "one\ntw");
}

TEST_F(FilesTest, AnotherFileIsNotHeldBack) {
  open({1}, "f", OpenMode::append_or_create);
  open({2}, "g", OpenMode::append_or_create);
  auto may_go = block_the_disk();
  files.perform(engine::Sync{{1}, {1}});
  files.perform(engine::Append{{2}, {2}, "x"});
  EXPECT_EQ(loop.await_one<engine::Done>().op, OpId{2});
  may_go.set_value();
  EXPECT_EQ(loop.await_one<engine::Done>().op, OpId{1});
  files.perform(engine::Append{{3}, {1}, "x"});  // at once again
  EXPECT_EQ(ops(loop.inbox().hand_over()), std::vector<std::uint64_t>{3});
}

TEST_F(FilesTest, OpeningTellsWhatWasOpened) {
  dir.write("f", "text");
  files.perform(engine::OpenFile{{1}, {1}, "f", OpenMode::update});
  const auto opened = loop.await_one<engine::Opened>();
  EXPECT_EQ(opened.stat.size, 4u);
  EXPECT_EQ(opened.stat.links, 1u);
  files.perform(engine::OpenFile{{2}, {2}, "absent", OpenMode::update});
  const auto failed = loop.await_one<engine::Failed>();
  EXPECT_EQ(failed.op, OpId{2});
  EXPECT_EQ(failed.error, ENOENT);
  EXPECT_EQ(failed.text, "No such file or directory");
  EXPECT_EQ(files.descriptor({2}), -1);
  EXPECT_GE(files.descriptor({1}), 0);
}

TEST_F(FilesTest, EachActionOnNamesIsAnswered) {
  dir.write("F_backlog.1", "text");
  files.perform(engine::StatName{{1}, "F_backlog.1"});
  EXPECT_EQ(loop.await_one<engine::Statted>().stat.size, 4u);
  files.perform(engine::Link{{2}, "F_backlog.1", "F_backlog.2"});
  EXPECT_EQ(loop.await_one<engine::Done>().op, OpId{2});
  files.perform(engine::SyncDirectory{{3}});
  EXPECT_EQ(loop.await_one<engine::Done>().op, OpId{3});
  files.perform(engine::List{{4}, "F_backlog"});
  {
    const auto listed = loop.await_one<engine::Listed>();
    ASSERT_EQ(listed.names.size(), 2u);
    EXPECT_TRUE(listed.names[0].self.same_file(listed.names[1].self));
    EXPECT_TRUE(listed.names[0].name.starts_with("F_backlog."));
  }
  files.perform(engine::ProveUnwritten{{5}, "F_backlog.1"});
  EXPECT_EQ(loop.await_one<engine::Done>().op, OpId{5});
  files.perform(engine::Unlink{{6}, "F_backlog.1"});
  EXPECT_EQ(loop.await_one<engine::Done>().op, OpId{6});
  files.perform(engine::Unlink{{7}, "F_backlog.1"});
  EXPECT_EQ(loop.await_one<engine::Failed>().error, ENOENT);
}

TEST_F(FilesTest, BlanksNeverReachBeyondTheEnd) {
  dir.write("f", "@token@ <a@b>\n");
  open({1}, "f", OpenMode::update);
  files.perform(engine::Overwrite{{1}, {1}, 0, "             "});
  files.perform(engine::Overwrite{{2}, {1}, 10, "     "});
  files.perform(engine::Read{{3}, {1}, 0, 100});
  const auto events = loop.await(3);
  EXPECT_TRUE(std::holds_alternative<engine::Done>(events[0]));
  EXPECT_EQ(std::get<engine::Failed>(events[1]).error, ERANGE);
  EXPECT_EQ(std::get<engine::ReadDone>(events[2]).bytes, "             \n");
}

}  // namespace
}  // namespace innduct::io
