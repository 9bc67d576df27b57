// shell_test.cc: proves the loop's contract: actions are carried out in their order, what comes of
// them is told by the next wait(), a turn is a batch, and wait() ends at its deadline. A small
// script plays the engine. (Each room has tests of its own.)
#include "io/shell.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "inn/temp_dir.h"
#include "loop.h"
#include "sockets.h"

namespace innduct::io {
namespace {

using namespace std::chrono_literals;
using engine::Event;
using engine::OpenMode;

class ShellTest : public ::testing::Test {
 protected:
  ShellTest() {
    Place place;
    place.site = "peer";
    place.feed_directory = dir.path();
    place.peer_host = "127.0.0.1";
    place.peer_port = listener.port();
    place.inn.path_run = dir.path();
    place.inn.path_articles = dir / "articles";
    shell.emplace(place, log, supervisor);
  }
  void perform() {
    shell->perform(actions);
    actions.clear();
  }
  std::span<const Event> wait(std::chrono::milliseconds at_most = test::patience) {
    return shell->wait(shell->now().monotonic + at_most);
  }
  template <class E>
  E wait_for() {
    const auto events = wait();
    EXPECT_EQ(events.size(), 1u);
    if (events.empty() || !std::holds_alternative<E>(events[0])) {
      ADD_FAILURE() << "another event than expected";
      return {};
    }
    return std::get<E>(events[0]);
  }

  test::TempDir dir;
  test::Listener listener;
  const Log log{true};
  const Supervisor supervisor;
  engine::Actions actions;
  std::optional<Shell> shell;
};

TEST_F(ShellTest, ATurnIsABatch) {
  dir.write("F", "@token@ <a@b>\n");
  actions.add(engine::OpenFile{{1}, {10}, "F", OpenMode::update});
  actions.add(engine::Read{{2}, {10}, 0, 100});
  actions.add(engine::Overwrite{{3}, {10}, 0, "             "});
  actions.add(engine::Read{{4}, {10}, 0, 100});
  actions.add(engine::CloseFile{{5}, {10}});
  actions.add(engine::StatName{{6}, "absent"});
  perform();
  const auto events = wait(0ms);
  ASSERT_EQ(events.size(), 6u);
  EXPECT_EQ(std::get<engine::Opened>(events[0]).stat.size, 14u);
  EXPECT_EQ(std::get<engine::ReadDone>(events[1]).bytes, "@token@ <a@b>\n");
  EXPECT_EQ(std::get<engine::Done>(events[2]).op, engine::OpId{3});
  EXPECT_EQ(std::get<engine::ReadDone>(events[3]).bytes, "             \n");
  EXPECT_EQ(std::get<engine::Done>(events[4]).op, engine::OpId{5});
  EXPECT_EQ(std::get<engine::Failed>(events[5]).error, ENOENT);
  EXPECT_TRUE(wait(0ms).empty());
}

TEST_F(ShellTest, WaitsUntilTheDeadlineAndNoLonger) {
  for (const auto interval : {20ms, 0ms, 30ms, 10ms}) {
    const auto before = shell->now().monotonic;
    EXPECT_TRUE(wait(interval).empty());
    EXPECT_GE(shell->now().monotonic - before, interval);
    EXPECT_LT(shell->now().monotonic - before, 10s);
  }
}

TEST_F(ShellTest, WhatIsReadyIsGathered) {
  ASSERT_TRUE(shell->listen(dir / "control"));
  ASSERT_TRUE(shell->open_watch());
  dir.write("F", "");
  actions.add(engine::OpenFile{{1}, {10}, "F", OpenMode::append});
  actions.add(engine::Watch{{10}});
  actions.add(engine::Append{{2}, {10}, "x\n"});
  perform();
  const Descriptor client = test::connect_to(dir / "control");
  std::raise(SIGTERM);
  std::size_t opened = 0;
  std::size_t done = 0;
  std::size_t grew = 0;
  std::size_t joined = 0;
  std::size_t stopped = 0;
  for (const Event& event : wait()) {
    opened += std::holds_alternative<engine::Opened>(event);
    done += std::holds_alternative<engine::Done>(event);
    grew += std::holds_alternative<engine::Grew>(event);
    joined += std::holds_alternative<engine::Joined>(event);
    stopped += std::holds_alternative<engine::Stop>(event);
  }
  EXPECT_EQ(opened, 1u);
  EXPECT_EQ(done, 1u);
  EXPECT_EQ(grew, 1u);
  EXPECT_EQ(joined, 1u);
  EXPECT_EQ(stopped, 1u);
}

TEST_F(ShellTest, AConversationWithThePeer) {
  actions.add(engine::Resolve{{1}});
  perform();
  const auto resolved = wait_for<engine::Resolved>();
  ASSERT_EQ(resolved.addresses.size(), 1u);
  actions.add(engine::Connect{{5}, actions.keep(resolved.addresses[0])});
  perform();
  const Descriptor other = listener.accept();
  EXPECT_EQ(wait_for<engine::Connected>().conn, engine::ConnId{5});
  test::say(other, "200 hello\r\n");
  EXPECT_EQ(wait_for<engine::Received>().bytes, "200 hello\r\n");
  actions.add(engine::Send{{5}, "MODE ", {}});
  actions.add(engine::Send{{5}, "STREAM\r\n", {}});
  perform();
  EXPECT_EQ(wait_for<engine::Sent>().bytes, 13u);
  EXPECT_EQ(test::hear(other), "MODE STREAM\r\n");
  actions.add(engine::Send{{5}, "QUIT\r\n", {}});
  actions.add(engine::Disconnect{{5}, true});
  perform();
  wait(0ms);
  EXPECT_EQ(test::hear(other), "QUIT\r\n");
}

TEST_F(ShellTest, AnswersGoToWhoAsked) {
  ASSERT_TRUE(shell->listen(dir / "control"));
  const Descriptor client = test::connect_to(dir / "control");
  const auto joined = wait_for<engine::Joined>();
  test::say(client, "show\n");
  const auto asked = wait_for<engine::Asked>();
  EXPECT_EQ(asked.client, joined.client);
  actions.add(engine::Answer{asked.client, asked.line});
  actions.add(engine::Hangup{asked.client});
  perform();
  EXPECT_EQ(test::hear(client), "show");
}

TEST_F(ShellTest, NotesAreWritten) {
  ::testing::internal::CaptureStderr();
  actions.add(engine::Note{engine::Level::notice, "the feed is up"});
  perform();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "innduct: notice: the feed is up\n");
}

TEST_F(ShellTest, OutcomesAreWrittenWithTheirTurn) {
  actions.add(engine::Outcome{"nobody wants it"});
  perform();
  ASSERT_TRUE(shell->open_outcome_log(dir / "outcomes"));
  actions.add(engine::Outcome{"one"});
  actions.add(engine::Outcome{"two"});
  actions.add(engine::Exit{0, 0});
  perform();
  std::ifstream file(dir / "outcomes");
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(file), {}}), "one\ntwo\n");
}

