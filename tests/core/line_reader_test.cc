// line_reader_test.cc: lines come out the same however the bytes were fed: one text is cut at
// every possible place, and into single bytes, and at random. Records survive in monstrous
// lines, at every distance from the place where a piece ends. Memory stays bounded, and plain
// lines cost no allocation: the allocations of this program are counted.
#include "core/line_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "samples.h"

namespace {

std::size_t allocations = 0;
std::size_t largest_allocation = 0;

}  // namespace

// Not inline, or the compiler sees through one of a pair and calls it mismatched.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  largest_allocation = std::max(largest_allocation, size);
  void* const memory = std::malloc(size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace innduct::core {
namespace {

// A Piece with its own copies.
struct Seen {
  std::uint64_t offset;
  std::uint64_t line_number;
  LineKind kind;
  bool starts_line;
  bool ends_line;
  std::string text;
  std::vector<std::string> records;
  bool operator==(const Seen&) const = default;
};

void PrintTo(const Seen& seen, std::ostream* out) {
  *out << seen.offset << "+" << seen.text.size() << " line " << seen.line_number << " kind "
       << static_cast<int>(seen.kind) << (seen.starts_line ? " starts" : "")
       << (seen.ends_line ? " ends" : "");
  for (const std::string& record : seen.records) {
    *out << " [" << record << "]";
  }
}

// Takes all that `reader` can cut, and demands what holds of every piece.
void take_all(LineReader& reader, std::vector<Seen>& all) {
  std::vector<Record> records;
  std::uint64_t line_number = reader.line_number();
  while (const auto piece = reader.next(records)) {
    EXPECT_EQ(piece->length, piece->text.size());
    EXPECT_LE(piece->length, LineReader::piece_size_max);
    EXPECT_EQ(piece->kind == LineKind::entries, !records.empty());
    Seen seen{piece->offset,
              line_number,
              piece->kind,
              piece->starts_line,
              piece->ends_line,
              std::string(piece->text),
              {}};
    for (const Record& record : records) {
      EXPECT_LE(record.offset + record.length, piece->length);
      seen.records.push_back(std::to_string(record.offset) + "+" + std::to_string(record.length) +
                             " " + std::string(record.locator) + " " +
                             std::string(record.message_id));
    }
    all.push_back(std::move(seen));
    line_number = reader.line_number();
  }
  EXPECT_TRUE(records.empty());
  EXPECT_LE(reader.held(), LineReader::piece_size_max);
  EXPECT_EQ(reader.partial().size(), reader.held());
}

// Demands that `text` comes out as it went in: all bytes, in order, at their offsets.
void expect_complete(const std::vector<Seen>& all, const LineReader& reader,
                     std::string_view text) {
  std::string again;
  bool in_line = false;
  for (const Seen& seen : all) {
    EXPECT_EQ(seen.offset, again.size());
    EXPECT_EQ(seen.starts_line, !in_line);
    again += seen.text;
    again += seen.ends_line ? "\n" : "";
    in_line = !seen.ends_line;
  }
  EXPECT_EQ(reader.partial_offset(), again.size());
  EXPECT_EQ(reader.partial_continues_line(), in_line);
  again += reader.partial();
  EXPECT_EQ(reader.end(), text.size());
  EXPECT_TRUE(again == text);
}

std::vector<Seen> read_whole(std::string_view text) {
  LineReader reader(Dialect::feed);
  std::vector<Seen> all;
  reader.feed(text);
  take_all(reader, all);
  expect_complete(all, reader, text);
  return all;
}

std::size_t count_records(const std::vector<Seen>& all) {
  std::size_t count = 0;
  for (const Seen& seen : all) {
    count += seen.records.size();
  }
  return count;
}

// A little of everything; ends in half a line.
std::string mixed_text() {
  return record('1', "<a@b>") + "\n" + spaces(44) + "\n\n" + "rubbish\n" + nuls(30) +
         record('2', "<c@d>") + "\n" + record('3', "<e@f>") + record('4', "<g@h>") + "\n" +
         token('5') + " <torn@" + record('6', "<i@j>") + "\r\n" + "news/x/1 <k@l>\n" + "@0500" +
         spaces(60) + "\n" + record('7', "<m@n>") + "\n" + token('8') + " <half@";
}

TEST(LineReaderTest, CutsLines) {
  const std::vector<Seen> all = read_whole(mixed_text());
  ASSERT_EQ(all.size(), 10u);
  const std::vector<LineKind> kinds{LineKind::entries, LineKind::settled, LineKind::settled,
                                    LineKind::bad,     LineKind::entries, LineKind::entries,
                                    LineKind::entries, LineKind::entries, LineKind::torn_blank,
                                    LineKind::entries};
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].kind, kinds[i]) << i;
    EXPECT_EQ(all[i].line_number, i + 1);
    EXPECT_TRUE(all[i].starts_line);
    EXPECT_TRUE(all[i].ends_line);
  }
  EXPECT_EQ(count_records(all), 7u);
  EXPECT_EQ(all[5].records.size(), 2u);
}

