// source_test.cc: proves that an input file is read in order and never beyond what core may hold
// (I7), that every entry of it is found and settled once (I1), whatever full disks and power cuts
// made of its lines, and that a line which is not settled is never touched.
#include "engine/source.h"

#include <cerrno>

#include "desk.h"

namespace innduct::engine {
namespace {

constexpr std::size_t read_size = 65536;

struct SourceDesk : Desk {
  explicit SourceDesk(core::Dialect dialect = core::Dialect::feed) {
    turn([&](Turn& t) { source.emplace(t, Slot{0}, "F", dialect, false); });
  }
  void take(Turn& turn, const Event& event) override { source->on(turn, event); }
  void look(Turn& turn) override {
    if (turn.tick) {
      source->on_tick(turn);
    }
    source->admit(turn, queue, limit);
    if (!turn.exit) {
      source->write_blanks(turn);
    }
  }
  // Opens it and has it read `bytes`, up to its end.
  void holds(std::string_view bytes) {
    FileStat stat;
    stat.size = bytes.size();
    opened(stat);
    grows(bytes);
  }
  // It holds `bytes` more.
  void grows(std::string_view bytes) {
    source->look_again();
    if (unanswered.empty()) {
      turn();
    }
    for (; bytes.size() >= read_size; bytes.remove_prefix(read_size)) {
      read(bytes.substr(0, read_size));
    }
    read(bytes);
  }
  std::string look_at_size() {
    return turn([&](Turn& t) { source->look_at_size(t); });
  }
  // The entry at the front of the queue is done with.
  std::string settle() {
    return turn([&](Turn& t) {
      const EntryId id = queue.front();
      source->settle(t, entries[id]);
      entries.destroy(id);
    });
  }

  std::optional<Source> source;
  Place queue;
  std::size_t limit = 1000;
};
FileStat sized(std::uint64_t size) {
  FileStat stat;
  stat.size = size;
  return stat;
}

struct SourceTest : testing::Test, SourceDesk {};

// ---------------------------------------------------------------- reading

TEST_F(SourceTest, IsReadFromItsFirstByte) {
  EXPECT_EQ(known.files.begin()->second, "F");
  EXPECT_EQ(opened(), "read F 0");
  EXPECT_EQ(read(lines(1, 3)), "");
  EXPECT_EQ(in(queue), "<1@x> <2@x> <3@x>");
  EXPECT_EQ(source->in_core(), 3U);
  EXPECT_TRUE(source->ended());
  source->look_again();
  EXPECT_EQ(turn(), "read F " + std::to_string(lines(1, 3).size()));
}

TEST_F(SourceTest, AWholeReadIsFollowedByAnother) {
  opened();
  const std::string many = lines(1, 3000);
  limit = 10'000;
  EXPECT_EQ(read(many.substr(0, read_size)), "read F 65536");
  EXPECT_FALSE(source->ended());
  read(many.substr(read_size, read_size));
  EXPECT_EQ(read(many.substr(2 * read_size)), "");
  EXPECT_EQ(queue.size(), 3000U) << "no line is lost where reads meet";
  EXPECT_TRUE(source->ended());
}

// I7: at the limit it stops reading, it never drops.
TEST_F(SourceTest, NoMoreThanTheLimitIsInCore) {
  limit = 2;
  holds(lines(1, 5));
  EXPECT_EQ(in(queue), "<1@x> <2@x>");
  EXPECT_FALSE(source->ended());
  settle();
  EXPECT_EQ(in(queue), "<2@x> <3@x>");
  settle();
  settle();
  settle();
  EXPECT_FALSE(source->quiet());
  settle();
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_TRUE(source->ended());
  EXPECT_EQ(source->pass().entries, 5U);
}

TEST_F(SourceTest, BlanksThatAFullDiskRefusesCountAgainstTheLimit) {
  limit = 2;
  holds(lines(1, 5));
  settle();
  settle();
  EXPECT_EQ(in(queue), "<3@x> <4@x>");
  failed(ENOSPC);
  failed(ENOSPC);
  settle();
  EXPECT_EQ(in(queue), "<4@x>") << "what is remembered takes room, too";
  EXPECT_EQ(said("make room"), 1);
}

TEST_F(SourceTest, APartialLineWaitsForItsNewline) {
  const std::string text = line(1);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{38}, text.size() - 1}) {
    SourceDesk d;
    d.holds(text.substr(0, cut));
    EXPECT_EQ(d.queue.size(), 0U) << "innd is still writing it";
    EXPECT_TRUE(d.source->ended());
    EXPECT_EQ(d.source->partial(), text.substr(0, cut));
    d.grows(text.substr(cut));
    EXPECT_EQ(d.in(d.queue), "<1@x>");
    EXPECT_EQ(d.settle(), "blank F 0 \"44\"");
  }
}

