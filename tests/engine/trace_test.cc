// trace_test.cc: proves that a trace tells each thing that is said or happens, once, in order and
// in the documented form; that each client gets what it asked for, and nothing when it no longer
// asks; and that a client that does not read is told what it missed, and costs a bounded piece of
// memory.
#include "engine/trace.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "scene.h"

namespace innduct::engine {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct TraceTest : testing::Test, Scene {
  void with(const std::string& text) {
    file("F", text);
    start();
    asked({});
  }
  // The pieces that this client was sent since asked() was last called.
  std::string sent_to(unsigned client) {
    const std::string start = "trace for " + std::to_string(client) + " \"";
    std::string all;
    for (const std::string& piece : asked({"trace for"})) {
      if (piece.starts_with(start)) {
        all += piece.substr(start.size(), piece.size() - start.size() - 1);
      }
    }
    return all;
  }
  // Its lines, without their time, but for those that tell what the log says.
  Lines traced(unsigned client = 1) {
    constexpr std::string_view time = "1997-05-19T01:00:00.000Z ";
    const std::string all = sent_to(client);
    Lines told;
    for (std::size_t at = 0, end; at < all.size(); at = end + 1) {
      end = all.find('\n', at);
      std::string line = all.substr(at, end - at);
      if (!line.starts_with("...")) {
        EXPECT_TRUE(line.starts_with("1997-05-19T") && line[24] == ' ') << line;
        line.erase(0, time.size());
      }
      told.push_back(line);
    }
    return told;
  }
};

TEST_F(TraceTest, TheDialogueIsToldLineByLine) {
  with("");
  EXPECT_EQ(ask("trace peer"), "what is said on the connections is traced\n") << "and no prompt";
  append("F", lines(1, 2));
  run();
  EXPECT_EQ(traced(),
            (Lines{"new/192.0.2.1 * connecting", "new/192.0.2.1 < 200 hello",
                   "new/192.0.2.1 > CAPABILITIES", "new/192.0.2.1 > MODE STREAM",
                   "new/192.0.2.1 < 500", "new/192.0.2.1 < 203",
                   "- * log: connected to 192.0.2.1, streaming", "1/192.0.2.1 * ready, was new",
                   "1/192.0.2.1 > CHECK <1@x>", "1/192.0.2.1 > CHECK <2@x>"}));
  peer(1).says("238 <1@x>\r\n438 <2@x> have it\r\n");
  peer(1).says("239 <1@x>\r\n");
  EXPECT_EQ(traced(), (Lines{"1/192.0.2.1 < 238 <1@x>", "1/192.0.2.1 < 438 <2@x> have it",
                             "1/192.0.2.1 > TAKETHIS <1@x>", "1/192.0.2.1 > article, 1000 bytes",
                             "1/192.0.2.1 < 239 <1@x>"}));
  peer(1).says("400 going\r\n");
  EXPECT_EQ(
      traced(),
      (Lines{"1/192.0.2.1 < 400 going",
             "- * log: the peer is closing, 192.0.2.1: 400 going; 0 articles are offered again",
             "1/192.0.2.1 * closed, 0 outstanding"}));
}

TEST_F(TraceTest, EachLineHasTheTimeOfItsTurn) {
  with(line(1));
  ask("trace peer");
  pass(1234ms);
  peer(1).says("438 <1@x>\r\n");
  EXPECT_EQ(sent_to(1), "1997-05-19T00:00:01.234Z 1/192.0.2.1 < 438 <1@x>\n");
}

TEST_F(TraceTest, WithIhaveTheTextHasItsOwnLine) {
  set_up_answer = "500\r\n500\r\n";
  with(line(1));
  ask("trace <1@x>");
  traced();
  peer(1).says("335 go on\r\n");
  peer(1).says("235 thanks\r\n");
  EXPECT_EQ(traced(), (Lines{"1/192.0.2.1 < 335 go on", "1/192.0.2.1 > article, 1000 bytes",
                             "1/192.0.2.1 < 235 thanks",
                             "- * accepted: its line is to be blanked in F, byte 0",
                             "- * blanked in F, byte 0"}));
}

TEST_F(TraceTest, AnArticleIsFollowedThroughDeferralToItsBlank) {
  with("");
  EXPECT_EQ(ask("trace <2@x>"), "what becomes of <2@x> is traced; it is not in memory now\n");
  append("F", lines(1, 3));
  run();
  peer(1).says("238 <1@x>\r\n431 <2@x> not \x1b now\r\n438 <3@x>\r\n");
  const std::string read = ": " + record(2);
  EXPECT_EQ(
      traced(),
      (Lines{"- * read from F, byte 45" + read, "- * log: connected to 192.0.2.1, streaming",
             "1/192.0.2.1 > CHECK <2@x>", "1/192.0.2.1 < 431 <2@x> not \\x1b now",
             "- * recorded in F_defer", "- * deferred: its line is to be blanked in F, byte 45",
             "- * blanked in F, byte 45"}));
  answers = {{"CHECK", "238"}, {"TAKETHIS", "239"}};
  pass(1h);
  Lines told = traced();
  std::erase_if(told, [](const std::string& each) {
    return each.starts_with("- * log: statistics") || each.find(" * ") == each.npos;
  });
  EXPECT_NE(std::ranges::find_if(told,
                                 [&](const std::string& each) {
                                   return each.starts_with("- * read from F_backlog.") &&
                                          each.ends_with(read);
                                 }),
            told.end());
  EXPECT_TRUE(std::ranges::any_of(
      told, [](const std::string& each) { return each.starts_with("- * blanked in F_backlog."); }));
}

TEST_F(TraceTest, AnArticleInMemoryIsFoundThere) {
  with(lines(1, 2));
  EXPECT_EQ(ask("trace <2@x>"), "what becomes of <2@x> is traced\n");
  EXPECT_EQ(traced(), (Lines{"- * in memory: checking"}));
}

TEST_F(TraceTest, TheSpoolIsHeard) {
  with(lines(1, 2));
  ask("trace <1@x>");
  traced();
  hold("fetch");
  peer(1).says("238 <1@x>\r\n238 <2@x>\r\n");
  EXPECT_EQ(traced(), (Lines{"1/192.0.2.1 < 238 <1@x>", "1/192.0.2.1 * asked for from the spool"}));
  let_go("fetch");
  EXPECT_EQ(traced(), (Lines{"1/192.0.2.1 * the spool gave it, 1000 bytes",
                             "1/192.0.2.1 > TAKETHIS <1@x>", "1/192.0.2.1 > article, 1000 bytes"}));
}

TEST_F(TraceTest, TroubleWithTheSpoolIsExplained) {
  const std::vector<std::pair<FetchOutcome, std::string>> cases{
      {FetchOutcome::absent, "- * not found in the spool: tried again when that is opened anew"},
      {FetchOutcome::other, "- * missing: another article has taken its place"},
      {FetchOutcome::damaged, "- * not fit to be sent, to be quarantined: the store says so"},
      {FetchOutcome::unknown,
       "- * not known to the spool (the store says so): tried again when that is opened anew"},
      {FetchOutcome::trouble,
       "- * the spool cannot give it out: the store says so; again in the next period"}};
  for (const auto& [outcome, text] : cases) {
    Scene s;
    s.store["@1@"] = outcome;
    s.hold("reopen store");
    s.file("F", line(1));
    s.start();
    s.ask("trace <1@x>");
    s.asked({});
    s.peer(1).says("238 <1@x>\r\n");
    const Lines told = s.asked({"trace for"});
    EXPECT_TRUE(std::ranges::any_of(told, [&](const std::string& piece) {
      return piece.find(text + "\n") != piece.npos;
    })) << text;
  }
}

TEST_F(TraceTest, ALostConnectionGivesItBackToTheQueue) {
  with(lines(1, 2));
  ask("trace <2@x>");
  traced();
  peer(1).hangs_up(ECONNRESET);
  EXPECT_EQ(
      traced(),
      (Lines{"- * log: connection to 192.0.2.1 lost: Connection reset by peer; 2 articles are "
             "offered again",
             "1/192.0.2.1 * taken back from the connection, without an answer",
             "- * queued again, before others"}));
}

TEST_F(TraceTest, ASuspectIsSaidToBeOne) {
  with(lines(1, 2));
  ask("trace <1@x>");
  traced();
  peer(1).hangs_up(ECONNRESET);
  EXPECT_EQ(traced().back(),
            "1/192.0.2.1 * no answer, Connection reset by peer: suspect, waits to be tried alone");
}

TEST_F(TraceTest, AFileThatWasEmptiedTakesItOutOfMemory) {
  config.connections_max = 0;
  with(lines(1, 2));
  ask("trace <2@x>");
  traced();
  cut("F", 0);
  period();
  const Lines told = traced();
  EXPECT_NE(std::ranges::find(told, "- * out of memory; its line stays in F, byte 45"), told.end());
}

TEST_F(TraceTest, WhatTheLogSaysIsToldToAll) {
  dead_addresses = {"192.0.2.1"};
  with("");
  ask("trace <1@x>");
  append("F", line(1));
  run();
  const Lines told = traced();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_TRUE(told[1].starts_with("- * log: cannot connect to the peer peer.example: ")) << told[1];
  ask("trace peer");
  pass(config.reconnect_interval + config.period);
  EXPECT_EQ(traced(), (Lines{"new/192.0.2.1 * connecting",
                             "new/192.0.2.1 * no connection: Connection refused"}));
}

TEST_F(TraceTest, EachClientIsToldWhatItAskedFor) {
  with(lines(1, 2));
  event(Asked{ClientId{1}, "trace <1@x>"});
  event(Asked{ClientId{2}, "trace <2@x>"});
  event(Asked{ClientId{3}, "show"});
  asked({});
  peer(1).says("238 <1@x>\r\n431 <2@x> later\r\n");
  const Lines pieces = asked({"trace for"});
  const auto told = [&](const std::string& client, const std::string& words) {
    return std::ranges::any_of(pieces, [&](const std::string& piece) {
      return piece.starts_with("trace for " + client) && piece.find(words) != piece.npos;
    });
  };
  EXPECT_TRUE(told("1", "< 238 <1@x>") && told("2", "< 431 <2@x> later"));
  EXPECT_FALSE(told("1", "<2@x>") || told("2", "<1@x>") || told("3", ""));
  event(Asked{ClientId{1}, "trace <2@x>"});
  asked({});
  peer(1).says("239 <1@x>\r\n");
  EXPECT_EQ(sent_to(1), "") << "one thing at a time";
}

TEST_F(TraceTest, OffEndsItAndThePromptIsBack) {
  with(lines(1, 2));
  EXPECT_EQ(ask("trace off"), "nothing was traced\nsite|");
  ask("trace peer");
  EXPECT_EQ(ask("next conn"), "the next connection need not wait\n") << "no prompt meanwhile";
  EXPECT_EQ(ask("trace off"), "no more is traced\nsite|");
  traced();
  peer(1).says("238 <1@x>\r\n");
  EXPECT_EQ(sent_to(1), "");
  ask("batch");
  EXPECT_EQ(ask("trace peer"), "what is said on the connections is traced\nok\n");
  EXPECT_EQ(ask("trace off"), "no more is traced\nok\n");
}

TEST_F(TraceTest, WhoHasLeftIsToldNothing) {
  with(lines(1, 2));
  ask("trace peer");
  hold("trace for 1");
  peer(1).says("238 <1@x>\r\n");
  event(Left{ClientId{1}});
  asked({});
  peer(1).says("238 <2@x>\r\n");
  let_go("trace for 1");
  peer(1).says("239 <1@x>\r\n");
  EXPECT_EQ(sent_to(1), "");
}

TEST_F(TraceTest, AClientHasOnePieceToReadAtATime) {
  with(lines(1, 3));
  ask("trace peer");
  hold("trace for 1");
  peer(1).says("438 <1@x>\r\n");
  asked({});
  peer(1).says("438 <2@x>\r\n");
  peer(1).says("438 <3@x>\r\n");
  EXPECT_EQ(traced(), Lines()) << "it has not taken in the first one";
  let_go("trace for 1");
  EXPECT_EQ(traced(), (Lines{"1/192.0.2.1 < 438 <2@x>", "1/192.0.2.1 < 438 <3@x>"}));
}

TEST_F(TraceTest, WhoDoesNotReadIsToldHowMuchItMissed) {
  config.flush_size_bytes = 1'000'000'000;
  answers = {{"CHECK", "438"}};
  with(line(1));
  ask("trace peer");
  hold("trace for 1");
  append("F", line(2));
  run();  // its offer is the piece that is not read; its answer comes behind it
  asked({});
  constexpr unsigned articles = 5'000;
  append("F", lines(3, articles + 2));
  run();
  EXPECT_EQ(status().counters.unwanted, articles + 2) << "nobody waits for it";
  EXPECT_EQ(sent_to(1), "");
  let_go("trace for 1");
  const std::string missed = sent_to(1);
  EXPECT_GT(missed.size(), Trace::kept_bytes_max);
  EXPECT_LT(missed.size(), Trace::kept_bytes_max + 4096);
  const auto kept = static_cast<std::size_t>(std::ranges::count(missed, '\n')) - 1;
  const std::string last = "... " + std::to_string(2 * articles + 1 - kept) + " lines left out\n";
  EXPECT_TRUE(missed.ends_with("\n" + last)) << missed.substr(missed.size() - 100);
  asked({});
  append("F", line(articles + 3));
  run();
  EXPECT_EQ(traced().front(), "1/192.0.2.1 > CHECK <5003@x>") << "it goes on";
}

TEST_F(TraceTest, WhatOffLeavesUnreadIsCounted) {
  with(lines(1, 2));
  ask("trace peer");
  hold("trace for 1");
  peer(1).says("238 <1@x>\r\n");
  peer(1).says("238 <2@x>\r\n");
  EXPECT_EQ(ask("trace off"), "no more is traced; 5 lines left out\nsite|");
  ask("trace peer");
  asked({});
  peer(1).says("239 <1@x>\r\n");
  EXPECT_EQ(sent_to(1), "") << "a new trace does not begin another piece before the first is read";
  let_go("trace for 1");
  EXPECT_EQ(traced(), (Lines{"1/192.0.2.1 < 239 <1@x>"}));
}

TEST_F(TraceTest, ALongLineIsCut) {
  with(line(1));
  ask("trace peer");
  peer(1).says("438 <1@x> " + std::string(490, '\\') + "\r\n");
  EXPECT_EQ(traced(), (Lines{"1/192.0.2.1 < 438 <1@x> " + std::string(980, '\\')}))
      << "a reply is never so long";
  append("F", "news/" + std::string(600, 'x') + "/7 <7@x>\n");
  ask("trace <7@x>");
  run();
  EXPECT_EQ(traced().at(0),
            "- * read from F, byte 45: news/" + std::string(485, 'x') + "... (+123 bytes)");
}

}  // namespace
}  // namespace innduct::engine
