// steps_test.cc: proves that each step is asked for only after the one before it is done (I3), that
// a step that fails is the last one, and that a failed sync or close ends the process (I9).
#include "engine/steps.h"

#include <cerrno>

#include "desk.h"

namespace innduct::engine {
namespace {

constexpr FileStat ours{.device = 1, .inode = 7, .size = 10};
constexpr FileStat another{.device = 1, .inode = 8, .size = 11};

struct StepsDesk : Desk {
  void take(Turn& turn, const Event& event) override {
    if (const auto now_ended = steps.on(turn, event)) {
      end = now_ended;
    }
  }
  std::string begin(std::vector<Step> list) {
    return turn([&](Turn& t) { steps.begin(t, Room::feed, std::move(list)); });
  }
  Steps steps;
  std::optional<Steps::End> end;
};
struct StepsTest : testing::Test, StepsDesk {
  StepsTest() { known.files[FileId{3}] = "F_flushing"; }
};

TEST_F(StepsTest, OneAfterTheOther) {
  EXPECT_EQ(begin({Step::expect_file(Rule::none, "F", ours), Step::link("F", "D"),
                   Step::sync(Rule::none, FileId{3}), Step::sync_directory(Rule::none),
                   Step::unlink("F"), Step::close(FileId{3}),
                   Step::expect_size(Rule::none, "D", 10), Step::prove_unwritten(Rule::none, "D")}),
            "lstat F");
  EXPECT_EQ(statted(ours), "link F D");
  EXPECT_EQ(done(), "sync F_flushing");
  EXPECT_EQ(done(), "sync directory");
  EXPECT_EQ(done(), "unlink F");
  EXPECT_EQ(done(), "close F_flushing");
  EXPECT_EQ(done(), "stat D");
  EXPECT_EQ(statted(ours), "prove unwritten D");
  EXPECT_TRUE(steps.running());
  EXPECT_FALSE(end);
  EXPECT_EQ(done(), "");
  EXPECT_FALSE(steps.running());
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->ok);
}

TEST(StepsTableTest, AFailureIsTheEnd) {
  struct Case {
    Step step;
    int error;
    bool ends_process;
    const char* text;
  };
  const Case cases[] = {
      {Step::sync(Rule::none, FileId{3}), ENOSPC, true, "cannot sync a queue file"},
      {Step::sync_directory(Rule::none), EIO, true, "cannot sync the directory"},
      {Step::close(FileId{3}), EIO, true, "cannot close a queue file"},
      {Step::link("F", "D"), EEXIST, false, "cannot link F to D"},
      {Step::unlink("F"), EACCES, false, "cannot remove F"},
      {Step::expect_file(Rule::none, "F", ours), ENOENT, false, "cannot look at F"},
      {Step::expect_size(Rule::none, "F", 10), ENOENT, false, "cannot look at F"},
      {Step::prove_unwritten(Rule::none, "F"), EAGAIN, false,
       "cannot make sure that nobody writes to F"},
  };
  for (const Case& c : cases) {
    StepsDesk d;
    SCOPED_TRACE(c.text);
    d.begin({c.step, Step::unlink("G")});
    EXPECT_EQ(d.failed(c.error), "");
    ASSERT_TRUE(d.end);
    EXPECT_FALSE(d.end->ok);
    EXPECT_EQ(d.end->error, c.error);
    EXPECT_TRUE(d.end->failed.kind == c.step.kind);
    EXPECT_TRUE(d.end->text.starts_with(c.text)) << d.end->text;
    EXPECT_EQ(d.exit.has_value(), c.ends_process);
    EXPECT_EQ(d.said("then restart"), c.ends_process ? 1 : 0);
    EXPECT_FALSE(d.steps.running());
  }
}

TEST_F(StepsTest, ADirectoryThatCannotBeOpenedIsNoFaultOfTheDisk) {
  begin({Step::sync_directory(Rule::none)});
  failed(EMFILE);
  EXPECT_EQ(said("let it have more descriptors"), 1);
  EXPECT_EQ(said("check the disk"), 0);
}

TEST_F(StepsTest, AnotherFileIsNotExpected) {
  begin({Step::expect_file(Rule::none, "F", ours), Step::unlink("F")});
  EXPECT_EQ(statted(another), "");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->error, 0);
}

TEST_F(StepsTest, NorAnotherSize) {
  begin({Step::expect_size(Rule::none, "F", 10), Step::unlink("F")});
  EXPECT_EQ(statted(another), "");
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->ok);
  EXPECT_EQ(end->error, 0);
}

TEST_F(StepsTest, WhatIsGoneNeedNotBeRemoved) {
  begin({Step::unlink("F"), Step::sync_directory(Rule::none)});
  EXPECT_EQ(failed(ENOENT), "sync directory");
}

TEST_F(StepsTest, AnswersToOthersMeanNothing) {
  begin({Step::unlink("F"), Step::sync_directory(Rule::none)});
  EXPECT_EQ(tell(Done{OpId{4711}}), "");
  EXPECT_EQ(tell(Failed{OpId{4711}, EIO, {}}), "");
  EXPECT_EQ(done(), "sync directory");
}

TEST_F(StepsTest, AStepIsNotTakenWhenItsRuleIsLeftOut) {
  config.left_out = Rule::sync_flush_link;
  EXPECT_EQ(begin({Step::link("F", "D"), Step::sync_directory(Rule::sync_flush_link),
                   Step::unlink("F"), Step::sync_directory(Rule::sync_flush_unlink)}),
            "link F D");
  EXPECT_EQ(done(), "unlink F");
  EXPECT_EQ(done(), "sync directory");
}

struct StepsDeathTest : StepsTest {};

TEST_F(StepsDeathTest, OneListAtATime) {
  begin({Step::unlink("F")});
  EXPECT_DEATH(begin({Step::unlink("G")}), "");
}

}  // namespace
}  // namespace innduct::engine