TEST(LineReaderTest, ReadsNothingFromNothing) {
  LineReader reader(Dialect::feed, 1234);
  std::vector<Record> records(2);
  EXPECT_FALSE(reader.next(records).has_value());
  EXPECT_TRUE(records.empty());
  reader.feed("");
  EXPECT_FALSE(reader.next(records).has_value());
  EXPECT_EQ(reader.end(), 1234u);
  EXPECT_EQ(reader.partial_offset(), 1234u);
  EXPECT_EQ(reader.partial(), "");
  EXPECT_EQ(reader.line_number(), 1u);
}

TEST(LineReaderTest, OffsetsAreThoseOfTheFile) {
  LineReader reader(Dialect::feed, 1'000'000'000'000);
  std::vector<Record> records;
  reader.feed("x\nyy\nzzz");
  EXPECT_EQ(reader.next(records)->offset, 1'000'000'000'000u);
  EXPECT_EQ(reader.next(records)->offset, 1'000'000'000'002u);
  EXPECT_FALSE(reader.next(records).has_value());
  EXPECT_EQ(reader.partial_offset(), 1'000'000'000'005u);
  EXPECT_EQ(reader.end(), 1'000'000'000'008u);
}

TEST(LineReaderTest, TheDialectDecides) {
  for (const Dialect dialect : {Dialect::feed, Dialect::backlog}) {
    LineReader reader(dialect);
    std::vector<Record> records;
    reader.feed(token('1') + "\n");
    const auto piece = reader.next(records);
    ASSERT_TRUE(piece.has_value());
    EXPECT_EQ(piece->kind == LineKind::entries, dialect == Dialect::backlog);
  }
}

TEST(LineReaderTest, TheSameAtEverySplit) {
  const std::string text = mixed_text();
  const std::vector<Seen> whole = read_whole(text);
  for (std::size_t split = 0; split <= text.size(); ++split) {
    LineReader reader(Dialect::feed);
    std::vector<Seen> all;
    reader.feed(std::string_view(text).substr(0, split));
    take_all(reader, all);
    reader.feed(std::string_view(text).substr(split));
    take_all(reader, all);
    ASSERT_EQ(all, whole) << "split at " << split;
    expect_complete(all, reader, text);
  }
}

// Lines around the size at which they are handed out in pieces, and much longer ones.
std::string monstrous_text() {
  constexpr std::size_t max = LineReader::piece_size_max;
  std::string text;
  for (const std::size_t size : {max - 1, max, max + 1, 2 * max, 5 * max}) {
    text += nuls(size - 44) + record('1', "<a@b>") + "\n";
    text += record('2', "<c@d>") + spaces(size - 44) + "\n";
    text += std::string(size, '@') + "\n";
    text += spaces(size) + "\n";
    text += "news/x/1 <p@q>" + nuls(size) + record('3', "<e@f>") + nuls(size) + "\n";
  }
  for (int i = 0; i < 1000; ++i) {
    text += record('4', "<g@h>") + token('5').substr(0, static_cast<std::size_t>(i) % 39);
  }
  return text + "\n" + record('6', "<i@j>") + "\n" + nuls(2 * max);
}

TEST(LineReaderTest, TheSameInBytesAndInRandomPieces) {
  const std::string text = monstrous_text();
  const std::vector<Seen> whole = read_whole(text);
  EXPECT_EQ(count_records(whole), 5u * 4 + 1000 + 1);
  std::mt19937_64 dice(1);
  for (const std::size_t largest : {1u, 7u, 100u, 5000u, 40000u, 100000u}) {
    LineReader reader(Dialect::feed);
    std::vector<Seen> all;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + dice() % largest;
      reader.feed(std::string_view(text).substr(at, size));
      at += size;
      if (dice() % 4 != 0) {  // sometimes more is fed before anything is cut
        take_all(reader, all);
      }
    }
    take_all(reader, all);
    ASSERT_EQ(all, whole) << "pieces of up to " << largest;
    expect_complete(all, reader, text);
  }
}

TEST(LineReaderTest, NoRecordIsLostWhereAPieceEnds) {
  const std::string message_id = message_id_of_size(250);
  const std::string one = record('1', message_id);
  const std::size_t max = LineReader::piece_size_max;
  for (std::size_t before = max - one.size() - 2; before <= max + 2; ++before) {
    for (const std::string& filler : {nuls(before), std::string(before, '@'), spaces(before)}) {
      const std::vector<Seen> all = read_whole(filler + one + one + filler + "\n");
      ASSERT_EQ(count_records(all), 2u) << before;
    }
  }
}

