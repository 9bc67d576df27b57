// top_view.h: what `innductctl SITE top` shows of a feed, as lines for a terminal of that size.
//
// The most important comes first, so that a small terminal lacks the least; what grows with the
// feed (connections, errors, files) shares the rows that are left.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "app/cells.h"
#include "io/sample.h"

namespace innduct::app {

struct Watched {
  io::Sample now;
  std::optional<io::Sample> before;  // the one that was taken before it
  io::Seconds silent_for = 0;        // so long innduct has not answered
};

struct Terminal {
  std::size_t columns = 80;
  std::size_t rows = 24;
  bool unicode = false;  // else ASCII
  bool colours = false;
};

// At most as many lines as there are rows, none longer than there are columns.
std::vector<Line> top_view(const Watched& watched, const Terminal& terminal);

}  // namespace innduct::app
