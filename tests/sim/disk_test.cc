// disk_test.cc: proves the simulated disk's bookkeeping: what is seen, and what is sure.
#include "sim/disk.h"

#include <gtest/gtest.h>

namespace innduct::sim {
namespace {

class DiskTest : public testing::Test {
 protected:
  Timeline time_;
  Disk disk_{time_, true};
};

TEST_F(DiskTest, WhatIsWrittenIsSeenAtOnceAndSureAfterASync) {
  const FileKey file = disk_.create("f");
  disk_.append(file, "hello\n");
  EXPECT_EQ(disk_.file(file).image, "hello\n");
  EXPECT_EQ(disk_.file(file).base, "");
  disk_.sync(file, disk_.now());
  EXPECT_EQ(disk_.file(file).base, "hello\n");
}

TEST_F(DiskTest, ASyncCoversOnlyWhatWasThereWhenItBegan) {
  const FileKey file = disk_.create("f");
  disk_.append(file, "before\n");
  const Serial begun = disk_.now();
  disk_.append(file, "after\n");
  disk_.sync(file, begun);
  EXPECT_EQ(disk_.file(file).base, "before\n");
}

TEST_F(DiskTest, AFailedSyncLosesWhatItShouldHaveSavedAndTheNextOneDoesNotSaySo) {
  const FileKey file = disk_.create("f");
  disk_.append(file, "lost\n");
  disk_.lose(file, disk_.now());
  disk_.append(file, "kept\n");
  disk_.sync(file, disk_.now());
  EXPECT_EQ(disk_.file(file).image, "lost\nkept\n");
  EXPECT_EQ(disk_.file(file).base, std::string("\0\0\0\0\0kept\n", 10));
}

TEST_F(DiskTest, OverwritesAndCutsReachTheBaseInTheirOrder) {
  const FileKey file = disk_.create("f");
  disk_.append(file, "one\ntwo\n");
  disk_.overwrite(file, 0, "   ");
  disk_.truncate(file, 4);
  disk_.append(file, "three\n");
  disk_.sync(file, disk_.now());
  EXPECT_EQ(disk_.file(file).base, "   \nthree\n");
  EXPECT_EQ(disk_.file(file).image, disk_.file(file).base);
}

TEST_F(DiskTest, ANameIsSureOnlyAfterASyncOfTheDirectoryAndUntilItIsTouchedAgain) {
  const FileKey file = disk_.create("f");
  EXPECT_FALSE(disk_.name_is_sure("f", file));
  disk_.sync_names(disk_.now());
  EXPECT_TRUE(disk_.name_is_sure("f", file));
  disk_.unlink("f");
  EXPECT_FALSE(disk_.name_is_sure("f", file));
  EXPECT_EQ(disk_.find("f"), 0U);
}

TEST_F(DiskTest, ALinkIsASecondNameOfTheSameFile) {
  const FileKey file = disk_.create("f");
  disk_.link("f", "g");
  EXPECT_EQ(disk_.find("g"), file);
  EXPECT_EQ(disk_.stat(file).links, 2U);
  disk_.unlink("f");
  EXPECT_EQ(disk_.stat(file).links, 1U);
}

TEST_F(DiskTest, ASymbolicLinkIsFollowedToWhereItLeads) {
  const FileKey file = disk_.create("/admin/batch");
  disk_.make_symlink("peer_backlog.x", "/admin/batch");
  EXPECT_NE(disk_.find("peer_backlog.x"), file);
  EXPECT_EQ(disk_.follow("peer_backlog.x"), file);
}

TEST_F(DiskTest, AFileLivesAsLongAsANameLeadsThereOrSomebodyHoldsIt) {
  const FileKey file = disk_.create("f");
  disk_.hold(file, true);
  disk_.unlink("f");
  disk_.sync_names(disk_.now());
  ASSERT_TRUE(disk_.exists(file));
  disk_.append(file, "still written\n");
  disk_.release(file, true);
  EXPECT_FALSE(disk_.exists(file));
}

TEST_F(DiskTest, AnInodeNumberIsUsedAgainByAnotherFile) {
  const FileKey file = disk_.create("f");
  const std::uint64_t inode = disk_.stat(file).inode;
  disk_.unlink("f");
  disk_.sync_names(disk_.now());
  const FileKey next = disk_.create("f");
  EXPECT_NE(next, file);
  EXPECT_EQ(disk_.stat(next).inode, inode);
}

}  // namespace
}  // namespace innduct::sim
