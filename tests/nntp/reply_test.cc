// reply_test.cc: proves how bytes become replies: by a table, at every split into two pieces, byte
// by byte, and that the memory for a line that never ends is bounded.
#include "nntp/reply.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace innduct::nntp {
namespace {

using namespace std::string_literals;

struct Read {
  int code;
  std::string line;
  bool too_long = false;

  bool operator==(const Read&) const = default;
};

void PrintTo(const Read& read, std::ostream* out) {
  *out << read.code << (read.too_long ? " too long" : "") << " '" << read.line << "'";
}

// Everything that `bytes` add to what the reader has seen.
void read_on(ReplyReader& reader, std::string_view bytes, std::vector<Read>& replies) {
  const std::string copy(bytes);  // so that a view that outlives its bytes is found
  std::string_view rest = copy;
  while (const auto reply = reader.next(rest)) {
    replies.push_back({reply->code, std::string(reply->line), reply->too_long});
    if (reply->too_long) {
      return;
    }
  }
  EXPECT_TRUE(rest.empty()) << "what is no whole line was taken";
}

struct Case {
  std::string bytes;
  std::vector<Read> replies;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"", {}},
      {"200 ready\r\n", {{200, "200 ready"}}},
      {"200 ready\n", {{200, "200 ready"}}},
      {"200 ready", {}},
      {"200\r\n", {{200, "200"}}},
      {"200 \r\n", {{200, "200 "}}},
      {"999 x\r\n", {{999, "999 x"}}},
      {"000 x\r\n", {{0, "000 x"}}},
      {"\r\n", {{0, ""}}},
      {"\n\n", {{0, ""}, {0, ""}}},
      {"20\r\n", {{0, "20"}}},
      {"2000\r\n", {{0, "2000"}}},
      {"200-x\r\n", {{0, "200-x"}}},
      {"200\tx\r\n", {{0, "200\tx"}}},
      {" 200 x\r\n", {{0, " 200 x"}}},
      {"2OO x\r\n", {{0, "2OO x"}}},
      {"+20 x\r\n", {{0, "+20 x"}}},
      {"200 a\r\n201 b\n\r\n", {{200, "200 a"}, {201, "201 b"}, {0, ""}}},
      {"200 a\r\n201 b", {{200, "200 a"}}},
      {"200 a\rb\r\r\n", {{200, "200 a\rb\r"}}},
      {"200 \0\x80\xff\r\n"s, {{200, "200 \0\x80\xff"s}}},
      {"2\0000\r\n"s, {{0, "2\0000"s}}},
      {"200 " + std::string(506, 'x') + "\r\n", {{200, "200 " + std::string(506, 'x')}}},
      {"200 " + std::string(507, 'x') + "\n", {{200, "200 " + std::string(507, 'x')}}},
      {"200 " + std::string(507, 'x') + "\r\n", {{0, "200 " + std::string(507, 'x') + "\r", true}}},
      {std::string(512, '2'), {{0, std::string(512, '2'), true}}},
      {std::string(511, '2'), {}},
      {"200 a\r\n" + std::string(5000, '2'), {{200, "200 a"}, {0, std::string(512, '2'), true}}},
  };
  return all;
}

TEST(ReplyTest, ReadsReplies) {
  for (const Case& each : cases()) {
    ReplyReader reader;
    std::vector<Read> replies;
    read_on(reader, each.bytes, replies);
    EXPECT_EQ(replies, each.replies);
  }
}

TEST(ReplyTest, TheSameAtEverySplit) {
  for (const Case& each : cases()) {
    for (std::size_t split = 0; split <= each.bytes.size(); ++split) {
      ReplyReader reader;
      std::vector<Read> replies;
      read_on(reader, each.bytes.substr(0, split), replies);
      if (replies.empty() || !replies.back().too_long) {
        read_on(reader, each.bytes.substr(split), replies);
      }
      EXPECT_EQ(replies, each.replies) << "split at " << split;
    }
  }
}

TEST(ReplyTest, TheSameByteByByte) {
  for (const Case& each : cases()) {
    ReplyReader reader;
    std::vector<Read> replies;
    for (const char byte : each.bytes) {
      read_on(reader, std::string_view(&byte, 1), replies);
      if (!replies.empty() && replies.back().too_long) {
        break;
      }
    }
    EXPECT_EQ(replies, each.replies);
  }
}

TEST(ReplyTest, ALineWithoutEndIsGivenUpAtTheLimit) {
  const std::string megabyte(1 << 20, '2');
  std::string_view rest = megabyte;
  ReplyReader reader;
  const auto reply = reader.next(rest);
  ASSERT_TRUE(reply.has_value());
  EXPECT_TRUE(reply->too_long);
  EXPECT_EQ(reply->line.size(), reply_size_max);
  EXPECT_EQ(rest.size(), megabyte.size() - reply_size_max) << "no more was taken than is kept";
}

TEST(ReplyTest, FindsTheIdThatAReplyNames) {
  const std::vector<std::pair<std::string, std::string>> lines{
      {"238 <a@b>", "<a@b>"},
      {"238 <a@b> send it", "<a@b>"},
      {"238 <a@b>\tx", "<a@b>"},
      {"238 <a", "<a"},
      {"238 <", "<"},
      {"238", ""},
      {"238 ", ""},
      {"238  <a@b>", ""},
      {"238 send <a@b>", ""},
      {"238 <a\0@b>"s, "<a\0@b>"s},
  };
  for (const auto& [line, id] : lines) {
    EXPECT_EQ(named_id(line), id) << line;
  }
}

}  // namespace
}  // namespace innduct::nntp
