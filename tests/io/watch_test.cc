// watch_test.cc: proves that growth is told as soon as it happens, once per look, and that our own
// blanks are not told at all. (The kernel queues an event before write(2) returns: no waiting.)
#include "io/watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "inn/temp_dir.h"
#include "io/descriptor.h"
#include "io/file.h"
#include "loop.h"

namespace innduct::io {
namespace {

using engine::OpenMode;

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() {
    dir.write("F", "@token@ <a@b>\n");
    ours = Descriptor(*open_file(dir / "F", OpenMode::update, false));
    innds = Descriptor(*open_file(dir / "F", OpenMode::append, false));
    EXPECT_TRUE(watch.open(dir.path()));
    watch.start({1}, ours.get());
  }
  // How many Grew are told for what has happened.
  std::size_t told() {
    loop.poll();
    return loop.inbox().hand_over().size();
  }

  test::Loop loop;
  test::TempDir dir;
  Log log{true};
  Descriptor ours;
  Descriptor innds;
  Watch watch{loop.context(), loop.inbox(), log};
};

TEST_F(WatchTest, TellsGrowthOncePerLook) {
  ASSERT_TRUE(append_to(innds.get(), "x\n"));
  ASSERT_TRUE(append_to(innds.get(), "y\n"));
  EXPECT_EQ(loop.await_one<engine::Grew>().file, engine::FileId{1});
  EXPECT_EQ(told(), 0u);
  ASSERT_TRUE(append_to(innds.get(), "z\n"));
  EXPECT_EQ(told(), 1u);
}

TEST_F(WatchTest, OurOwnBlanksAreNotTold) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(overwrite_at(ours.get(), 0, "             "));
    EXPECT_EQ(told(), 0u);
  }
  ASSERT_TRUE(append_to(innds.get(), "x\n"));
  EXPECT_EQ(told(), 1u);
}

TEST_F(WatchTest, WatchesTheFileNotItsName) {
  ASSERT_TRUE(link_name(dir / "F", dir / "F_flushing"));
  ASSERT_TRUE(unlink_name(dir / "F"));
  ASSERT_TRUE(append_to(innds.get(), "x\n"));
  EXPECT_EQ(told(), 1u);
}

TEST_F(WatchTest, ACutIsTold) {
  ASSERT_TRUE(cut_to(ours.get(), 0));
  EXPECT_EQ(told(), 1u);
}

TEST_F(WatchTest, TheNewWatchReplacesTheOld) {
  dir.write("G", "");
  const Descriptor other(*open_file(dir / "G", OpenMode::append, false));
  watch.start({2}, other.get());
  ASSERT_TRUE(append_to(innds.get(), "x\n"));
  EXPECT_EQ(told(), 0u);
  ASSERT_TRUE(append_to(other.get(), "x\n"));
  EXPECT_EQ(loop.await_one<engine::Grew>().file, engine::FileId{2});
}

TEST_F(WatchTest, EndsWithTheFile) {
  watch.closing({7});  // another file
  ASSERT_TRUE(append_to(innds.get(), "x\n"));
  EXPECT_EQ(told(), 1u);
  watch.closing({1});
  ASSERT_TRUE(append_to(innds.get(), "x\n"));
  EXPECT_EQ(told(), 0u);
}

TEST(WatchlessTest, SaysWhyAndDoesNothing) {
  test::Loop loop;
  const Log log(true);
  Watch watch(loop.context(), loop.inbox(), log);
  const auto opened = watch.open("/nonexistent");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find("/nonexistent"), std::string::npos);
  watch.start({1}, 0);
  loop.poll();
  EXPECT_TRUE(loop.inbox().empty());
}

}  // namespace
}  // namespace innduct::io
