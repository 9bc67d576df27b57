// line_test.cc: the grammar of queue files, line by line: what is an entry, in which bytes, what
// counts as settled, and what is bad. Torn blanks are proved by tearing the blank of records at
// every byte; joined records by joining them with what crashes leave.
#include "core/line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "samples.h"

namespace innduct::core {

void PrintTo(LineKind kind, std::ostream* out) {
  const char* const names[] = {"settled", "torn_blank", "entries", "bad"};
  *out << names[static_cast<std::size_t>(kind)];
}

namespace {

constexpr LineKind settled = LineKind::settled;
constexpr LineKind torn_blank = LineKind::torn_blank;
constexpr LineKind bad = LineKind::bad;
constexpr Dialect feed = Dialect::feed;
constexpr Dialect backlog = Dialect::backlog;

LineKind kind_of(std::string_view line, Dialect dialect) {
  std::vector<Record> records(3);  // left from an earlier line
  const LineKind kind = parse_line(line, dialect, records);
  EXPECT_EQ(records.empty(), kind != LineKind::entries);
  return kind;
}

// One entry that is expected, and where.
struct Expected {
  std::size_t offset;
  std::size_t length;
  std::string locator;
  std::string message_id;
  bool operator==(const Expected&) const = default;
};

void PrintTo(const Expected& entry, std::ostream* out) {
  *out << entry.offset << "+" << entry.length << " " << entry.locator << " " << entry.message_id;
}

std::vector<Expected> entries_of(std::string_view line, Dialect dialect) {
  std::vector<Record> records(3);
  const LineKind kind = parse_line(line, dialect, records);
  EXPECT_EQ(records.empty(), kind != LineKind::entries);
  std::vector<Expected> entries;
  for (const Record& r : records) {
    entries.push_back({r.offset, r.length, std::string(r.locator), std::string(r.message_id)});
  }
  return entries;
}

// What a line with one entry yields: the entry owns all its bytes.
std::vector<Expected> only(const std::string& line, const std::string& locator,
                           const std::string& message_id) {
  return {{0, line.size(), locator, message_id}};
}

const std::string t1 = token('1');
const std::string t2 = token('2');
const std::string r1 = record('1', "<a@b>");
const std::string r2 = record('2', "<c@d.example>");

TEST(LineTest, OneRecordInBothDialects) {
  struct Case {
    const char* what;
    std::string line;
    std::string locator;
    std::string message_id;
  };
  const std::string longest = message_id_of_size(250);
  const std::vector<Case> cases{
      {"plain", r1, t1, "<a@b>"},
      {"the longest message-id", t1 + " " + longest, t1, longest},
      {"path entry", "news/x/1 <a@b>", "news/x/1", "<a@b>"},
      {"shortest path entry", "a/ <a@b>", "a/", "<a@b>"},
      {"path of all allowed bytes", "0A.z_+-//9 <a@b>", "0A.z_+-//9", "<a@b>"},
      {"path with dots that climb nowhere", "a..b/.../..c/d.. <a@b>", "a..b/.../..c/d..", "<a@b>"},
      {"path with the longest message-id", "a/b " + longest, "a/b", longest},
      {"longest path", "a/" + std::string(1022, 'x') + " <a@b>", "a/" + std::string(1022, 'x'),
       "<a@b>"},
      {"path entry with spaces behind", "a/b <a@b>   ", "a/b", "<a@b>"},
      {"path entry with NULs behind", "a/b <a@b>" + nuls(3), "a/b", "<a@b>"},
      {"path entry with torn text behind", "a/b <a@b>c/d <e@", "a/b", "<a@b>"},
      {"path entry with fields behind", "a/b <a@b> 1234 c/d", "a/b", "<a@b>"},
      {"path entry with a carriage return", "a/b <a@b>\r", "a/b", "<a@b>"},
      {"a hidden path entry, and a record", "a/b <c@d>e/f <g@h>" + r1, t1, "<a@b>"},
      {"carriage return behind", r1 + "\r", t1, "<a@b>"},
      {"fields behind", r1 + " 1234 x/y", t1, "<a@b>"},
      {"spaces behind", r1 + spaces(60), t1, "<a@b>"},
      {"spaces before", spaces(60) + r1, t1, "<a@b>"},
      {"NULs before", nuls(4096) + r1, t1, "<a@b>"},
      {"NULs behind", r1 + nuls(100), t1, "<a@b>"},
      {"8-bit before and behind", "\xff\x80" + r1 + "\xc3\xa4", t1, "<a@b>"},
      {"another `>` behind", r1 + ">", t1, "<a@b>"},
      {"torn token before", "@0500" + r1, t1, "<a@b>"},
      {"all but the last byte of a token before", t2.substr(0, 37) + r1, t1, "<a@b>"},
      {"a token before", t2 + r1, t1, "<a@b>"},
      {"a token and a space before", t2 + " " + r1, t1, "<a@b>"},
      {"torn message-id before", t2 + " <c@" + r1, t1, "<a@b>"},
      {"torn message-id without @ before", t2 + " <cccc" + r1, t1, "<a@b>"},
      {"message-id without its last byte before", t2 + " <c@d.example" + r1, t1, "<a@b>"},
      {"tail of a record before", "22@ <c@d>" + r1, t1, "<a@b>"},
      {"torn path before", "news/x/" + r1, t1, "<a@b>"},
      {"torn path entry before", "news/x/1 <c@" + r1, t1, "<a@b>"},
      {"message-id of 251 octets before", t2 + " " + message_id_of_size(251) + r1, t1, "<a@b>"},
      {"torn record behind", r1 + r2.substr(0, 45), t1, "<a@b>"},
      {"a message-id that holds a token", t1 + " <" + t2 + "b>", t1, "<" + t2 + "b>"},
      {"text before a path's place", "@news/x <a@b>" + r1, t1, "<a@b>"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(entries_of(c.line, feed), only(c.line, c.locator, c.message_id)) << c.what;
    EXPECT_EQ(entries_of(c.line, backlog), only(c.line, c.locator, c.message_id)) << c.what;
  }
}

TEST(LineTest, SeveralRecordsHaveTheirOwnSpans) {
  struct Case {
    const char* what;
    std::string line;
    std::vector<Expected> entries;
  };
  const Expected e1{0, r1.size(), t1, "<a@b>"};
  const std::string path = "news/x/1 <p@q>";
  const auto e2 = [](std::size_t offset) {
    return Expected{offset, r2.size(), t2, "<c@d.example>"};
  };
  const std::vector<Case> cases{
      {"glued", r1 + r2, {e1, e2(r1.size())}},
      {"glued with NULs between", r1 + nuls(9) + r2, {e1, e2(r1.size() + 9)}},
      {"torn text around",
       "xx" + r1 + "@22" + r2 + "\r",
       {{2, r1.size(), t1, "<a@b>"}, e2(5 + r1.size())}},
      {"the first one settled in part: its tail is no record",
       spaces(50) + "b>" + r2 + r1,
       {e2(52), {52 + r2.size(), r1.size(), t1, "<a@b>"}}},
      {"a torn one between", r1 + t2 + " <c@" + r2, {e1, e2(r1.size() + 42)}},
      {"three", r1 + r1 + r2, {e1, {r1.size(), r1.size(), t1, "<a@b>"}, e2(2 * r1.size())}},
      {"path entry with a record glued on",
       path + r2,
       {{0, path.size(), "news/x/1", "<p@q>"}, e2(path.size())}},
      {"path entry, NULs, record",
       path + nuls(3) + r2,
       {{0, path.size(), "news/x/1", "<p@q>"}, e2(path.size() + 3)}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(entries_of(c.line, feed), c.entries) << c.what;
    EXPECT_EQ(entries_of(c.line, backlog), c.entries) << c.what;
  }
}

TEST(LineTest, WhatIsLeftWhenOneOfTwoIsSettledIsStillTheOther) {
  const std::string path = "news/x/1 <p@q>";
  for (const std::string& first : {r1, path}) {
    const std::string one = first + spaces(r2.size());
    EXPECT_EQ(entries_of(one, feed).size(), 1u) << one;
    const std::string other = spaces(first.size()) + r2;
    EXPECT_EQ(entries_of(other, feed), only(other, t2, "<c@d.example>"));
    for (std::size_t torn = 0; torn <= r2.size(); ++torn) {  // the blank of r2, torn
      const std::string line = r1 + spaces(torn) + r2.substr(torn);
      EXPECT_EQ(entries_of(line, feed).front().message_id, "<a@b>") << line;
    }
  }
}

TEST(LineTest, SettledAndBadInBothDialects) {
  struct Case {
    std::string line;
    LineKind kind;
  };
  const std::vector<Case> cases{
      {"", settled},
      {" ", settled},
      {spaces(44), settled},
      {spaces(20000), settled},
      {"\t", bad},
      {"\r", bad},
      {spaces(44) + "\r", bad},
      {nuls(1), bad},
      {nuls(1000), bad},
      {"x", bad},
      {"rubbish", bad},
      {"<a@b>", bad},
      {"@", bad},
      {t1.substr(0, 37), bad},
      {t1 + " ", bad},
      {t1 + "  <a@b>", bad},
      {t1 + "\t<a@b>", bad},
      {t1 + "<a@b>", bad},
      {t1 + " <a@b", bad},
      {t1 + " a@b", bad},
      {t1 + " <ab>", bad},
      {t1 + " <a b@c>", bad},
      {t1 + " <a@\xc3\xa4>", bad},
      {t1 + " " + message_id_of_size(251), bad},
      {token('a') + " <a@b>", bad},
      {"@" + std::string(35, '1') + "@ <a@b>", bad},
      {"@" + std::string(37, '1') + "@ <a@b>", bad},
      {r1.substr(1), bad},
      {"11111@ <a@b>", bad},
      {"/news/x/1 <a@b>", bad},
      {"./news <a@b>", bad},
      {" news/x/1 <a@b>", torn_blank},  // of xnews/x/1
      {"news/../1 <a@b>", bad},
      {"news/.. <a@b>", bad},
      {"news <a@b>", bad},
      {"news/x:1 <a@b>", bad},
      {"news/x\\1 <a@b>", bad},
      {"news/\xc3\xa4 <a@b>", bad},
      {"news/x/1 <ab>", bad},
      {"news/x/1  <a@b>", bad},
      {"news/x/1 " + message_id_of_size(251), bad},
      {"a/" + std::string(1023, 'x') + " <a@b>", bad},
      {"news/x/1 <a@b>news/x/2 <c@d>", bad},  // blanked with the first, the second were lost
      {"news/x/1 <a@b> 1234 news/x/2 <c@d>", bad},
      {"news/x/1 <a@b>" + nuls(5) + "news/x/2 <c@d>", bad},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(kind_of(c.line, feed), c.kind) << testing::PrintToString(c.line);
    const bool locator_alone = c.line == t1 + " ";
    if (!locator_alone) {
      EXPECT_EQ(kind_of(c.line, backlog), c.kind) << testing::PrintToString(c.line);
    }
  }
}

TEST(LineTest, BacklogFilesMayHoldMore) {
  struct Case {
    std::string line;
    LineKind in_feed;
    std::string locator;
    std::string message_id;
  };
  const std::vector<Case> cases{
      {t1, bad, t1, ""},
      {t1 + spaces(1), bad, t1, ""},
      {t1 + spaces(6), torn_blank, t1, ""},
      {t1 + spaces(251), torn_blank, t1, ""},
      {t1 + spaces(252), bad, t1, ""},
      {"news/x/1", bad, "news/x/1", ""},
      {"news/x/1" + spaces(1), bad, "news/x/1", ""},
      {"news/x/1" + spaces(6), torn_blank, "news/x/1", ""},
      {nuls(1000) + t1, bad, t1, ""},
      {"@0500" + nuls(9) + t1 + spaces(2), bad, t1, ""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(kind_of(c.line, feed), c.in_feed) << c.line;
    EXPECT_EQ(entries_of(c.line, backlog), only(c.line, c.locator, c.message_id)) << c.line;
  }
  for (const std::string& line :
       {t1 + " 1234", t1 + "\r", " " + t1, "x" + t1, t1 + t2, std::string("news/x/1 1234"),
        std::string(" news/x/1"), std::string("news"), std::string("news/x/1\r"),
        nuls(9) + "news/x/1", nuls(9) + " " + t1, t1 + nuls(9)}) {
    EXPECT_EQ(kind_of(line, backlog), bad) << line;
  }
}

// Blanks of entries, torn at every byte: the beginning stands, or the end does.
TEST(LineTest, EveryTornBlankIsKnown) {
  for (const std::string& whole : {r1, r2, t1 + " " + message_id_of_size(250),
                                   std::string("a/ <a@b>"), std::string("news/x/1 <c@d.example>"),
                                   "a/" + std::string(1022, 'x') + " " + message_id_of_size(250)}) {
    const std::size_t locator_size = whole.find(' ');
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
      const std::string end = spaces(cut) + whole.substr(cut);
      EXPECT_EQ(kind_of(end, feed), torn_blank) << end;
      EXPECT_EQ(kind_of(end, backlog), torn_blank) << end;

      const std::string beginning = whole.substr(0, cut) + spaces(whole.size() - cut);
      EXPECT_EQ(kind_of(beginning, feed), torn_blank) << beginning;
      // In a backlog file a token or a path alone is an entry.
      const std::string locator = whole.substr(0, std::min(cut, locator_size));
      const bool alone = cut <= locator_size + 1 && (is_token(locator) || is_path(locator));
      EXPECT_EQ(kind_of(beginning, backlog), alone ? LineKind::entries : torn_blank) << beginning;
    }
  }
}

// innfeed overwrites the first line of a backlog file with the offset up to which it has read.
TEST(LineTest, InnfeedsMarkIsABlankedLine) {
  for (const std::string mark : {"62", "3150", "18446744073"}) {
    for (const std::size_t size : {22U, 44U, 290U}) {
      const std::string line = mark + spaces(size - mark.size());
      EXPECT_EQ(kind_of(line, feed), torn_blank) << line;
      EXPECT_EQ(kind_of(line, backlog), torn_blank) << line;
    }
  }
}

TEST(LineTest, NotEveryLineWithSpacesIsATornBlank) {
  struct Case {
    const char* what;
    std::string line;
    LineKind kind;
  };
  const std::vector<Case> cases{
      {"the shortest record", "@" + spaces(43), torn_blank},
      {"too short for a record", "@" + spaces(42), bad},
      {"the longest record", "@" + spaces(288), torn_blank},
      {"too long for a record", "@" + spaces(289), bad},
      {"wrong digit", "@05x" + spaces(60), bad},
      {"`@` too early", "@05@" + spaces(60), bad},
      {"id cannot end in time", t1 + " <aaa" + spaces(2), bad},
      {"id can end in time", t1 + " <aaa" + spaces(3), torn_blank},
      {"id has its @", t1 + " <a@b" + spaces(1), torn_blank},
      {"id has no @ and no room", t1 + " <aab" + spaces(1), bad},
      {"id would be too long", t1 + " <a" + spaces(249), bad},
      {"id may be that long", t1 + " <a" + spaces(248), torn_blank},
      {"spaces on both sides", " @0500" + spaces(60), bad},
      {"something in the middle", "@0500" + spaces(50) + "b>", bad},
      {"tab", "@0500\t" + spaces(60), bad},
      {"NUL", "@0500" + nuls(1) + spaces(60), bad},
      {"NUL for a space", "@0500" + spaces(60) + nuls(1), bad},
      {"end of an id", spaces(50) + "b>", torn_blank},
      {"whole id", spaces(39) + "<a@b>", torn_blank},
      {"no end of an id", spaces(50) + "b", bad},
      {"end of a token at its place", spaces(37) + "@ <a@b>", torn_blank},
      {"end of a token elsewhere", spaces(36) + "@ <a@b>", bad},
      {"end of a path", spaces(36) + "1 <a@b>", torn_blank},
      {"end of a path and half an id", spaces(36) + "1 <a@b", bad},
      {"end of a path that is too long", spaces(1024) + "1 <a@b>", bad},
      {"path that begins wrongly", "/news/x" + spaces(60), bad},
      {"path that is too long", std::string(1025, 'x') + spaces(60), bad},
      {"path that fits", "news/x" + spaces(6), torn_blank},
      {"path that leaves no room", "news/x" + spaces(5), bad},
      {"path with half an id", "news/x <a" + spaces(3), torn_blank},
      {"no path with half an id", "news <a" + spaces(9), bad},
      {"upward path with half an id", "news/../x <a" + spaces(9), bad},
      {"end that needs more than there was", "  <aa@b>", bad},
      {"shortest path blanked", "   <a@b>", torn_blank},
      {"too long for any entry", "news/x" + spaces(1270), bad},
      {"end too long for any entry", spaces(1274) + "b>", bad},
      {"end of the longest entry", spaces(1273) + "b>", torn_blank},
      {"end of an id of 250", spaces(39) + message_id_of_size(250), torn_blank},
      {"more than an id", spaces(39) + message_id_of_size(251), bad},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(kind_of(c.line, feed), c.kind) << c.what;
  }
}

TEST(LineTest, RecordAtStart) {
  struct Case {
    std::string text;
    std::size_t length;
  };
  const std::string path = "news/x/1 <a@b>";
  const std::vector<Case> cases{
      {r1, r1.size()},
      {r1 + " 1234", r1.size()},
      {r1 + " ", r1.size()},
      {r1 + "\r", 0},
      {r1 + r2, 0},
      {" " + r1, 0},
      {path, path.size()},
      {path + " ", path.size()},
      {path + "x", 0},
      {"", 0},
      {" ", 0},
      {"x", 0},
      {t1, 0},
      {t1 + " <a@b", 0},
      {"news/x/1", 0},
  };
  for (const Case& c : cases) {
    const Record found = record_at_start(c.text);
    EXPECT_EQ(found.length, c.length) << c.text;
    EXPECT_EQ(found.offset, 0u);
    if (found.length != 0) {
      EXPECT_EQ(std::string(found.locator) + " " + std::string(found.message_id),
                c.text.substr(0, c.length));
    }
  }
}

TEST(LineTest, TheHalvesOfARecordJoin) {
  for (const std::string& whole : {r2, std::string("news/x/1 <c@d>")}) {
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
      const std::string head = whole.substr(0, cut);
      const std::string tail = whole.substr(cut);
      EXPECT_EQ(record_at_start(head).length, 0u) << head;
      EXPECT_EQ(record_at_start(head + tail).length, whole.size());
    }
  }
}

TEST(LineTest, PiecesOfALineHoldRecordsAnywhereAndAPathOnlyFirst) {
  std::vector<Record> records;
  const std::string path = "news/x/1 <p@q>";
  EXPECT_EQ(parse_piece(nuls(100), true, records), bad);
  EXPECT_EQ(parse_piece(spaces(100), true, records), settled);
  EXPECT_EQ(parse_piece("", false, records), settled);
  EXPECT_EQ(parse_piece("@" + spaces(60), false, records), bad);
  EXPECT_EQ(parse_piece(path, false, records), bad);
  EXPECT_TRUE(records.empty());

  EXPECT_EQ(parse_piece(path + nuls(10), true, records), LineKind::entries);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].length, path.size() + 10);

