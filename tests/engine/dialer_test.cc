// dialer_test.cc: proves when an attempt to connect is made and when it has to wait, that all
// addresses get their share of its time, and that a trouble is said once.
#include "engine/dialer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct DialerTest : testing::Test, Scene {
  DialerTest() {
    config.connections_max = 1;
    config.low_volume_thresh = 0;
    file("F", lines(1, 3));
  }
  // Seconds until the next attempt is made.
  std::int64_t waited(core::Duration at_most = 3000s) {
    asked({});
    const auto from = now().monotonic;
    while (now().monotonic - from < at_most) {
      pass(1s);
      if (!asked({"resolve"}).empty()) {
        break;
      }
    }
    return (now().monotonic - from) / 1s;
  }
};

TEST_F(DialerTest, AtStartItDoesNotWait) {
  start();
  EXPECT_EQ(peer(1).said(), "CHECK <1@x>; CHECK <2@x>; CHECK <3@x>");
}

TEST_F(DialerTest, WithoutArticlesNobodyIsCalled) {
  file("F", {});
  start();
  pass(5000s);
  EXPECT_EQ(peers(), 0U);
}

TEST_F(DialerTest, FailedAttemptsWaitTheInterval) {
  dead_addresses = {"192.0.2.1"};
  start();
  // In periods 1020 s, less at most a tenth.
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto seconds = waited();
    EXPECT_GE(seconds, 917);
    EXPECT_LE(seconds, 1021);
  }
}

TEST_F(DialerTest, TheJitterIsTheSeeds) {
  dead_addresses = {"192.0.2.1"};
  start();
  std::set<std::int64_t> all;
  for (int attempt = 0; attempt < 10; ++attempt) {
    all.insert(waited());
  }
  EXPECT_GT(all.size(), 3U) << "feeders of one machine do not come together";
}

struct Ending {
  const char* what;
  void (*end)(Scene&);
  bool waits;
};

TEST(DialerTableTest, WhenTheWaitIsVoid) {
  const Ending cases[] = {
      {"after next conn",
       [](Scene& s) {
         s.peer(1).says("400 bye\r\n");
         s.ask("next conn");
       },
       false},
      {"after a plain end of file behind a final answer",
       [](Scene& s) {
         s.peer(1).says("438 <1@x>\r\n");
         s.peer(1).hangs_up();
       },
       false},
      {"after one without any", [](Scene& s) { s.peer(1).hangs_up(); }, true},
      {"after one behind a deferral",
       [](Scene& s) {
         s.peer(1).says("431 <1@x>\r\n");
         s.peer(1).hangs_up();
       },
       true},
      {"after a reset",
       [](Scene& s) {
         s.peer(1).says("438 <1@x>\r\n");
         s.peer(1).hangs_up(104);
       },
       true},
      {"after 400", [](Scene& s) { s.peer(1).says("438 <1@x>\r\n400 bye\r\n"); }, true},
      {"after 480", [](Scene& s) { s.peer(1).says("438 <1@x>\r\n480 who\r\n"); }, true},
      {"after 502", [](Scene& s) { s.peer(1).says("438 <1@x>\r\n502 no\r\n"); }, true},
      {"after nonsense", [](Scene& s) { s.peer(1).says("438 <1@x>\r\nwhat\r\n"); }, true},
  };
  for (const Ending& c : cases) {
    SCOPED_TRACE(c.what);
    Scene s;
    s.config.low_volume_thresh = 0;
    s.config.connections_max = 1;
    s.config.idle_timeout = 10 * s.config.reconnect_interval;
    s.file("F", lines(1, 5));
    s.start();
    s.pass(s.config.reconnect_interval * 2);  // the interval of the first attempt is over
    ASSERT_EQ(s.peers(), 1U);
    c.end(s);
    EXPECT_EQ(s.peers(), c.waits ? 1U : 2U);
    s.pass(s.config.reconnect_interval + s.config.period);
    EXPECT_GE(s.peers(), 2U);
  }
}

TEST_F(DialerTest, OneAttemptForEachInterval) {
  config.connections_max = 5;
  config.queue_per_conn_max = 1;
  start();
  EXPECT_EQ(peers(), 1U) << "the others wait";
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(peers(), 2U);
}

TEST_F(DialerTest, NoMoreConnectionsThanAllowed) {
  config.connections_max = 2;
  config.queue_per_conn_max = 1;
  start();
  pass(700s);
  pass(5 * config.reconnect_interval);
  EXPECT_LE(open_peers(), 2U);
}

TEST_F(DialerTest, AllAddressesAreTried) {
  addresses = {"192.0.2.1", "192.0.2.2", "2001:db8::3"};
  dead_addresses = {"192.0.2.1", "192.0.2.2"};
  start();
  EXPECT_EQ(peers(), 3U);
  EXPECT_EQ(peer(3).address(), "2001:db8::3");
  EXPECT_FALSE(peer(3).said().empty());
}

