// chart.h: bars for what was counted in each of the last steps, as lines of a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "app/cells.h"

namespace innduct::app {

struct ChartForm {
  std::size_t columns = 80;
  std::size_t rows = 1;
  bool unicode = false;  // block characters; else ASCII
};

// How many a second there were in each step, which is so long; the newest, the last of `counted`,
// at the right end. Nothing if there is no room for it.
std::vector<Line> chart(const std::vector<std::uint64_t>& counted, double step_seconds,
                        const ChartForm& form);

}  // namespace innduct::app
