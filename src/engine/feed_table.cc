// feed_table.cc: the printed names of states and moves.
#include "engine/feed_table.h"

namespace innduct::engine {

std::string_view to_text(FeedState state) {
  switch (state) {
    case FeedState::starting:
      return "STARTING";
    case FeedState::waiting:
      return "WAITING";
    case FeedState::normal:
      return "NORMAL";
    case FeedState::flushing:
      return "FLUSHING";
    case FeedState::flushfail:
      return "FLUSHFAIL";
    case FeedState::separated:
      return "SEPARATED";
    case FeedState::finishing:
      return "FINISHING";
    case FeedState::dropping:
      return "DROPPING";
  }
  return "?";
}

std::string_view to_text(FeedMove move) {
  switch (move) {
    case FeedMove::found_nothing:
      return "found nothing";
    case FeedMove::found_feed:
      return "found F";
    case FeedMove::found_flushing:
      return "found F_flushing";
    case FeedMove::found_both:
      return "found both";
    case FeedMove::feed_appeared:
      return "F appeared";
    case FeedMove::flush_due:
      return "flush due";
    case FeedMove::flush_failed:
      return "flush failed";
    case FeedMove::flush_again:
      return "flush again";
    case FeedMove::new_feed_seen:
      return "new F seen";
    case FeedMove::feed_gone:
      return "F gone";
    case FeedMove::flushing_read:
      return "F_flushing read";
    case FeedMove::flushing_done:
      return "F_flushing done";
    case FeedMove::flushing_moved:
      return "F_flushing moved";
    case FeedMove::no_such_site:
      return "no such site";
    case FeedMove::begun_again:
      return "begun again";
  }
  return "?";
}

}  // namespace innduct::engine