TEST_F(DialerTest, TheNextAttemptBeginsBehindTheOneThatFailedLast) {
  addresses = {"192.0.2.1", "192.0.2.2", "192.0.2.3"};
  dead_addresses = {"192.0.2.1"};
  start();
  EXPECT_EQ(peer(2).address(), "192.0.2.2");
  peer(2).says("400 bye\r\n");
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(peer(3).address(), "192.0.2.2") << "behind 192.0.2.1";
  dead_addresses = {"192.0.2.2"};
  peer(3).says("400 bye\r\n");
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(peer(5).address(), "192.0.2.3");
  peer(5).says("400 bye\r\n");
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(peer(6).address(), "192.0.2.3");
}

TEST_F(DialerTest, SilentAddressesShareTheTime) {
  addresses = {"192.0.2.1", "192.0.2.2"};
  greeting.clear();
  config.connection_timeout = 200s;
  start();
  pass(99s);
  EXPECT_EQ(peers(), 1U);
  pass(1s);
  ASSERT_EQ(peers(), 2U);
  EXPECT_FALSE(peer(1).open());
  pass(99s);
  EXPECT_TRUE(peer(2).open());
  pass(1s);
  EXPECT_FALSE(peer(2).open());
  EXPECT_EQ(said("no usable answer in time"), 1);
}

TEST_F(DialerTest, AFastFailureLeavesItsTimeToTheOthers) {
  addresses = {"192.0.2.1", "192.0.2.2"};
  dead_addresses = {"192.0.2.1"};
  greeting.clear();
  start();
  pass(199s);
  EXPECT_TRUE(peer(2).open());
  pass(1s);
  EXPECT_FALSE(peer(2).open());
}

TEST_F(DialerTest, ALookUpThatTakesTooLongIsGivenUp) {
  hold("resolve");
  start();
  pass(config.connection_timeout);
  EXPECT_EQ(said("took too long"), 1);
  EXPECT_EQ(status().connect_failures, 1U);
  let_go("resolve");
  EXPECT_EQ(peers(), 0U) << "the late answer means nothing";
}

TEST_F(DialerTest, AnUnknownNameIsSaidOnce) {
  resolve_error = -2;
  start();
  EXPECT_EQ(said("does not resolve: unknown name"), 1);
  pass(1100s);
  EXPECT_EQ(status().connect_failures, 2U);
  EXPECT_EQ(said("does not resolve"), 1);
  pass(2 * config.stats_log_interval);
  EXPECT_EQ(said("does not resolve"), 3) << "and again in a long while";
}

TEST_F(DialerTest, ANameWithoutAddresses) {
  addresses.clear();
  start();
  EXPECT_EQ(said("has no address"), 1);
}

TEST_F(DialerTest, GreetingsAndSetUp) {
  struct Case {
    const char* greeting;
    const char* set_up;
    const char* said;  // empty: the address failed
  };
  const Case cases[] = {
      {"200 hello\r\n", "500\r\n203\r\n", "CHECK <1@x>"},
      {"201 no posting\r\n", "500\r\n203\r\n", "CHECK <1@x>"},
      {"200 hello\r\n", "101 list\r\nVERSION 2\r\n.\r\n203\r\n", "CHECK <1@x>"},
      {"200 hello\r\n", "500\r\n500\r\n", "IHAVE <1@x>"},
      {"200 hello\r\n", "500\r\n480 who are you\r\n", ""},
      {"400 too busy\r\n", "", ""},
      {"502 go away\r\n", "", ""},
      {"hello\r\n", "", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.greeting) + c.set_up);
    Scene s;
    s.file("F", lines(1, 1));
    s.greeting = c.greeting;
    s.set_up_answer = c.set_up;
    s.start();
    EXPECT_EQ(s.peer(1).said(), c.said);
    EXPECT_EQ(s.peer(1).open(), *c.said != 0);
    EXPECT_EQ(s.said("cannot connect to the peer peer.example"), *c.said != 0 ? 0 : 1);
  }
}

TEST_F(DialerTest, WithoutStreamingItIsNotAskedFor) {
  config.streaming = false;
  set_up_answer = "500\r\n";
  start();
  EXPECT_EQ(peer(1).said(), "IHAVE <1@x>");
  EXPECT_EQ(asked({"send C1 \"CAP"}), Lines{"send C1 \"CAPABILITIES\\r\\n\""});
}

TEST_F(DialerTest, WhileTheStoreRestsNobodyIsCalled) {
  file("F", lines(1, 30));
  for (unsigned number = 1; number <= 30; ++number) {
    store[readable(token(number))] = FetchOutcome::trouble;
  }
  answers = {{"CHECK", "238"}};
  config.queue_per_conn_max = 15;
  config.connections_max = 5;
  start();
  ASSERT_TRUE(status().store_in_trouble);
  asked({});
  ask("next conn");
  EXPECT_EQ(asked({"resolve"}), Lines{});
}

}  // namespace
}  // namespace innduct::engine
