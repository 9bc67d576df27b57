// inbound_test.cc: the benchmarks' receiver takes what is right, in whatever pieces it comes, and
// says what is wrong.
#include "bench/inbound.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace innduct::bench {
namespace {

std::string article(std::string_view id, std::string_view body) {
  return "Path: a!b\r\nMessage-ID: " + std::string(id) + "\r\n\r\n" + std::string(body) + ".\r\n";
}

std::string take_this(std::string_view id, std::string_view body) {
  return "TAKETHIS " + std::string(id) + "\r\n" + article(id, body);
}

struct Heard {
  std::string answers;
  std::string report;
  std::size_t distinct = 0;
  std::uint64_t faults = 0;
  bool between_commands = false;
  bool ended = false;
};

// Tells it `text` in pieces of `size` bytes.
Heard hear(std::string_view text, std::size_t size = 1 << 20) {
  Tally tally;
  Inbound inbound(tally);
  Heard heard;
  for (; !text.empty() && !inbound.ended(); text.remove_prefix(std::min(size, text.size()))) {
    const std::string_view piece = text.substr(0, size);
    const auto room = inbound.room();
    EXPECT_GE(room.size(), piece.size());
    std::ranges::copy(piece, room.begin());
    inbound.filled(piece.size(), 7, heard.answers);
  }
  heard.report = tally.report();
  heard.distinct = tally.distinct();
  heard.faults = tally.faults();
  heard.between_commands = inbound.between_commands();
  heard.ended = inbound.ended();
  return heard;
}

TEST(Inbound, AnswersEachVerb) {
  const Heard heard =
      hear("MODE STREAM\r\nCAPABILITIES\r\nCHECK <1@x>\r\n" + take_this("<1@x>", "text\r\n") +
           "IHAVE <2@x>\r\n" + article("<2@x>", "") + "QUIT\r\n");
  EXPECT_EQ(heard.answers,
            "203 streaming\r\n500 what?\r\n238 <1@x>\r\n239 <1@x>\r\n335 send it\r\n235 <2@x>\r\n"
            "205 bye\r\n");
  EXPECT_EQ(heard.distinct, 2u);
  EXPECT_EQ(heard.faults, 0u);
  EXPECT_TRUE(heard.ended);
}

TEST(Inbound, PiecesOfAnySizeAreTheSame) {
  std::string body;
  for (int i = 0; i < 40; ++i) {
    body += "..a dot. another.\r\na bare\n..is stuffed, too\r\n";
  }
  const std::string text = take_this("<1@x>", body) + "CHECK <2@x>\r\n" +
                           take_this("<2@x>", "..\r\n") +
                           take_this("<3@x>", std::string(5000, 'x') + "\r\n...\r\n");
  const Heard whole = hear(text);
  EXPECT_EQ(whole.distinct, 3u);
  EXPECT_EQ(whole.faults, 0u) << whole.report;
  for (const std::size_t size : {1u, 2u, 3u, 7u, 255u, 256u, 257u, 1000u}) {
    const Heard pieces = hear(text, size);
    EXPECT_EQ(pieces.answers, whole.answers) << size;
    EXPECT_EQ(pieces.report, whole.report) << size;
    EXPECT_TRUE(pieces.between_commands) << size;
  }
}

TEST(Inbound, ArticlesLargerThanTheBufferedPartAreTaken) {
  std::string body;
  while (body.size() < 3'000'000) {
    body += "a line. and another\r\n..\r\n";
  }
  std::string text;
  for (int i = 0; i < 5; ++i) {
    text += take_this("<" + std::to_string(i) + "@x>", body);
  }
  const Heard heard = hear(text, 200'000);
  EXPECT_EQ(heard.distinct, 5u);
  EXPECT_EQ(heard.faults, 0u) << heard.report;
}

TEST(Inbound, SaysWhatIsWrong) {
  EXPECT_EQ(hear(take_this("<1@x>", "a\r\n.b\r\n")).faults, 1u);
  EXPECT_EQ(hear("TAKETHIS <1@x>\r\n" + article("<2@x>", "a\r\n")).faults, 1u);
  EXPECT_EQ(hear("TAKETHIS <1@x>\r\nPath: a\r\n\r\nMessage-ID: <1@x>\r\n.\r\n").faults, 1u);
  EXPECT_EQ(hear(take_this("<none@x>", "a\r\n")).faults, 1u);
  EXPECT_EQ(hear(std::string(600, 'C')).faults, 1u);
  EXPECT_TRUE(hear(std::string(600, 'C')).ended);
  EXPECT_EQ(hear("TAKETHIS <1@x>\r\n" + std::string(9'000'000, 'x'), 100'000).faults, 1u);
}

TEST(Inbound, AnUnfinishedArticleIsNoneAndNotTheEnd) {
  const std::string text = take_this("<1@x>", "a\r\n");
  const Heard heard = hear(text.substr(0, text.size() - 1));
  EXPECT_EQ(heard.distinct, 0u);
  EXPECT_FALSE(heard.between_commands);
  EXPECT_FALSE(hear("CHECK <1@x>").between_commands);
}

TEST(Inbound, CountsWhatComesTwiceOnce) {
  const Heard heard = hear(take_this("<5@x>", "a\r\n") + take_this("<5@x>", "a\r\n"));
  EXPECT_EQ(heard.distinct, 1u);
  EXPECT_EQ(heard.report.substr(0, 21), "articles=2 distinct=1");
}

TEST(Tally, KnowsHowManyHadComeWhenTheLastConnectionWasOpened) {
  Tally tally;
  tally.opened(10);
  tally.arrived("<1@x>", 100, 20);
  tally.arrived("<2@x>", 100, 30);
  tally.opened(40);
  tally.arrived("<3@x>", 100, 50);
  EXPECT_NE(tally.report().find("connections=2 opened_ns=40 before=2 "), std::string::npos)
      << tally.report();
}

}  // namespace
}  // namespace innduct::bench
