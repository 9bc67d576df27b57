// clients_test.cc: proves that people have their prompt behind each answer, and that programs are
// told of each command whether it was carried out.
#include "engine/clients.h"

#include <gtest/gtest.h>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct ClientsTest : testing::Test, Scene {
  void with(const std::string& text) {
    file("F", text);
    start();
    asked({});
  }
  // What this client is answered.
  std::string says(std::uint64_t client, std::string_view line) {
    asked({});
    event(Asked{ClientId{client}, line});
    std::string all;
    for (const std::string& each : asked({"answer"})) {
      all += each + "\n";
    }
    return all;
  }
};

TEST_F(ClientsTest, AProgramHasNoPromptButAResult) {
  with(lines(1, 1));
  EXPECT_EQ(ask("batch"), "ok\n");
  EXPECT_EQ(ask(""), "ok\n");
  EXPECT_EQ(ask("flush"), "the feed is being flushed\nok\n");
  EXPECT_EQ(ask("nonsense"), "unknown command: nonsense (h lists all)\nfailed\n");
  EXPECT_EQ(ask("show json"), "json of site\nok\n");
  EXPECT_TRUE(ask("h").ends_with("\nok\n"));
  EXPECT_EQ(ask("batch"), "ok\n");
}

TEST_F(ClientsTest, APersonHasThePrompt) {
  with(lines(1, 1));
  EXPECT_EQ(ask("show json"), "json of site\nsite|");
  EXPECT_EQ(ask(""), "site|");
}

TEST_F(ClientsTest, WhatCannotBeDoneHasFailed) {
  with(lines(1, 1));
  ask("batch");
  EXPECT_EQ(ask("quarantine retry all"), "the quarantine is empty\nfailed\n");
  EXPECT_EQ(ask("quarantine"), "0 articles\nok\n");
  file("F_quarantine", lines(7, 7));
  EXPECT_EQ(ask("quarantine drop <8@x>"), "nothing in the quarantine is called <8@x>\nfailed\n");
  EXPECT_EQ(ask("quarantine drop <7@x>"), "1 article dropped\nok\n");
  EXPECT_EQ(ask("dump q"), "written to F_dump\nok\n");
}

TEST_F(ClientsTest, WhatIsAnsweredLaterHasTheFormOfWhoeverAsked) {
  with(lines(1, 1));
  hold("open F_dump");
  says(1, "batch");
  EXPECT_EQ(says(1, "dump q"), "");
  EXPECT_EQ(says(2, "dump q"), "answer \"another dump is being written\nsite|\"\n");
  says(3, "batch");
  EXPECT_EQ(says(3, "dump q"), "answer \"another dump is being written\nfailed\n\"\n");
  asked({});
  let_go("open F_dump");
  EXPECT_EQ(asked({"answer"}), Lines{"answer \"written to F_dump\nok\n\""});
}

TEST_F(ClientsTest, EachClientIsAnsweredInItsForm) {
  with("");
  event(Joined{ClientId{1}});
  event(Joined{ClientId{2}});
  says(1, "batch");
  EXPECT_EQ(says(2, "next conn"), "answer \"the next connection need not wait\nsite|\"\n");
  EXPECT_EQ(says(1, "next conn"), "answer \"the next connection need not wait\nok\n\"\n");
  event(Left{ClientId{1}});
  EXPECT_EQ(says(1, ""), "answer \"site|\"\n") << "nothing is kept of who has left";
}

TEST_F(ClientsTest, StopIsAnsweredBeforeTheEnd) {
  with("");
  says(1, "batch");
  asked({});
  event(Asked{ClientId{1}, "stop"});
  EXPECT_EQ(asked({"answer"}), Lines{"answer \"stopping\nok\n\""});
  EXPECT_TRUE(exit());
}

}  // namespace
}  // namespace innduct::engine
