// inbox_test.cc: proves how long events and their bytes live: until the hand-over after the next.
#include "io/inbox.h"

#include <gtest/gtest.h>

#include <string>

namespace innduct::io {
namespace {

TEST(InboxTest, KeepsBytesForTheTurnTheyAreToldIn) {
  Inbox inbox;
  std::string line = "show";
  inbox.tell(engine::Asked{{7}, inbox.keep(line)});
  line = "????";
  const auto events = inbox.hand_over();
  inbox.tell(engine::Asked{{7}, inbox.keep("stop")});  // the next turn gathers meanwhile
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(std::get<engine::Asked>(events[0]).line, "show");
  const auto next = inbox.hand_over();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(std::get<engine::Asked>(next[0]).line, "stop");
  EXPECT_TRUE(inbox.hand_over().empty());
}

TEST(InboxTest, AnEventGrowsOnlyWithinItsTurn) {
  Inbox inbox;
  const std::uint64_t turn = inbox.turn();
  const std::size_t index = inbox.tell(engine::Sent{{1}, 10});
  inbox.at<engine::Sent>(index).bytes += 5;
  EXPECT_EQ(inbox.turn(), turn);
  EXPECT_EQ(std::get<engine::Sent>(inbox.hand_over()[0]).bytes, 15u);
  EXPECT_NE(inbox.turn(), turn);
}

}  // namespace
}  // namespace innduct::io