  EXPECT_EQ(parse_piece(nuls(10) + r1, false, records), LineKind::entries);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].offset, 0u);
  EXPECT_EQ(records[0].length, 10 + r1.size());

  EXPECT_EQ(parse_piece(r1 + r2, false, records), LineKind::entries);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].offset, r1.size());
  EXPECT_EQ(records[1].length, r2.size());
}

TEST(LineTest, ACutSparesTheRecordThatMayGoOn) {
  const std::string longest = t2 + " " + message_id_of_size(250);
  for (const std::string& before :
       {nuls(1000), spaces(1000), r1, std::string(1000, '@'), std::string()}) {
    for (const std::string& whole : {r2, longest}) {
      for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        EXPECT_EQ(whole_records_size(before + whole.substr(0, cut)), before.size())
            << before << " " << cut;
      }
    }
    EXPECT_EQ(whole_records_size(before + r2), before.size() + r2.size());
    EXPECT_EQ(whole_records_size(before + longest), before.size() + longest.size());
  }
  EXPECT_EQ(whole_records_size(""), 0u);
  EXPECT_EQ(whole_records_size(r1 + t1 + " <a@" + t2), r1.size());  // of two, the first
  EXPECT_EQ(whole_records_size(t1 + " " + message_id_of_size(251)), 39u + 251u);
  EXPECT_EQ(whole_records_size(t1 + "x"), t1.size() + 1);
}

TEST(LineTest, TellsPaths) {
  for (const char* path : {"a/b", "0/", "a//b", "a/./b", "a/...", "a/b..", "a/..b", "A-/+_.9"}) {
    EXPECT_TRUE(is_path(path)) << path;
  }
  for (const char* other : {"", "/", "a", "/a", ".a/b", "../a", "-a/b", "_/b", "a/..", "a/../b",
                            "a/b ", "a/b\n", "a/b\\", "a/b@", "a/\x80", "a/b/..", "a b/c"}) {
    EXPECT_FALSE(is_path(other)) << other;
  }
  EXPECT_FALSE(is_path(t1));
  EXPECT_FALSE(is_path("a/" + nuls(1)));
  EXPECT_TRUE(is_path("a/" + std::string(1022, 'x')));
  EXPECT_FALSE(is_path("a/" + std::string(1023, 'x')));
}

}  // namespace
}  // namespace innduct::core