TEST_F(SourceTest, AFailedReadIsTriedAgainEachPeriod) {
  opened();
  EXPECT_EQ(failed(EIO), "");
  EXPECT_EQ(said("trying again each period"), 1);
  EXPECT_EQ(turn(), "");
  EXPECT_EQ(tick(), "read F 0");
  read(line(1));
  EXPECT_EQ(in(queue), "<1@x>");
}

TEST_F(SourceTest, WhatCannotBeOpenedSaysWhy) {
  failed(EACCES);
  EXPECT_TRUE(source->stage() == Source::Stage::failed);
  EXPECT_EQ(source->open_error(), EACCES);
  EXPECT_EQ(turn(), "");
}

TEST_F(SourceTest, KnowsSinceWhenALineExists) {
  const auto at_open = now.monotonic;
  opened({.size = line(1).size()});
  pass(std::chrono::seconds(5));
  read(lines(1, 2));
  EXPECT_EQ(entries[queue.front()].known_since, at_open);
  EXPECT_EQ(entries[queue.back()].known_since, now.monotonic) << "it was written since";
}

// ---------------------------------------------------------------- lines

struct Found {
  std::string text;
  std::string queued;
  std::uint64_t bad;
  std::uint64_t torn;
};

void expect_found(const Found& f, core::Dialect dialect) {
  SCOPED_TRACE(readable(f.text));
  SourceDesk d(dialect);
  d.holds(f.text);
  EXPECT_EQ(d.in(d.queue), f.queued);
  EXPECT_EQ(d.tally.all().bad, f.bad);
  EXPECT_EQ(d.tally.all().torn, f.torn);
  EXPECT_EQ(d.source->in_core(), d.queue.size());
}

TEST(SourceLinesTest, EveryEntryIsFound) {
  using namespace std::string_literals;
  const std::string nuls(500, '\0');
  const Found cases[] = {
      {lines(1, 2), "<1@x> <2@x>", 0, 0},
      {"\n" + std::string(44, ' ') + "\n" + line(2), "<2@x>", 0, 0},
      {"news/a/1 <p@x>\n" + line(2), "<p@x> <2@x>", 0, 0},
      {record(1) + line(2), "<1@x> <2@x>", 0, 0},
      {nuls + line(2), "<2@x>", 0, 0},
      {"rubbish\n" + line(2), "<2@x>", 1, 0},
      {token(1) + "\n" + line(2), "<2@x>", 1, 0},
      {record(1).substr(0, 20) + std::string(24, ' ') + "\n" + line(2), "<2@x>", 0, 1},
      {std::string(20, ' ') + record(1).substr(20) + "\n" + line(2), "<2@x>", 0, 1},
  };
  for (const Found& f : cases) {
    expect_found(f, core::Dialect::feed);
  }
}

TEST(SourceLinesTest, ABacklogFileMayHoldTokensAndPathsAlone) {
  expect_found({token(1) + "\nnews/a/1\n" + line(2), "@1@ news/a/1 <2@x>", 0, 0},
               core::Dialect::backlog);
}

// ---------------------------------------------------------------- settling

TEST_F(SourceTest, ASettledLineIsBlankedAndNothingElse) {
  holds(lines(1, 3));
  EXPECT_EQ(settle(), "blank F 0 \"44\"");
  EXPECT_FALSE(source->blanks_written());
  done();
  EXPECT_TRUE(source->blanks_written());
  EXPECT_EQ(settle(), "blank F 45 \"44\"");
}

// I1: the bytes of a line that two entries share are blanked with the last of them.
TEST_F(SourceTest, TwoRecordsInOneLineAreSettledOneByOne) {
  holds(record(1) + "junk" + line(2));
  EXPECT_EQ(settle(), "blank F 0 \"44\"") << "its own bytes only";
  EXPECT_EQ(settle(), "blank F 0 \"92\"\nblank F 48 \"44\"");
}

