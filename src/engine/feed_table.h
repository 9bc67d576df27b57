// feed_table.h: the states of the dance with innd, and every move that is allowed between them.
//
// The table is the design: Feed::go() refuses a move that is not in it, the table
// in ARCHITECTURE.md shows it, and a test compares the two.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace innduct::engine {

enum class FeedState : std::uint8_t {
  starting,   // looking at what the last run left
  waiting,    // there is no feed file
  normal,     // reading F as innd appends
  flushing,   // F is now F_flushing, innd was asked to let go of it
  flushfail,  // the same, and innd did not do it
  separated,  // innd appends to a new F; F_flushing is complete and read to its end
  finishing,  // F is read; the last entries of F_flushing are in flight
  dropping,   // innd dropped the site: everything in hand is finished
};

enum class FeedMove : std::uint8_t {
  found_nothing,
  found_feed,
  found_flushing,
  found_both,
  feed_appeared,
  flush_due,
  flush_failed,
  flush_again,
  new_feed_seen,
  feed_gone,
  flushing_read,
  flushing_done,
  flushing_moved,
  no_such_site,
  begun_again,
};

struct FeedRow {
  FeedState from;
  FeedMove move;
  FeedState to;
  std::string_view why;  // for people
};

inline constexpr std::array feed_table{
    FeedRow{FeedState::starting, FeedMove::found_nothing, FeedState::waiting,
            "neither F nor F_flushing is there"},
    FeedRow{FeedState::starting, FeedMove::found_feed, FeedState::normal, "F alone is there"},
    FeedRow{FeedState::starting, FeedMove::found_flushing, FeedState::flushing,
            "F_flushing alone is there"},
    FeedRow{FeedState::starting, FeedMove::found_both, FeedState::separated,
            "both are there, two files"},
    FeedRow{FeedState::waiting, FeedMove::feed_appeared, FeedState::normal, "innd made F"},
    FeedRow{FeedState::waiting, FeedMove::no_such_site, FeedState::dropping,
            "innd does not know the site"},
    FeedRow{FeedState::normal, FeedMove::flush_due, FeedState::flushing,
            "size, age or command; F was moved to F_flushing"},
    FeedRow{FeedState::normal, FeedMove::no_such_site, FeedState::dropping,
            "F went away, and innd does not know the site"},
    FeedRow{FeedState::flushing, FeedMove::new_feed_seen, FeedState::separated, "a new F is there"},
    FeedRow{FeedState::flushing, FeedMove::flush_failed, FeedState::flushfail,
            "innd did not answer, or did nothing"},
    FeedRow{FeedState::flushing, FeedMove::no_such_site, FeedState::dropping,
            "innd does not know the site"},
    FeedRow{FeedState::flushfail, FeedMove::flush_again, FeedState::flushing,
            "the retry interval is over, or command"},
    FeedRow{FeedState::flushfail, FeedMove::new_feed_seen, FeedState::separated,
            "a new F is there"},
    FeedRow{FeedState::separated, FeedMove::flushing_read, FeedState::finishing,
            "F_flushing was read to its end"},
    FeedRow{FeedState::separated, FeedMove::feed_gone, FeedState::flushing, "the new F went away"},
    FeedRow{FeedState::finishing, FeedMove::flushing_done, FeedState::normal,
            "all of F_flushing is settled, it was removed"},
    FeedRow{FeedState::finishing, FeedMove::flushing_moved, FeedState::normal,
            "timeout or command: it became a backlog file"},
    FeedRow{FeedState::dropping, FeedMove::begun_again, FeedState::separated,
            "F is there again, F_flushing still"},
    FeedRow{FeedState::dropping, FeedMove::feed_appeared, FeedState::normal, "F is there again"},
};

std::string_view to_text(FeedState state);
std::string_view to_text(FeedMove move);

}  // namespace innduct::engine
