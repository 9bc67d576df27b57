// record_file_test.cc: proves that a batch counts only when it and the name of its file are durable
// (I2), that a full disk leaves nothing of it, and that what a crash tore at the end of the file
// neither spoils the next record nor is lost.
#include "engine/record_file.h"

#include <cerrno>

#include "desk.h"

namespace innduct::engine {
namespace {

using Came = RecordFile::Came;

struct RecordFileDesk : Desk {
  void take(Turn& turn, const Event& event) override {
    if (auto news = file.on(turn, event)) {
      came.push_back(news->what);
      why = news->text;
    }
  }
  std::string open(OpenMode mode = OpenMode::append_or_create) {
    return turn([&](Turn& t) { file.open(t, mode); });
  }
  std::string adopt() {
    return turn([&](Turn& t) { file.adopt(t); });
  }
  std::string append(std::string_view lines) {
    return turn([&](Turn& t) { file.append(t, t.actions.keep(lines)); });
  }
  std::string close() {
    return turn([&](Turn& t) { file.close(t); });
  }

  std::string name = "F_x";
  RecordFile file{Room::bad_lines, name};
  std::vector<Came> came;
  std::string why;
};
struct RecordFileTest : testing::Test, RecordFileDesk {};

TEST_F(RecordFileTest, ABatchCountsWhenItAndTheNameAreDurable) {
  EXPECT_EQ(open(OpenMode::append_exclusive), "open F_x append_exclusive");
  EXPECT_EQ(opened(), "");
  EXPECT_EQ(append("one\n"), "append F_x \"one\\n\"");
  EXPECT_EQ(done(), "sync F_x");
  EXPECT_EQ(done(), "sync directory");
  EXPECT_EQ(came, (std::vector{Came::opened})) << "I2";
  EXPECT_EQ(done(), "");
  EXPECT_EQ(came, (std::vector{Came::opened, Came::recorded}));
  EXPECT_EQ(file.size(), 4U);
  EXPECT_EQ(append("two\n"), "append F_x \"two\\n\"");
  EXPECT_EQ(done(), "sync F_x");
  EXPECT_EQ(done(), "") << "the name is durable since the first";
  EXPECT_EQ(file.size(), 8U);
}

// Whoever renamed or made it meanwhile has not synced the directory for us.
TEST_F(RecordFileTest, TheNameOfAFileThatWasOpenedAgainIsSyncedAgain) {
  open();
  opened({.size = 4});
  read("\n");
  append("two\n");
  done();
  EXPECT_EQ(done(), "sync directory");
  done();
  EXPECT_EQ(close(), "close F_x");
  EXPECT_EQ(done(), "");
  EXPECT_EQ(came.back(), Came::closed);
  EXPECT_FALSE(file.is_open());
}

TEST_F(RecordFileTest, ALineThatLacksItsNewlineIsEndedFirst) {
  open();
  EXPECT_EQ(opened({.size = 7}), "read F_x 6");
  EXPECT_EQ(read("e"), "");
  EXPECT_EQ(append("two\n"), "append F_x \"\\ntwo\\n\"");
  EXPECT_EQ(failed(ENOSPC), "truncate F_x 7");
  done();
  EXPECT_EQ(append("two\n"), "append F_x \"\\ntwo\\n\"") << "still";
  done();
  done();
  done();
  EXPECT_EQ(file.size(), 12U);
  EXPECT_EQ(append("three\n"), "append F_x \"three\\n\"");
}

TEST_F(RecordFileTest, AnEndThatCannotBeReadCountsAsUnfinished) {
  open();
  opened({.size = 7});
  EXPECT_EQ(failed(EIO), "");
  EXPECT_EQ(came, (std::vector{Came::opened}));
  EXPECT_EQ(append("two\n"), "append F_x \"\\ntwo\\n\"");
}

TEST_F(RecordFileTest, AFullDiskLeavesNothingOfTheBatch) {
  for (const int error : {ENOSPC, EDQUOT}) {
    SCOPED_TRACE(error_text(error));
    RecordFileDesk d;
    d.open();
    d.opened();
    d.append("one\n");
    EXPECT_EQ(d.failed(error), "truncate F_x 0");
    EXPECT_EQ(d.came, (std::vector{Came::opened})) << "not before it is cut back";
    d.done();
    EXPECT_EQ(d.came, (std::vector{Came::opened, Came::refused}));
    EXPECT_EQ(d.why, error_text(error));
    EXPECT_TRUE(d.file.idle());
    EXPECT_EQ(d.file.size(), 0U);
    EXPECT_FALSE(d.exit);
  }
}

// I9: after a failed sync, close or cut nobody knows what is on the disk.
TEST(RecordFileTableTest, WhatCannotBeRepairedEndsTheProcess) {
  struct Case {
    const char* what;
    int answers;  // to the append and what follows it
    int error;
  };
  const Case cases[] = {{"append", 0, EIO},  {"append", 0, EROFS}, {"sync", 1, EIO},
                        {"sync", 1, ENOSPC}, {"name", 2, ENOSPC},  {"name", 2, EIO}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    RecordFileDesk d;
    d.open();
    d.opened();
    d.append("one\n");
    for (int answer = 0; answer < c.answers; ++answer) {
      d.done();
    }
    EXPECT_EQ(d.failed(c.error), "");
    ASSERT_TRUE(d.exit);
    EXPECT_EQ(d.exit->code, 12);
    EXPECT_EQ(d.came, (std::vector{Came::opened}));
  }
  RecordFileDesk uncut;
  uncut.open();
  uncut.opened();
  uncut.append("one\n");
  uncut.failed(ENOSPC);
  uncut.failed(EIO);
  EXPECT_TRUE(uncut.exit);
  RecordFileDesk unclosed;
  unclosed.open();
  unclosed.opened();
  unclosed.close();
  unclosed.failed(ENOSPC);
  EXPECT_TRUE(unclosed.exit);
}

TEST_F(RecordFileTest, AFileThatCannotBeOpenedIsTheOwnersBusiness) {
  open();
  EXPECT_EQ(failed(EACCES), "");
  EXPECT_EQ(came, (std::vector{Came::not_opened}));
  EXPECT_EQ(why, error_text(EACCES));
  EXPECT_FALSE(exit);
  EXPECT_EQ(open(), "open F_x append_or_create") << "may be tried again";
}

TEST_F(RecordFileTest, AdoptionCutsWhatWasNeverSynced) {
  EXPECT_EQ(adopt(), "open F_x append");
  EXPECT_EQ(opened({.size = 7}), "read F_x 0");
  EXPECT_EQ(read("one\nhal"), "truncate F_x 4");
  EXPECT_EQ(done(), "");
  EXPECT_EQ(came, (std::vector{Came::opened}));
  EXPECT_EQ(file.size(), 4U);
  append("two\n");
  done();
  EXPECT_EQ(done(), "") << "start-up has synced the directory";
}

TEST_F(RecordFileTest, AdoptionCanBeTriedAgain) {
  adopt();
  opened({.size = 4});
  EXPECT_EQ(failed(EIO), "");
  EXPECT_EQ(came, (std::vector{Came::not_opened}));
  EXPECT_EQ(adopt(), "read F_x 0");
  EXPECT_EQ(read("one\n"), "");
  EXPECT_EQ(came.back(), Came::opened);
}

}  // namespace
}  // namespace innduct::engine
