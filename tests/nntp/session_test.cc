// session_test.cc: proves what dialogs cannot show: how long a text lasts, what the caller may not
// do, and that a peer cannot make the session keep more than it was asked. What is said and
// understood is in dialogs/.
#include "nntp/session.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "dialog.h"

namespace innduct::nntp {
namespace {

constexpr std::string_view id = "<a@b>";

// A session that was told the first articles may come.
Session ready_session(bool streaming) {
  Session session(streaming);
  std::string out;
  session.receive(streaming ? "200\r\n500\r\n203\r\n" : "200\r\n500\r\n", out);
  while (session.next_event()) {
  }
  return session;
}

std::vector<std::string> events(Session& session) {
  std::vector<std::string> all;
  while (const auto event = session.next_event()) {
    all.push_back(described(*event));
  }
  return all;
}

TEST(SessionTest, TextsOutliveWhatWasReceivedAndTheEventsBehindThem) {
  Session session = ready_session(true);
  std::string out;
  constexpr int articles = 100;
  std::string replies;
  for (Tag tag = 0; tag < articles; ++tag) {
    session.check(tag, id, out);
    replies += "438 <a@b> number " + std::to_string(tag) + "\r\n";
  }
  replies += "what?\r\n";
  session.receive(replies, out);
  replies.assign(replies.size(), '!');

  std::vector<std::string_view> texts;
  while (const auto event = session.next_event()) {
    if (const auto* answered = std::get_if<Answered>(&*event)) {
      texts.push_back(answered->text);
    } else {
      texts.push_back(std::get<Ended>(*event).text);
    }
    session.quit(out);
  }
  ASSERT_EQ(texts.size(), articles + 1U);
  for (std::size_t i = 0; i < articles; ++i) {
    EXPECT_EQ(texts[i], "438 <a@b> number " + std::to_string(i));
  }
  EXPECT_EQ(texts.back(), "what?");
}

TEST(SessionTest, EventsWaitUntilTheyAreTaken) {
  Session session = ready_session(true);
  std::string out;
  session.check(1, id, out);
  session.receive("238 <a@b>\r\n", out);
  session.check(2, id, out);
  session.receive("438 <a@b>\r\n", out);
  EXPECT_EQ(events(session), (std::vector<std::string>{"granted 1", "answered 2 unwanted 438"}));
}

TEST(SessionTest, AWindowOfAThousandKeepsItsOrder) {
  Session session = ready_session(true);
  std::string out;
  Tag asked = 0;
  Tag answered = 0;
  for (int turn = 0; turn < 50; ++turn) {
    while (session.unanswered() < 1000) {
      session.check(asked, "<" + std::to_string(asked) + "@x>", out);
      ++asked;
    }
    std::string replies;
    for (int i = 0; i < 700; ++i, ++answered) {
      replies += "438 <" + std::to_string(answered) + "@x>\r\n";
    }
    session.receive(replies, out);
    std::size_t count = 0;
    while (const auto event = session.next_event()) {
      ASSERT_EQ(std::get<Answered>(*event).tag, answered - 700 + count);
      ++count;
    }
    ASSERT_EQ(count, 700U);
  }
}

TEST(SessionTest, AWitnessIsShownEachLineAndWhatItConcerns) {
  Session session(true);
  std::vector<std::string> shown;
  session.watch([&](bool we, std::string_view line, std::string_view message_id) {
    shown.push_back((we ? "> " : "< ") + std::string(line) +
                    (message_id.empty() ? "" : " of " + std::string(message_id)));
  });
  std::string out;
  session.receive("200 hello\r", out);
  EXPECT_TRUE(shown.empty()) << "a line is shown when it is whole";
  session.receive("\n101 list\r\nVERSION 2\r\n.\r\n203 go\r\n", out);
  EXPECT_EQ(shown, (std::vector<std::string>{"< 200 hello", "> CAPABILITIES", "> MODE STREAM",
                                             "< 101 list", "< VERSION 2", "< .", "< 203 go"}));
  shown.clear();
  ASSERT_EQ(events(session).size(), 1U);
  session.check(1, "<1@x>", out);
  session.check(2, "<2@x>", out);
  session.receive("238 <1@x>\r\n438 <2@x>\n", out);
  session.take_this(1, "<1@x>", true, out);
  session.quit(out);
  session.receive("239 <1@x>\r\n205 bye\r\n", out);
  EXPECT_EQ(shown, (std::vector<std::string>{"> CHECK <1@x> of <1@x>", "> CHECK <2@x> of <2@x>",
                                             "< 238 <1@x> of <1@x>", "< 438 <2@x> of <2@x>",
                                             "> TAKETHIS <1@x> of <1@x>", "> QUIT",
                                             "< 239 <1@x> of <1@x>", "< 205 bye"}));
}

TEST(SessionTest, AWitnessOfIhaveIsShownWhatConcernsTheText) {
  Session session(false);
  std::string out;
  session.receive("200\r\n500\r\n", out);
  std::vector<std::string> shown;
  session.watch([&](bool, std::string_view line, std::string_view message_id) {
    shown.push_back(std::string(line) + " of " + std::string(message_id));
  });
  session.ihave(1, id, out);
  session.receive("335 go on\r\n", out);
  session.ihave_body();
  session.receive("235 thanks\r\n", out);
  EXPECT_EQ(shown, (std::vector<std::string>{"IHAVE <a@b> of <a@b>", "335 go on of <a@b>",
                                             "235 thanks of <a@b>"}));
}

TEST(SessionTest, NothingIsTakenBehindTheEnd) {
  Session session = ready_session(true);
  std::string out;
  session.check(1, id, out);
  session.receive("400 bye\r\n438 <a@b>\r\n", out);
  session.receive("438 <a@b>\r\n", out);
  EXPECT_EQ(events(session), (std::vector<std::string>{"ended closing 400"}));
  EXPECT_EQ(session.unanswered(), 1U);
}

TEST(SessionTest, AVerbBetweenAnEventAndTheEndBehindItDoesNoHarm) {
  Session session = ready_session(true);
  std::string out;
  session.check(1, id, out);
  session.receive("238 <a@b>\r\nwhat?\r\n", out);
  out.clear();
  ASSERT_EQ(described(*session.next_event()), "granted 1");
  session.take_this(1, id, true, out);
  EXPECT_EQ(out, "TAKETHIS <a@b>\r\n") << "an article without its command would be commands";
  EXPECT_EQ(events(session), (std::vector<std::string>{"ended protocol 0"}));
  EXPECT_EQ(session.unanswered(), 1U) << "what was asked too late is unanswered like the rest";
}

TEST(SessionDeathTest, WhatTheCallerMayNotDo) {
  std::string out;
  Session unready(true);
  EXPECT_DEATH(unready.check(1, id, out), "");
  EXPECT_DEATH(unready.take_this(1, id, false, out), "");
  EXPECT_DEATH(unready.ihave(1, id, out), "");
  EXPECT_DEATH(unready.ihave_body(), "");

  Session streaming = ready_session(true);
  EXPECT_DEATH(streaming.ihave(1, id, out), "") << "it streams";
  EXPECT_DEATH(streaming.check(1, "<a@b>\r\nQUIT", out), "");

  Session ihave = ready_session(false);
  EXPECT_DEATH(ihave.check(1, id, out), "");
  EXPECT_DEATH(ihave.take_this(1, id, true, out), "");
  EXPECT_DEATH(ihave.ihave_body(), "") << "nothing was granted";
  ihave.ihave(1, id, out);
  EXPECT_DEATH(ihave.ihave(2, id, out), "") << "one at a time";
  ihave.receive("335\r\n", out);
  EXPECT_DEATH(ihave.quit(out), "") << "it would be the article";
}

TEST(SessionDeathTest, WhatTheCallerMayNotDoOnceItKnows) {
  std::string out;
  Session quitting = ready_session(true);
  quitting.quit(out);
  EXPECT_DEATH(quitting.check(1, id, out), "");

  Session ended = ready_session(true);
  ended.receive("400 bye\r\n", out);
  EXPECT_EQ(events(ended).size(), 1U);
  EXPECT_DEATH(ended.check(1, id, out), "");

  Session downgraded = ready_session(true);
  downgraded.check(1, id, out);
  downgraded.check(2, id, out);
  downgraded.receive("500\r\n", out);
  EXPECT_EQ(events(downgraded), std::vector<std::string>{"returned 1"});
  EXPECT_DEATH(downgraded.check(3, id, out), "") << "not while a CHECK is unanswered";
  EXPECT_DEATH(downgraded.ihave(3, id, out), "") << "nor this";
  downgraded.receive("500\r\n", out);
  EXPECT_EQ(events(downgraded), (std::vector<std::string>{"returned 2", "ready ihave"}));
  EXPECT_DEATH(downgraded.take_this(3, id, true, out), "");
  downgraded.ihave(3, id, out);
  EXPECT_EQ(downgraded.unanswered(), 1U);
}

}  // namespace
}  // namespace innduct::nntp
