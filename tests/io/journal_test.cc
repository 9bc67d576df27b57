// journal_test.cc: proves what the journal is sent for a line, by a datagram socket in its place;
// that only a process whose standard error leads there sends anything; and that nobody waits for
// it.
#include "io/journal.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "core/cat.h"
#include "inn/temp_dir.h"

namespace innduct::io {
namespace {

using namespace std::string_view_literals;

struct JournalTest : testing::Test {
  JournalTest() {
    struct stat stat {};
    EXPECT_EQ(::fstat(STDERR_FILENO, &stat), 0);
    stderr_is = core::cat(stat.st_dev, ':', stat.st_ino);
    ::setenv("JOURNAL_STREAM", stderr_is.c_str(), 1);
  }
  ~JournalTest() override { ::unsetenv("JOURNAL_STREAM"); }

  void listen() {
    socket = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  std::string heard() {
    std::array<char, 4000> text{};
    const ssize_t got = ::recv(socket.get(), text.data(), text.size(), 0);
    return {text.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

  test::TempDir dir;
  std::string path = dir / "journal";
  std::string stderr_is;
  Descriptor socket;
};

TEST_F(JournalTest, ALineHasItsFields) {
  listen();
  auto journal = Journal::behind_stderr(path);
  ASSERT_TRUE(journal);
  journal->set_feed("peer", "news.example.com");
  EXPECT_EQ(journal->send(LOG_WARNING, "peer: ", "100% full"), Journal::Sent::yes);
  EXPECT_EQ(heard(),
            "SYSLOG_IDENTIFIER=innduct\nSYSLOG_FACILITY=7\n"
            "INNDUCT_SITE\n\4\0\0\0\0\0\0\0peer\nINNDUCT_PEER\n\x10\0\0\0\0\0\0\0news.example.com\n"
            "PRIORITY=4\nMESSAGE\n\xf\0\0\0\0\0\0\0peer: 100% full\n"sv);
}

TEST_F(JournalTest, BeforeTheFeedIsKnownTheLineIsAlone) {
  listen();
  const auto journal = Journal::behind_stderr(path);
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->send(LOG_CRIT, "", std::string(300, 'x')), Journal::Sent::yes);
  EXPECT_EQ(heard(), core::cat("SYSLOG_IDENTIFIER=innduct\nSYSLOG_FACILITY=7\nPRIORITY=2\n",
                               "MESSAGE\n\x2c\1\0\0\0\0\0\0"sv, std::string(300, 'x'), '\n'));
}

// A line is one value, whatever is in it.
TEST_F(JournalTest, NoTextMakesAField) {
  listen();
  const auto journal = Journal::behind_stderr(path);
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->send(LOG_INFO, "", "a\nINNDUCT_SITE=b"), Journal::Sent::yes);
  EXPECT_TRUE(heard().ends_with("MESSAGE\n\x10\0\0\0\0\0\0\0a\nINNDUCT_SITE=b\n"sv));
}

TEST_F(JournalTest, StandardErrorMustLeadThere) {
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_FALSE(Journal::behind_stderr(path));
  for (const std::string& other :
       {std::string(), stderr_is + "0", "1" + stderr_is, std::string(":")}) {
    ::setenv("JOURNAL_STREAM", other.c_str(), 1);
    EXPECT_FALSE(Journal::behind_stderr(path)) << other;
  }
}

TEST_F(JournalTest, NobodyWaitsForIt) {
  auto journal = Journal::behind_stderr(path);
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->send(LOG_INFO, "", "x"), Journal::Sent::no_journal) << "it is not there";
  listen();
  // Its queue has an end.
  int taken = 0;
  while (journal->send(LOG_INFO, "", "x") == Journal::Sent::yes) {
    ASSERT_LT(++taken, 100'000);
  }
  EXPECT_EQ(journal->send(LOG_INFO, "", "x"), Journal::Sent::no_room);
  EXPECT_GT(taken, 0);
  heard();
  EXPECT_EQ(journal->send(LOG_INFO, "", "x"), Journal::Sent::yes);
}

TEST_F(JournalTest, WhatItCannotTakeIsForSyslog) {
  listen();
  const auto journal = Journal::behind_stderr(path);
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->send(LOG_INFO, "", std::string(5'000'000, 'x')), Journal::Sent::no_journal);
}

}  // namespace
}  // namespace innduct::io