TEST(LineReaderTest, PiecesFindWhatTheWholeLineHolds) {
  const std::vector<std::string> parts{record('1', "<a@b>"),
                                       record('2', message_id_of_size(250)),
                                       token('3'),
                                       token('4') + " <torn@",
                                       token('5').substr(0, 30),
                                       "<c@d>",
                                       "@",
                                       " ",
                                       nuls(50)};
  std::mt19937_64 dice(2);
  for (int round = 0; round < 50; ++round) {
    std::string line = nuls(1);
    while (line.size() < 3 * LineReader::piece_size_max) {
      line += parts[dice() % parts.size()];
    }
    std::vector<Record> whole;
    ASSERT_EQ(parse_line(line, Dialect::feed, whole), LineKind::entries);
    std::vector<std::size_t> expected;
    for (const Record& record : whole) {
      expected.push_back(static_cast<std::size_t>(record.locator.data() - line.data()));
    }
    LineReader reader(Dialect::feed);
    reader.feed(line + "\n");
    std::vector<std::size_t> found;
    std::vector<Record> records;
    while (const auto piece = reader.next(records)) {
      for (const Record& record : records) {
        found.push_back(piece->offset +
                        static_cast<std::size_t>(record.locator.data() - piece->text.data()));
      }
    }
    ASSERT_EQ(found, expected);
  }
}

TEST(LineReaderTest, FortyMegabytesOfNulsBeforeARecord) {
  constexpr std::size_t size = 40'000'000;
  const std::string block = nuls(65536);
  const std::string one = record('1', "<a@b>");
  LineReader reader(Dialect::feed);
  std::vector<Record> records;
  std::size_t found = 0;
  largest_allocation = 0;
  const auto take = [&] {
    while (const auto piece = reader.next(records)) {
      EXPECT_EQ(reader.line_number(), piece->ends_line ? 2u : 1u);
      found += records.size();
      if (!records.empty()) {
        EXPECT_EQ(piece->offset + piece->text.find('@'), size);
        EXPECT_EQ(records.front().message_id, "<a@b>");
      }
    }
    ASSERT_LE(reader.held(), LineReader::piece_size_max);
  };
  for (std::size_t fed = 0; fed < size; fed += block.size()) {
    reader.feed(std::string_view(block).substr(0, std::min(block.size(), size - fed)));
    take();
  }
  EXPECT_TRUE(reader.partial_continues_line());
  reader.feed(one + "\n");
  take();
  EXPECT_EQ(found, 1u);
  EXPECT_LE(largest_allocation, 4 * block.size());
  EXPECT_EQ(reader.held(), 0u);
  EXPECT_FALSE(reader.partial_continues_line());
}

TEST(LineReaderTest, PlainLinesCostNoAllocation) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += record('1', message_id_of_size(static_cast<std::size_t>(5 + i % 246))) + "\n";
  }
  LineReader reader(Dialect::feed);
  std::vector<Record> records;
  std::size_t found = 0;
  for (int round = 0; round < 10; ++round) {
    if (round == 1) {
      allocations = 0;  // warm by now
    }
    reader.feed(text);
    while (reader.next(records)) {
      found += records.size();
    }
  }
  EXPECT_EQ(allocations, 0u);
  EXPECT_EQ(found, 10'000u);
}

// Searching what was fed before, again with each byte, or moving it with each line, would take
// longer than a test may.
TEST(LineReaderTest, TheWorkIsLinearInTheBytes) {
  LineReader reader(Dialect::feed);
  std::vector<Record> records;
  for (std::size_t i = 1; i < LineReader::piece_size_max; ++i) {
    for (std::size_t j = 0; j < 100; ++j) {
      reader.feed("");
      ASSERT_FALSE(reader.next(records).has_value());
    }
    reader.feed(" ");
  }
  reader.feed("\n");
  EXPECT_TRUE(reader.next(records).has_value());

  const std::string line = record('1', "<a@b>") + "\n";
  constexpr std::size_t lines = 500'000;
  for (std::size_t i = 0; i < lines; ++i) {
    reader.feed(line);
  }
  std::size_t found = 0;
  for (std::size_t i = 0; i < lines; ++i) {  // never drained: one in, one out
    reader.feed(line);
    ASSERT_TRUE(reader.next(records).has_value());
    found += records.size();
  }
  EXPECT_EQ(reader.held(), lines * line.size());
  while (reader.next(records)) {
    found += records.size();
  }
  EXPECT_EQ(found, 2 * lines);
}

}  // namespace
}  // namespace innduct::core
