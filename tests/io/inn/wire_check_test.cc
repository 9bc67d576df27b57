// wire_check_test.cc: proves that only whole, well-formed articles pass, that the Message-ID is
// found as a peer would find it, and that no byte escapes the fast path of the scan.
#include "io/inn/wire_check.h"

#include <gtest/gtest.h>

#include <string>

#include "articles.h"

namespace innduct::io {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

struct IdCase {
  const char* name;
  std::string head;  // without the empty line
  std::string wanted;
  std::string found;
};

TEST(WireCheck, FindsTheMessageId) {
  const IdCase cases[] = {
      {"plain", "Path: x\r\nMessage-ID: <a@b>\r\n", "", "<a@b>"},
      {"first line", "Message-ID: <a@b>\r\nPath: x\r\n", "", "<a@b>"},
      {"any case", "mEsSaGe-iD: <a@b>\r\n", "", "<a@b>"},
      {"no blank", "Message-ID:<a@b>\r\n", "", "<a@b>"},
      {"many blanks", "Message-ID: \t <a@b> \t\r\n", "", "<a@b>"},
      {"folded", "Message-ID:\r\n <a@b>\r\nX: y\r\n", "", "<a@b>"},
      {"folded twice", "Message-ID:\r\n \r\n\t<a@b>\r\n \r\nX: y\r\n", "", "<a@b>"},
      {"in a folded line of another", "Subject: x\r\n Message-ID: <x@y>\r\nMessage-ID: <a@b>\r\n",
       "", "<a@b>"},
      {"a name that only begins so", "Message-ID-Old: <x@y>\r\nMessage-ID: <a@b>\r\n", "", "<a@b>"},
      {"a name that only ends so", "X-Message-ID: <x@y>\r\nMessage-ID: <a@b>\r\n", "", "<a@b>"},
      {"behind a bare LF", "Subject: x\nMessage-ID: <x@y>\r\nMessage-ID: <a@b>\r\n", "", "<a@b>"},
      {"the first of two", "Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n", "", "<a@b>"},
      {"the wanted of two", "Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n", "<c@d>", "<c@d>"},
      {"the first of two unwanted", "Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n", "<e@f>", "<a@b>"},
      {"none", "Path: x\r\n", "<a@b>", ""},
      {"empty", "Message-ID:\r\n", "<a@b>", ""},
      {"invalid", "Message-ID: a@b\r\n", "<a@b>", ""},
      {"two in one", "Message-ID: <a@b> <c@d>\r\n", "<a@b>", ""},
      {"invalid, then valid", "Message-ID: nonsense\r\nMessage-ID: <a@b>\r\n", "", "<a@b>"},
  };
  for (const IdCase& a_case : cases) {
    const std::string article = a_case.head + "\r\nMessage-ID: <body@body>\r\n.\r\n";
    const WireCheck check = check_wire(article, a_case.wanted);
    EXPECT_EQ(check.message_id, a_case.found) << a_case.name;
    EXPECT_EQ(check.damage, "") << a_case.name;
  }
}

TEST(WireCheck, LooksForTheMessageIdInTheHeadOnly) {
  EXPECT_EQ(check_wire("\r\nMessage-ID: <a@b>\r\n.\r\n", "").message_id, "");
  EXPECT_EQ(check_wire("", "").message_id, "");
  EXPECT_EQ(check_wire("Message-ID: <a@b>", "").message_id, "<a@b>");
}

struct FormCase {
  const char* name;
  std::string bytes;
  bool fit;
};

TEST(WireCheck, JudgesTheForm) {
  const FormCase cases[] = {
      {"head and body", "H: v\r\n\r\nbody\r\n.\r\n", true},
      {"empty body", "H: v\r\n\r\n.\r\n", true},
      {"head alone", "H: v\r\n.\r\n", true},
      {"doubled dot", "H: v\r\n\r\n..\r\n..x\r\n.\r\n", true},
      {"dots within lines", "H: v\r\n\r\na.b.\r\n.\r\n", true},
      {"bare CR and LF", "H: v\r\n\r\na\rb\nc\n\r\n.\r\n", true},
      {"dot behind a bare LF", "H: v\r\n\r\na\n.b\r\n.\r\n", true},
      {"dot behind LF CR", "H: v\r\n\r\na\n\r.b\r\n.\r\n", true},
      {"nothing", "", false},
      {"the end mark's last part", ".\r\n", false},
      {"nothing but an end mark", "\r\n.\r\n", true},
      {"no end", "H: v\r\n\r\nbody\r\n", false},
      {"half an end", "H: v\r\n\r\nbody\r\n.\r", false},
      {"LF for CRLF at the end", "H: v\r\n\r\nbody\n.\r\n", false},
      {"a line of its own lacks", "H: v\r\n\r\nbody.\r\n", false},
      {"bytes behind the end", "H: v\r\n\r\nbody\r\n.\r\nx", false},
      {"an end before the end", "H: v\r\n\r\nbody\r\n.\r\nQUIT\r\n.\r\n", false},
      {"two ends", "H: v\r\n\r\nbody\r\n.\r\n.\r\n", false},
      {"an end at the start", ".\r\nH: v\r\n\r\n.\r\n", false},
      {"single dot at the start", ".H: v\r\n\r\n.\r\n", false},
      {"doubled dot at the start", "..H: v\r\n\r\n.\r\n", true},
      {"single dot before text", "H: v\r\n\r\n.signature\r\n.\r\n", false},
      {"single dot before a bare CR", "H: v\r\n\r\n.\rx\r\n.\r\n", false},
      {"single dot before a bare LF", "H: v\r\n\r\n.\nx\r\n.\r\n", false},
      {"NUL", "H: v\r\n\r\na\0b\r\n.\r\n"s, false},
      {"NUL at the start", "\0H: v\r\n\r\n.\r\n"s, false},
  };
  for (const FormCase& a_case : cases) {
    EXPECT_EQ(check_wire(a_case.bytes, "").damage.empty(), a_case.fit) << a_case.name;
  }
}

// The scan takes long strides; a fault must be seen wherever it lies within one.
TEST(WireCheck, SeesAFaultAtEveryPlace) {
  const std::string good = test::article(1, "<a@b>", test::body_of(1200));
  ASSERT_EQ(check_wire(good, "<a@b>").damage, "");
  for (std::size_t i = 0; i + 5 < good.size(); ++i) {
    std::string with_nul = good;
    with_nul[i] = '\0';
    EXPECT_NE(check_wire(with_nul, "").damage, "") << "NUL at " << i;

    for (const std::string_view line : {"\r\n.x", "\r\n.\r\n"}) {
      std::string with_dot = good;
      with_dot.insert(i, line);
      EXPECT_NE(check_wire(with_dot, "").damage, "") << "dot at " << i;
    }
    std::string with_doubled_dot = good;
    with_doubled_dot.insert(i, "\r\n..x");
    EXPECT_EQ(check_wire(with_doubled_dot, "").damage, "") << "doubled dot at " << i;
  }
}

// The damage of the article when it is looked at in pieces of `size` bytes.
std::string damage_in_pieces(std::string_view article, std::size_t size) {
  for (std::size_t begin = 0; begin < article.size(); begin += size) {
    const std::size_t repeated = begin == 0 ? 0 : piece_overlap;
    const bool ends = begin + size >= article.size();
    const Piece piece =
        begin == 0 ? (ends ? Piece::whole : Piece::first) : (ends ? Piece::last : Piece::middle);
    const std::string_view text = article.substr(begin - repeated, size + repeated);
    if (const std::string_view damage = damage_of(text, piece); !damage.empty()) {
      return std::string(damage);
    }
  }
  return {};
}

TEST(WireCheck, SeesInPiecesWhatItSeesInTheWhole) {
  const std::string good = "H: v\r\n\r\n" + test::body_of(300) + "..\r\n.\r\n";
  const auto same = [](const std::string& article) {
    const bool fit = check_wire(article, "").damage.empty();
    for (const std::size_t size : {5U, 6U, 7U, 64U, 65U, 128U, 200U}) {
      EXPECT_EQ(damage_in_pieces(article, size).empty(), fit) << size << ": " << article;
    }
  };
  same(good);
  for (std::size_t i = 0; i <= good.size(); ++i) {
    for (const std::string_view more : {"\0"sv, "\r\n.x"sv, "\r\n.\r\n"sv, "\r\n..x"sv}) {
      std::string article = good;
      same(article.insert(i, more));
    }
    same(good.substr(0, i + 1));
  }
}

TEST(WireCheck, SeesEveryCutThatLosesTheEnd) {
  const std::string good = test::article(1, "<a@b>", test::body_of(600) + "..\r\n");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(check_wire(std::string_view(good).substr(0, size), "").damage, "") << size;
  }
}

TEST(WireCheck, TakesAnArticleOfNearlyAMegabyte) {
  const std::string good = test::article(1, "<a@b>", test::body_of(900'000));
  EXPECT_EQ(check_wire(good, "<a@b>").damage, "");
  EXPECT_EQ(check_wire(good, "<a@b>").message_id, "<a@b>");
}

}  // namespace
}  // namespace innduct::io
