// bad_lines_test.cc: proves that what is bad in a file is in F_bad, durably, before the file may go
// (I4), and that a file whose bad lines cannot be kept must stay.
#include "engine/bad_lines.h"

#include <cerrno>

#include "desk.h"

namespace innduct::engine {
namespace {

struct BadLinesDesk : Desk {
  void take(Turn& turn, const Event& event) override { bad_lines.on(turn, event); }
  void look(Turn&) override {
    if (!owner_is_there) {
      return;
    }
    if (const auto now_kept = bad_lines.take_result()) {
      kept = now_kept;
    }
  }
  std::string keep(std::uint64_t size) {
    known.files[FileId{99}] = "D";
    return turn([&](Turn& t) { bad_lines.keep(t, FileId{99}, "D", core::Dialect::feed, size); });
  }
  // F_bad is opened, and `text` read from the file.
  std::string keep(std::string_view text, std::uint64_t bad_size = 0) {
    keep(text.size());
    opened({.size = bad_size});
    if (bad_size > 0) {
      read("\n");  // how F_bad ends
    }
    return read(text);
  }
  Names names{"F"};
  BadLines bad_lines{names};
  std::optional<bool> kept;
  bool owner_is_there = true;
};
struct BadLinesTest : testing::Test, BadLinesDesk {};

TEST_F(BadLinesTest, AreKeptDurablyAndThenTheFileMayGo) {
  const std::string text = blanked(line(1)) + "one\n" + blanked(line(2)) + "two\n";
  EXPECT_EQ(keep(text.size()), "open F_bad append_or_create");
  EXPECT_EQ(opened(), "read D 0");
  EXPECT_EQ(read(text), "append F_bad \"one\\ntwo\\n\"");
  EXPECT_EQ(done(), "sync F_bad");
  EXPECT_EQ(done(), "sync directory");
  EXPECT_FALSE(kept);
  EXPECT_EQ(done(), "close F_bad");
  EXPECT_FALSE(kept) << "a close can fail, too";
  EXPECT_EQ(done(), "");
  EXPECT_EQ(kept, true);
  EXPECT_FALSE(bad_lines.busy());
}

TEST_F(BadLinesTest, AreBusyUntilWhoeverAskedHasHadTheAnswer) {
  owner_is_there = false;
  keep("bad\n");
  done();
  done();
  done();
  EXPECT_EQ(done(), "");
  EXPECT_TRUE(bad_lines.busy()) << "another file would take the answer away";
  owner_is_there = true;
  turn();
  EXPECT_EQ(kept, true);
  EXPECT_FALSE(bad_lines.busy());
}

TEST(BadLinesTableTest, WhatIsKept) {
  struct Case {
    std::string text;
    std::string kept;  // empty: nothing is appended
  };
  const Case cases[] = {
      {"", ""},
      {blanked(lines(1, 3)), ""},
      {record(1).substr(0, 30) + std::string(14, ' ') + "\n", ""},  // a torn blank
      {lines(1, 1), ""},                                            // an entry that came later
      {"without newline", "without newline\\n"},
      {std::string("a\0b\n", 4), "a\\x00b\\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(readable(c.text));
    BadLinesDesk d;
    EXPECT_EQ(d.keep(c.text), c.kept.empty() ? "close F_bad" : "append F_bad \"" + c.kept + "\"");
    while (!d.all_answered()) {
      d.done();
    }
    EXPECT_EQ(d.kept, true);
  }
}

TEST_F(BadLinesTest, ALongFileIsReadInPieces) {
  const std::string text = std::string(65535, ' ') + "\nbad\n";
  keep(text.size());
  opened();
  EXPECT_EQ(read(std::string_view(text).substr(0, 65536)), "read D 65536");
  EXPECT_EQ(read(std::string_view(text).substr(65536)), "append F_bad \"bad\\n\"");
}

TEST_F(BadLinesTest, AFullFBadKeepsTheFile) {
  EXPECT_EQ(keep("bad\n", BadLines::size_max - 3), "close F_bad");
  done();
  EXPECT_EQ(kept, false);
  EXPECT_EQ(said("F_bad is full"), 1);
}

TEST_F(BadLinesTest, TheLastByteThatFits) {
  EXPECT_EQ(keep("bad\n", BadLines::size_max - 4), "append F_bad \"bad\\n\"");
}

// What a power cut tore at the end of F_bad stays a line of its own.
TEST_F(BadLinesTest, AnUnfinishedLineOfFBadIsEnded) {
  keep(4);
  EXPECT_EQ(opened({.size = 10}), "read F_bad 9");
  EXPECT_EQ(read("x"), "read D 0");
  EXPECT_EQ(read("bad\n"), "append F_bad \"\\nbad\\n\"");
}

TEST(BadLinesTableTest, Failures) {
  struct Case {
    const char* what;
    int answers;  // before the one that fails
    int error;
    std::string asked;
    int code;  // 0: the file stays
  };
  const Case cases[] = {
      {"open", 0, EACCES, "", 0},
      {"open", 0, ENOSPC, "", 0},
      {"read", 2, EIO, "close F_bad", 0},
      {"append", 3, ENOSPC, "truncate F_bad 10", 0},
      {"append", 3, EDQUOT, "truncate F_bad 10", 0},
      {"append", 3, EIO, "", 12},
      {"sync", 4, EIO, "", 12},
      {"sync", 4, ENOSPC, "", 12},
      {"sync directory", 5, EIO, "", 12},
      {"close", 6, EIO, "", 12},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    BadLinesDesk d;
    d.keep(4);
    for (int answer = 0; answer < c.answers; ++answer) {
      if (answer == 0) {
        d.opened({.size = 10});
      } else if (answer == 1) {
        d.read("\n");
      } else if (answer == 2) {
        d.read("bad\n");
      } else {
        d.done();
      }
    }
    EXPECT_EQ(d.failed(c.error), c.asked);
    while (c.code == 0 && !d.all_answered()) {
      d.done();
    }
    EXPECT_EQ(d.exit ? d.exit->code : 0, c.code);
    EXPECT_EQ(d.kept, c.code == 0 ? std::optional(false) : std::nullopt) << "I4";
  }
}

}  // namespace
}  // namespace innduct::engine
