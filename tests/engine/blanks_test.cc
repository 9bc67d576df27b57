// blanks_test.cc: proves that blanks touch nothing but settled bytes and the newlines between
// them, that they come in few writes, and that one which a full disk refused is not forgotten.
#include "engine/blanks.h"

#include "desk.h"

namespace innduct::engine {
namespace {

constexpr Slot slot = 2;

struct BlanksTest : testing::Test, Desk {
  void take(Turn&, const Event&) override {}
  std::string write() {
    return turn([&](Turn& t) { blanks.write(t, slot, file); });
  }
  // A line, or a part of one.
  void settle(std::uint64_t offset, std::uint64_t length, bool whole = true) {
    blanks.add({offset, length, whole});
  }
  OpId pop() {
    const OpId op = unanswered.front();
    unanswered.pop_front();
    return op;
  }

  BlanksTest() { known.files[file] = "F"; }
  const FileId file{9};
  Blanks blanks;
};

TEST_F(BlanksTest, ALineIsBlankedUpToItsNewline) {
  settle(100, 43);
  EXPECT_EQ(write(), "blank F 100 \"43\"");
  EXPECT_EQ(write(), "") << "once";
}

TEST_F(BlanksTest, NeighbouringLinesShareAWriteThatKeepsTheirNewlines) {
  settle(0, 10);
  settle(11, 5);
  settle(17, 20);
  EXPECT_EQ(write(), "blank F 0 \"10\\n5\\n20\"");
}

TEST_F(BlanksTest, AnyOrderWillDo) {
  settle(17, 20);
  settle(0, 10);
  settle(11, 5);
  EXPECT_EQ(write(), "blank F 0 \"10\\n5\\n20\"");
}

TEST_F(BlanksTest, AnUnsettledLineBetweenThemIsNotTouched) {
  settle(0, 10);
  settle(17, 20);
  EXPECT_EQ(write(), "blank F 0 \"10\"\nblank F 17 \"20\"");
}

TEST_F(BlanksTest, SpansInsideOneLineNeverCoalesce) {
  settle(0, 10, false);
  settle(11, 10, false);  // the byte between them is none of ours, and no newline
  EXPECT_EQ(write(), "blank F 0 \"10\"\nblank F 11 \"10\"");
}

TEST_F(BlanksTest, AnEmptyLineNeedsNoWrite) {
  settle(5, 0);
  EXPECT_EQ(write(), "");
  EXPECT_TRUE(blanks.empty());
}

TEST_F(BlanksTest, WritesStayShort) {
  constexpr std::uint64_t length = 30'000;
  for (std::uint64_t line = 0; line < 5; ++line) {
    settle(line * (length + 1), length);
  }
  EXPECT_EQ(write(),
            "blank F 0 \"30000\\n30000\"\nblank F 60002 \"30000\\n30000\"\nblank F 120004 "
            "\"30000\"");
}

TEST_F(BlanksTest, AMonstrousSpanIsWrittenInPieces) {
  settle(7, 150'000);
  settle(150'008, 10);
  EXPECT_EQ(write(), "blank F 7 \"65536\"\nblank F 65543 \"65536\"\nblank F 131079 \"18928\\n10\"");
  for (int piece = 0; piece < 3; ++piece) {
    EXPECT_FALSE(blanks.empty());
    EXPECT_TRUE(blanks.done(pop()));
  }
  EXPECT_TRUE(blanks.empty());
}

TEST_F(BlanksTest, WhatAFullDiskRefusedIsWrittenAgain) {
  settle(0, 10);
  settle(11, 5);
  settle(40, 2);
  write();
  blanks.failed_for_now(pop());
  EXPECT_TRUE(blanks.done(pop()));
  EXPECT_EQ(blanks.refused(), 2U);
  EXPECT_FALSE(blanks.empty());
  EXPECT_EQ(write(), "") << "not before the next period";
  blanks.retry();
  settle(17, 3);
  EXPECT_EQ(write(), "blank F 0 \"10\\n5\\n3\"");
  EXPECT_TRUE(blanks.done(pop()));
  EXPECT_TRUE(blanks.empty());
}

TEST_F(BlanksTest, KnowsItsOwnWrites) {
  settle(0, 10);
  write();
  const OpId op = pop();
  EXPECT_TRUE(blanks.owns(op));
  EXPECT_FALSE(blanks.owns({op.value + 256}));
  EXPECT_FALSE(blanks.done({op.value + 256}));
  EXPECT_TRUE(blanks.done(op));
  EXPECT_FALSE(blanks.owns(op));
}

TEST_F(BlanksTest, AnEmptiedFileHasNothingToBlank) {
  settle(0, 10);
  write();
  settle(11, 10);
  blanks.forget();
  EXPECT_TRUE(blanks.empty());
  EXPECT_EQ(write(), "");
  EXPECT_FALSE(blanks.done(pop()));
}

}  // namespace
}  // namespace innduct::engine
