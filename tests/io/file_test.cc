// file_test.cc: proves what each system call on a file answers, on a real file system: modes,
// links, fifos, full files, and the promise that an overwrite never makes a file longer.
#include "io/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "inn/temp_dir.h"
#include "io/descriptor.h"

namespace innduct::io {
namespace {

using engine::FileType;
using engine::OpenMode;

class FileTest : public ::testing::Test {
 protected:
  FileTest() : umask_(::umask(002)) {}
  ~FileTest() override { ::umask(umask_); }

  Descriptor open(const std::string& name, OpenMode mode, bool follow = false) {
    const Tried<int> opened = open_file(dir / name, mode, follow);
    EXPECT_TRUE(opened) << name;
    return Descriptor(opened.value_or(-1));
  }
  int error_of_open(const std::string& name, OpenMode mode, bool follow = false) {
    const Tried<int> opened = open_file(dir / name, mode, follow);
    if (opened) {
      ::close(*opened);
    }
    return opened ? 0 : opened.error();
  }
  std::string content(const std::string& name) {
    std::ifstream file(dir / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  test::TempDir dir;

 private:
  mode_t umask_;
};

TEST_F(FileTest, OpensAsTheModeSays) {
  dir.write("there", "0123456789");
  EXPECT_EQ(error_of_open("absent", OpenMode::read), ENOENT);
  EXPECT_EQ(error_of_open("absent", OpenMode::update), ENOENT);
  EXPECT_EQ(error_of_open("absent", OpenMode::append), ENOENT);
  EXPECT_EQ(error_of_open("there", OpenMode::append_exclusive), EEXIST);
  EXPECT_EQ(error_of_open("there", OpenMode::read), 0);
  EXPECT_EQ(error_of_open("there", OpenMode::append_or_create), 0);
  EXPECT_EQ(content("there"), "0123456789");
  EXPECT_EQ(error_of_open("there", OpenMode::replace), 0);
  EXPECT_EQ(content("there"), "");
  for (const auto& [name, mode] :
       {std::pair{"a", OpenMode::append_or_create}, std::pair{"b", OpenMode::append_exclusive},
        std::pair{"c", OpenMode::replace}}) {
    const Descriptor file = open(name, mode);
    struct stat found {};
    ASSERT_EQ(::fstat(file.get(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0664u) << name;
    EXPECT_TRUE(::fcntl(file.get(), F_GETFD) & FD_CLOEXEC) << name;
  }
}

TEST_F(FileTest, FollowsALinkOnlyIfAsked) {
  dir.write("real", "text");
  std::filesystem::create_symlink("real", dir / "link");
  EXPECT_EQ(error_of_open("link", OpenMode::update), ELOOP);
  EXPECT_EQ(error_of_open("link", OpenMode::update, true), 0);
  EXPECT_EQ(stat_name(dir / "link", false)->type, FileType::symlink);
  EXPECT_EQ(stat_name(dir / "link", true)->type, FileType::plain);
  EXPECT_EQ(stat_name(dir.path(), false)->type, FileType::directory);
}

TEST_F(FileTest, AFifoDoesNotMakeOpenWait) {
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  const Descriptor file = open("fifo", OpenMode::read);
  EXPECT_EQ(stat_file(file.get())->type, FileType::other);
  EXPECT_EQ(error_of_open("fifo", OpenMode::replace), 0);  // a reader is there: `file`
}

TEST_F(FileTest, ReadsAtAnyPlace) {
  dir.write("f", "0123456789");
  const Descriptor file = open("f", OpenMode::read);
  const struct {
    std::uint64_t offset;
    std::size_t length;
    std::string_view expected;
  } cases[] = {{0, 4, "0123"}, {6, 4, "6789"}, {6, 100, "6789"},
               {10, 4, ""},    {99, 4, ""},    {3, 0, ""}};
  for (const auto& [offset, length, expected] : cases) {
    std::string room(length, '?');
    const Tried<std::size_t> got = read_at(file.get(), offset, room);
    ASSERT_TRUE(got);
    EXPECT_EQ(std::string_view(room).substr(0, *got), expected) << offset;
  }
  std::string room(4, '?');
  EXPECT_EQ(read_at(open("f", OpenMode::replace).get(), 0, room).error(), EBADF);
}

TEST_F(FileTest, AnOverwriteNeverMakesTheFileLonger) {
  dir.write("f", "0123456789");
  const Descriptor file = open("f", OpenMode::update);
  EXPECT_TRUE(overwrite_at(file.get(), 2, "ab"));
  EXPECT_TRUE(overwrite_at(file.get(), 8, "yz"));
  EXPECT_EQ(overwrite_at(file.get(), 9, "!!").error(), ERANGE);
  EXPECT_EQ(overwrite_at(file.get(), 11, "").error(), ERANGE);
  EXPECT_EQ(overwrite_at(file.get(), ~std::uint64_t{0}, "!").error(), ERANGE);
  EXPECT_EQ(content("f"), "01ab4567yz");
}

TEST_F(FileTest, AppendsAndCuts) {
  const Descriptor file = open("f", OpenMode::append_or_create);
  EXPECT_TRUE(append_to(file.get(), "one\ntwo\n"));
  EXPECT_TRUE(cut_to(file.get(), 4));
  EXPECT_TRUE(append_to(file.get(), "three\n"));
  EXPECT_TRUE(sync_file(file.get()));
  EXPECT_TRUE(sync_directory(dir.path()));
  EXPECT_EQ(sync_directory(dir / "absent").error(), ENOENT);
  EXPECT_EQ(content("f"), "one\nthree\n");
}

TEST_F(FileTest, AShortWriteIsContinuedUntilItsReasonIsKnown) {
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const Descriptor file = open("f", OpenMode::append_or_create);
  rlimit little = before;
  little.rlim_cur = 1000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
  const Tried<void> appended = append_to(file.get(), std::string(1500, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, ignored);
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error(), EFBIG);
  EXPECT_EQ(content("f").size(), 1000u);  // the first write was cut, the second one failed
}

TEST_F(FileTest, LinksAndUnlinksNames) {
  dir.write("f", "text");
  EXPECT_TRUE(link_name(dir / "f", dir / "g"));
  EXPECT_EQ(link_name(dir / "f", dir / "g").error(), EEXIST);
  EXPECT_EQ(stat_name(dir / "f", false)->links, 2u);
  EXPECT_TRUE(stat_name(dir / "f", false)->same_file(*stat_name(dir / "g", false)));
  EXPECT_TRUE(unlink_name(dir / "f"));
  EXPECT_EQ(unlink_name(dir / "f").error(), ENOENT);
  EXPECT_EQ(content("g"), "text");
}

TEST_F(FileTest, ListsWhatStartsAlikeWithWhatLinksLeadTo) {
  dir.write("F_backlog.1", "one");
  dir.write("F_other", "");
  dir.write("G_backlog.1", "");
  dir.write("target", "four");
  std::filesystem::create_symlink("target", dir / "F_backlog.2");
  std::filesystem::create_symlink("nowhere", dir / "F_backlog.3");
  auto names = list_names(dir.path(), "F_backlog");
  ASSERT_TRUE(names);
  std::ranges::sort(*names, {}, &FoundName::name);
  ASSERT_EQ(names->size(), 3u);
  EXPECT_EQ((*names)[0].name, "F_backlog.1");
  EXPECT_EQ((*names)[0].self.size, 3u);
  EXPECT_FALSE((*names)[0].target);
  EXPECT_EQ((*names)[1].self.type, FileType::symlink);
  ASSERT_TRUE((*names)[1].target);
  EXPECT_EQ((*names)[1].target->size, 4u);
  EXPECT_FALSE((*names)[2].target);
  EXPECT_EQ(list_names(dir / "absent", "F").error(), ENOENT);
}

TEST_F(FileTest, AWriterIsFound) {
  dir.write("f", "text");
  EXPECT_TRUE(prove_unwritten(dir / "f"));
  {
    const Descriptor reader = open("f", OpenMode::read);
    EXPECT_TRUE(prove_unwritten(dir / "f"));
    const Descriptor writer = open("f", OpenMode::update);
    EXPECT_EQ(prove_unwritten(dir / "f").error(), EAGAIN);
  }
  EXPECT_TRUE(prove_unwritten(dir / "f"));
  EXPECT_EQ(prove_unwritten(dir / "absent").error(), ENOENT);
}

}  // namespace
}  // namespace innduct::io
