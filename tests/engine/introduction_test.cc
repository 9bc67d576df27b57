// introduction_test.cc: proves that the peer is met at each of its addresses, politely and within
// the time that was given, and that what came of it is told.
#include "engine/introduction.h"

#include <gtest/gtest.h>

#include "printed.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;

struct IntroductionTest : testing::Test {
  Introduction peer{true, 20s};
  core::Now now;
  Known known;

  IntroductionTest() { EXPECT_EQ(asked_at_start(), "resolve\n"); }

  std::string asked_at_start() {
    Actions actions;
    peer.start(now, actions);
    return told(actions);
  }
  std::string told(const Actions& actions) {
    std::string text;
    for (const Action& action : actions.list()) {
      text += printed(action, known) + "\n";
    }
    return text;
  }
  // What is asked for when that happens.
  std::string on(const Event& event) {
    Actions actions;
    peer.turn({&event, 1}, now, actions);
    return told(actions);
  }
  std::string resolved(std::vector<std::string_view> addresses) {
    return on(Resolved{{1}, addresses});
  }
  std::string says(std::uint64_t connection, std::string_view bytes) {
    return on(Received{{connection}, bytes});
  }
  std::string pass(core::Duration time) {
    now.monotonic += time;
    Actions actions;
    peer.turn({}, now, actions);
    return told(actions);
  }
};

TEST_F(IntroductionTest, APeerThatStreamsIsLeftInGoodOrder) {
  EXPECT_EQ(resolved({"192.0.2.1"}), "connect C1 192.0.2.1\n");
  on(Connected{{1}});
  EXPECT_EQ(says(1, "200 hel"), "");
  EXPECT_EQ(says(1, "lo\r\n"), "send C1 \"CAPABILITIES\\r\\nMODE STREAM\\r\\n\"\n");
  EXPECT_EQ(says(1, "101 list\r\nVERSION 2\r\nSTREAMING\r\n.\r\n"), "");
  EXPECT_FALSE(peer.over());
  EXPECT_EQ(says(1, "203 streaming\r\n"), "send C1 \"QUIT\\r\\n\"\ndisconnect C1 gracefully\n");
  ASSERT_TRUE(peer.over());
  ASSERT_EQ(peer.met().size(), 1U);
  EXPECT_TRUE(peer.met()[0].ready);
  EXPECT_TRUE(peer.met()[0].streaming);
  EXPECT_EQ(peer.met()[0].address, "192.0.2.1");
  EXPECT_EQ(peer.unknown(), "");
}

TEST_F(IntroductionTest, APeerThatDoesNotStreamIsReadyAllTheSame) {
  resolved({"192.0.2.1"});
  says(1, "200 hello\r\n");
  says(1, "500 what?\r\n");
  says(1, "500 what?\r\n");
  ASSERT_TRUE(peer.over());
  EXPECT_TRUE(peer.met()[0].ready);
  EXPECT_FALSE(peer.met()[0].streaming);
}

TEST_F(IntroductionTest, EachAddressIsTriedAndHasItsReason) {
  EXPECT_EQ(resolved({"192.0.2.1", "192.0.2.2", "192.0.2.3"}), "connect C1 192.0.2.1\n");
  EXPECT_EQ(on(Lost{{1}, 111, "Connection refused"}), "connect C2 192.0.2.2\n");
  EXPECT_EQ(says(2, "502 not \033you\r\n"), "disconnect C2\nconnect C3 192.0.2.3\n");
  // Of 20 s all are left to the last one.
  EXPECT_EQ(pass(19s), "");
  EXPECT_EQ(pass(1s), "disconnect C3\n");
  ASSERT_TRUE(peer.over());
  ASSERT_EQ(peer.met().size(), 3U);
  EXPECT_EQ(peer.met()[0].why_not, "Connection refused");
  EXPECT_EQ(peer.met()[1].why_not, "the peer said: 502 not \\x1byou");
  EXPECT_EQ(peer.met()[1].answer, "502 not \\x1byou");
  EXPECT_EQ(peer.met()[0].answer + peer.met()[2].answer, "");
  EXPECT_EQ(peer.met()[2].why_not, "no usable answer in time");
}

TEST_F(IntroductionTest, TheTimeIsSharedByTheAddresses) {
  resolved({"192.0.2.1", "192.0.2.2"});
  EXPECT_EQ(peer.deadline(), now.monotonic + 10s);
  EXPECT_EQ(pass(10s), "disconnect C1\nconnect C2 192.0.2.2\n");
  EXPECT_EQ(peer.deadline(), now.monotonic + 10s);
  // Whoever was given up is not listened to any more.
  EXPECT_EQ(says(1, "200 hello\r\n"), "");
  EXPECT_EQ(on(Lost{{1}, 0, "gone"}), "");
  EXPECT_EQ(pass(10s), "disconnect C2\n");
  EXPECT_TRUE(peer.over());
}

TEST_F(IntroductionTest, ANameWithoutAddressesIsTold) {
  EXPECT_EQ(on(Failed{{1}, -2, "Name or service not known"}), "");
  EXPECT_TRUE(peer.over());
  EXPECT_EQ(peer.unknown(), "Name or service not known");
}

TEST_F(IntroductionTest, ALookUpThatTakesTooLongIsGivenUp) {
  EXPECT_EQ(pass(19s), "");
  EXPECT_EQ(pass(1s), "");
  EXPECT_TRUE(peer.over());
  EXPECT_EQ(peer.unknown(), "the look-up took longer than 20s");
}

TEST_F(IntroductionTest, ASignalEndsIt) {
  resolved({"192.0.2.1"});
  EXPECT_EQ(on(Stop{15}), "exit by signal 15\n");
  EXPECT_TRUE(peer.over());
}

}  // namespace
}  // namespace innduct::engine
