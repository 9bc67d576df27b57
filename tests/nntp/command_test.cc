// command_test.cc: proves what goes out for each verb, and that nothing goes out that the peer
// could read as something else.
#include "nntp/command.h"

#include <gtest/gtest.h>

#include <string>

namespace innduct::nntp {
namespace {

struct Case {
  Verb verb;
  const char* message_id;
  const char* line;
};

TEST(CommandTest, SaysEachVerb) {
  constexpr Case cases[] = {
      {Verb::capabilities, "", "CAPABILITIES\r\n"},
      {Verb::mode_stream, "", "MODE STREAM\r\n"},
      {Verb::check, "<a@b>", "CHECK <a@b>\r\n"},
      {Verb::take_this, "<a@b>", "TAKETHIS <a@b>\r\n"},
      {Verb::ihave, "<a@b>", "IHAVE <a@b>\r\n"},
      {Verb::quit, "", "QUIT\r\n"},
  };
  std::string out;
  std::string all;
  for (const Case& each : cases) {
    append_command(each.verb, each.message_id, out);
    all += each.line;
  }
  EXPECT_EQ(out, all);
}

TEST(CommandTest, TheLongestIdFitsIntoACommandLine) {
  std::string out;
  append_command(Verb::take_this, "<a@" + std::string(246, 'b') + ">", out);
  EXPECT_LE(out.size(), 512U);  // RFC 3977 3.1
}

TEST(CommandDeathTest, AnIdThatIsNoneIsNotSent) {
  std::string out;
  for (const char* id : {"", "a@b", "<a b@c>", "<a@b>\r\nQUIT", "<a@b\r\n>"}) {
    EXPECT_DEATH(append_command(Verb::check, id, out), "") << id;
  }
}

TEST(CommandDeathTest, WhatIsNoCommandIsNotSent) {
  std::string out;
  EXPECT_DEATH(append_command(Verb::greeting, "", out), "");
  EXPECT_DEATH(append_command(Verb::ihave_body, "<a@b>", out), "");
}

}  // namespace
}  // namespace innduct::nntp