// The signal is dealt with in wait(), when all lines of the last turn are written.
TEST_F(ShellTest, SighupOpensTheOutcomeLogAnew) {
  ::testing::internal::CaptureStderr();
  std::raise(SIGHUP);
  EXPECT_TRUE(wait(0ms).empty());
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "innduct: info: SIGHUP ignored: there is nothing to reread or reopen\n");
  ASSERT_TRUE(shell->open_outcome_log(dir / "outcomes"));
  std::filesystem::rename(dir / "outcomes", dir / "outcomes.1");
  std::raise(SIGHUP);
  EXPECT_TRUE(wait(0ms).empty());
  EXPECT_TRUE(std::filesystem::exists(dir / "outcomes"));
}

TEST_F(ShellTest, InndThatIsNotThereIsUnreachable) {
  actions.add(engine::Flush{{1}});
  perform();
  const auto flushed = wait_for<engine::Flushed>();
  EXPECT_EQ(flushed.op, engine::OpId{1});
  EXPECT_EQ(flushed.outcome, engine::FlushOutcome::unreachable);
  actions.add(engine::Flush{{2}});
  actions.add(engine::ForgetFlush{{2}});
  perform();
  EXPECT_TRUE(wait(0ms).empty());
}

TEST_F(ShellTest, ExitIsTheEnd) {
  EXPECT_FALSE(shell->exit());
  actions.add(engine::Exit{4, 0});
  perform();
  ASSERT_TRUE(shell->exit());
  EXPECT_EQ(shell->exit()->code, 4);
}

}  // namespace
}  // namespace innduct::io