TEST_F(SourceTest, AMonstrousLineWithNulsAndRecordsLosesNone) {
  const std::string nuls(40'000, '\0');
  const std::string text = record(1) + nuls + record(2) + nuls + line(3) + line(4);
  holds(text);
  EXPECT_EQ(in(queue), "<1@x> <2@x> <3@x> <4@x>");
  EXPECT_EQ(tally.all().bad, 0U);
  settle();
  settle();
  const std::string last = settle();
  const std::string whole = std::to_string(text.size() - line(4).size() - 1);
  EXPECT_TRUE(last.starts_with("blank F 0 \"65536\"\nblank F 65536 ")) << last << " of " << whole;
  while (!all_answered()) {
    done();
  }
  settle();
  done();
  EXPECT_TRUE(source->quiet());
}

TEST_F(SourceTest, AMonstrousLineIsSettledOnlyWhenItsEndWasSeen) {
  const std::string nuls(40'000, '\0');
  holds(record(1) + nuls);
  ASSERT_EQ(in(queue), "<1@x>");
  settle();
  done();
  grows(nuls + "\n");
  EXPECT_FALSE(source->blanks_written()) << "the whole line now";
}

TEST_F(SourceTest, AMonstrousLineWithoutRecordIsOneBadLine) {
  holds(std::string(200'000, 'x') + "\n" + line(1));
  EXPECT_EQ(tally.all().bad, 1U);
  EXPECT_EQ(in(queue), "<1@x>");
}

TEST_F(SourceTest, ADroppedEntryKeepsItsLine) {
  holds(record(1) + line(2));
  turn([&](Turn&) {
    source->drop(entries[queue.front()]);
    entries.destroy(queue.front());
  });
  EXPECT_EQ(settle(), "blank F 44 \"44\"") << "never a byte of the other one";
  done();
  EXPECT_TRUE(source->quiet());
}

TEST_F(SourceTest, WhatAFullDiskRefusesIsBlankedInALaterPeriod) {
  holds(lines(1, 2));
  settle();
  failed(ENOSPC);
  EXPECT_FALSE(source->quiet());
  EXPECT_EQ(turn(), "");
  EXPECT_EQ(tick(), "blank F 0 \"44\"");
  done();
  settle();
  done();
  EXPECT_TRUE(source->quiet());
  EXPECT_FALSE(exit);
}

TEST(SourceFailuresTest, BlankingsOthers) {
  struct Case {
    int error;
    int code;  // 0: goes on
  };
  for (const Case& c : {Case{EIO, 12}, Case{EROFS, 12}, Case{ERANGE, 0}}) {
    SCOPED_TRACE(error_text(c.error));
    SourceDesk d;
    d.holds(line(1));
    d.settle();
    d.failed(c.error);
    EXPECT_EQ(d.exit ? d.exit->code : 0, c.code);
  }
}

// ---------------------------------------------------------------- bad lines

TEST(SourceFailuresTest, TooManyBadLinesNameTheFileAndTheLine) {
  SourceDesk d;
  d.config.max_bad_input_init = 2;
  d.config.max_bad_input_percent = 10;
  std::string text = lines(1, 9) + "one\ntwo\nthree\n";  // allowed: 2 + 10% of 12 lines
  d.holds(text);
  EXPECT_FALSE(d.exit);
  d.grows("four\n");
  ASSERT_TRUE(d.exit);
  EXPECT_EQ(d.exit->code, 16);
  EXPECT_EQ(d.said("4 of the first 13 lines of F, the last one F line 13"), 1);
}

TEST_F(SourceTest, TornBlanksNeverCountTowardsTheTolerance) {
  config.max_bad_input_init = 0;
  config.max_bad_input_percent = 0;
  std::string text;
  for (unsigned number = 1; number < 100; ++number) {
    text += record(number).substr(0, 30) + std::string(record(number).size() - 30, ' ') + "\n";
  }
  holds(text);
  EXPECT_FALSE(exit);
  EXPECT_EQ(tally.all().torn, 99U);
}

TEST_F(SourceTest, BadLinesAreLoggedEscapedAndNotForever) {
  std::string text;
  for (int i = 0; i < 30; ++i) {
    text += "bad\x1b[31m\n";
  }
  holds(text);
  EXPECT_EQ(said("bad line: F line"), 20);
  EXPECT_EQ(said("bad\\x1b[31m"), 20);
  EXPECT_EQ(said("more in F, not logged"), 1);
  EXPECT_EQ(tally.all().bad, 30U);
}

// ---------------------------------------------------------------- the whole file

TEST_F(SourceTest, AGivenUpFileIsOnlyReadToItsEnd) {
  limit = 1;
  const std::string text = lines(1, 3);
  holds(text);
  source->give_up();
  turn();
  EXPECT_EQ(in(queue), "<1@x>");
  EXPECT_TRUE(source->ended());
  EXPECT_EQ(source->read_to(), text.size());
}

TEST_F(SourceTest, AnEmptiedFileIsReadFromItsStart) {
  holds(lines(1, 2));
  settle();
  turn([&](Turn&) {
    source->drop(entries[queue.front()]);
    entries.destroy(queue.front());
    source->start_over();
  });
  unanswered.pop_front();  // the blank's answer will mean nothing
  read(line(7));
  EXPECT_EQ(in(queue), "<7@x>");
  EXPECT_EQ(settle(), "blank F 0 \"44\"");
}

TEST_F(SourceTest, WhatWasAppendedIsMadeDurableOnceReadOrNot) {
  holds(line(1));
  EXPECT_EQ(look_at_size(), "fstat F");
  EXPECT_EQ(look_at_size(), "") << "it is under way";
  EXPECT_EQ(statted(sized(4711)), "sync F") << "longer than what was read of it";
  EXPECT_EQ(look_at_size(), "") << "the sync is under way";
  done();
  look_at_size();
  EXPECT_EQ(statted(sized(4711)), "") << "nothing was appended";
  look_at_size();
  EXPECT_EQ(statted(sized(5000)), "sync F");
  failed(EIO);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 12) << "I9";
}

TEST_F(SourceTest, ItIsLeftToTheSystemIfSoWished) {
  config.sync_feed = false;
  holds(line(1));
  EXPECT_EQ(look_at_size(), "fstat F");
  EXPECT_EQ(statted(sized(4711)), "");
}

TEST_F(SourceTest, AfterStartingOverItIsMadeDurableAgain) {
  holds(std::string(44, ' ') + "\n" + std::string(44, ' ') + "\n");
  look_at_size();
  EXPECT_EQ(statted(sized(90)), "sync F");
  turn([&](Turn&) { source->start_over(); });
  done();
  read(line(7));
  look_at_size();
  EXPECT_EQ(statted(sized(45)), "sync F");
}

TEST_F(SourceTest, KnowsThatItWasMadeShorterThanWhatWasRead) {
  holds(line(1) + line(2));
  look_at_size();
  statted(sized(90));
  done();
  EXPECT_FALSE(source->shorter());
  look_at_size();
  statted(sized(89));
  EXPECT_TRUE(source->shorter());
}

TEST_F(SourceTest, AFailedCloseEndsTheProcess) {
  holds("");
  EXPECT_EQ(turn([&](Turn& t) { source->close(t); }), "close F");
  failed(EIO);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 12) << "I9: it was written to";
}

struct SourceDeathTest : SourceTest {};

TEST_F(SourceDeathTest, IsNotClosedWhileItsEntriesAreInCore) {
  holds(line(1));
  EXPECT_DEATH(turn([&](Turn& t) { source->close(t); }), "");
}

// ---------------------------------------------------------------- halves of a line

TEST(SourceHalvesTest, WhatStandsAtTheEnd) {
  using Half = Source::Half;
  struct Case {
    std::string end;
    Half half;
    std::string queued;
  };
  const Case cases[] = {
      {"", Half::none, ""},
      {"     ", Half::none, ""},
      {record(1), Half::taken, "<1@x>"},
      {record(1) + record(2), Half::taken, "<1@x> <2@x>"},
      {record(1).substr(0, 20), Half::open, ""},
      {token(1), Half::open, ""},
      {"news/a/1 <p@", Half::open, ""},
      {"rubbish", Half::open, ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(readable(c.end));
    SourceDesk d;
    d.holds(line(9) + c.end);
    d.settle();
    Half half{};
    d.turn([&](Turn& t) { half = d.source->take_half(t, d.queue); });
    EXPECT_TRUE(half == c.half);
    EXPECT_EQ(d.in(d.queue), c.queued);
  }
}

TEST_F(SourceTest, AHalfThatIsAWholeRecordIsBlankedByItself) {
  holds(line(1) + record(2));
  turn([&](Turn& t) { source->take_half(t, queue); });
  settle();
  EXPECT_EQ(settle(), "blank F 45 \"44\"");
}

TEST(SourceHalvesTest, ARefusedHalfIsBadOrATornBlank) {
  SourceDesk bad;
  bad.holds(record(1).substr(0, 20));
  bad.turn([&](Turn& t) { bad.source->refuse_half(t); });
  EXPECT_EQ(bad.tally.all().bad, 1U);

  SourceDesk torn;
  torn.holds(record(1).substr(0, 20) + std::string(24, ' '));
  torn.turn([&](Turn& t) { torn.source->refuse_half(t); });
  EXPECT_EQ(torn.tally.all().bad, 0U);
  EXPECT_EQ(torn.tally.all().torn, 1U);
}

// Two files on one desk: the half is the end of the one, the rest the first line of the other.
struct Halves : Desk {
  void take(Turn& turn, const Event& event) override {
    std::visit(
        [&]<class E>(const E& e) {
          if constexpr (requires { e.op; }) {
            const bool of_head = Ids::room_number(e.op) == static_cast<int>(Room::source);
            (of_head ? *head : *rest).on(turn, event);
          }
        },
        event);
  }
  void look(Turn& turn) override {
    if (head && rest) {
      head->admit(turn, queue, 1000);
      rest->admit(turn, queue, 1000);
      head->write_blanks(turn);
      rest->write_blanks(turn);
    }
  }
  Halves(std::string_view half, std::string_view first) {
    turn([&](Turn& t) {
      head.emplace(t, Slot{0}, "D", core::Dialect::feed, false);
      rest.emplace(t, Slot{1}, "F", core::Dialect::feed, false);
      rest->hold(true);
    });
    opened();
    opened();
    read(half);
    read(first);
  }
  bool join() {
    bool joined = false;
    turn([&](Turn& t) { joined = rest->join_first_line(t, *head, queue); });
    return joined;
  }
  std::optional<Source> head, rest;
  Place queue;
};

TEST(SourceHalvesTest, HalvesAreJoinedWhenTogetherTheyAreOneRecord) {
  const std::string whole = record(1);
  const std::string path = "news/a/1 <p@x>";
  struct Case {
    std::string half, rest;
    bool joined;
  };
  const Case cases[] = {
      {whole.substr(0, 1), whole.substr(1), true},
      {whole.substr(0, 20), whole.substr(20), true},
      {whole.substr(0, 39), whole.substr(39), true},
      {whole.substr(0, whole.size() - 1), ">", true},
      {path.substr(0, 6), path.substr(6), true},
      {whole.substr(0, 20), record(2), false},         // the line holds a record of its own
      {whole.substr(0, 20), whole.substr(21), false},  // a byte is lacking
      {whole.substr(0, 20), whole.substr(20) + "x", false},
      {"x" + whole.substr(0, 20), whole.substr(20), true},  // whatever stands in front
      {record(2).substr(0, 30) + whole.substr(0, 1), whole.substr(1), true},
      {record(2).substr(0, 42) + whole.substr(0, 40), whole.substr(40), true},
      {"@0" + path.substr(0, 6), path.substr(6), false},  // unless it is a path
      {"rubbish", "more", false},
      {"rubbish", "", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(readable(c.half) + " | " + readable(c.rest));
    Halves h(c.half, c.rest + "\n" + line(3));
    EXPECT_EQ(h.in(h.queue), "") << "held, nothing is cut";
    EXPECT_EQ(h.join(), c.joined);
    EXPECT_EQ(h.queue.size(), c.joined ? 1U : 0U);
    EXPECT_EQ(h.rest->tails(), c.joined ? 1U : 0U);
  }
}

// I1: such an entry is settled in both files.
TEST(SourceHalvesTest, AJoinedEntryHasTwoSpans) {
  Halves h(line(9) + record(1).substr(0, 20), record(1).substr(20) + "\n" + line(3));
  ASSERT_TRUE(h.join());
  h.rest->hold(false);
  h.turn();
  ASSERT_EQ(h.in(h.queue), "<9@x> <1@x> <3@x>");
  const EntryId id = h.entries.next(h.queue.front());
  EXPECT_EQ(h.turn([&](Turn& t) {
    h.head->settle(t, h.entries[id]);
    h.rest->settle(t, h.entries[id]);
    h.entries.destroy(id);
  }),
            "blank D 45 \"20\"\nblank F 0 \"24\"");
  EXPECT_EQ(h.rest->tails(), 0U);
}

TEST(SourceHalvesTest, TheRestWaitsForItsNewline) {
  Halves h(record(1).substr(0, 20), record(1).substr(20));
  EXPECT_FALSE(h.rest->first_line());
  EXPECT_FALSE(h.join());
  h.rest->look_again();
  h.turn();
  h.read("\n");
  EXPECT_TRUE(h.rest->first_line());
  EXPECT_TRUE(h.join());
}

TEST(SourceHalvesTest, AMonstrousRestIsNotWaitedFor) {
  Halves h(record(1).substr(0, 20), std::string(5000, 'x'));
  EXPECT_TRUE(h.rest->first_line());
  EXPECT_FALSE(h.join());
}

}  // namespace
}  // namespace innduct::engine
