// chart.cc: how many columns and eighths of a row each bar has.
#include "app/chart.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "app/figures.h"
#include "core/cat.h"

namespace innduct::app {
namespace {

// From no eighth of a row to all of them.
constexpr std::u32string_view blocks = U" \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
constexpr std::u32string_view shades = U" .:-=+*%#";

constexpr std::size_t steps_max = 60;
constexpr std::size_t columns_min = 10;

}  // namespace

std::vector<Line> chart(const std::vector<std::uint64_t>& counted, double step_seconds,
                        const ChartForm& form) {
  const double step = std::max(step_seconds, 1.0);
  const auto most = counted.empty() ? 0.0 : static_cast<double>(*std::ranges::max_element(counted));
  const auto steps_in = [](std::size_t columns) { return std::min(columns, steps_max); };
  const auto label = [&](std::size_t columns) {
    return core::cat(" max ", decimal_text(most / step), " /s in ",
                     seconds_text(static_cast<double>(steps_in(columns)) * step));
  };
  std::size_t columns = form.columns;
  while (columns >= columns_min && columns + label(columns).size() > form.columns) {
    --columns;
  }
  if (columns < columns_min) {
    return {};
  }
  // Bars of one width, or else of two that take turns.
  if (columns > steps_max) {
    columns -= columns % (steps_max / 2);
  }
  const std::size_t steps = steps_in(columns);
  const auto eighths = [&](std::size_t column) {
    const std::size_t ago = steps - column * steps / columns;
    const double value =
        ago <= counted.size() ? static_cast<double>(counted[counted.size() - ago]) : 0;
    return value > 0 ? std::max(value / most * 8 * static_cast<double>(form.rows), 1.0) : 0;
  };

  std::vector<Line> lines(form.rows);
  for (std::size_t row = 0; row < form.rows; ++row) {
    const double below = 8 * static_cast<double>(form.rows - 1 - row);
    for (std::size_t column = 0; column < columns; ++column) {
      const double level = std::clamp(std::round(eighths(column) - below), 0.0, 8.0);
      put(lines[row], (form.unicode ? blocks : shades)[static_cast<std::size_t>(level)],
          Look::chart);
    }
  }
  put(lines.front(), label(columns), Look::dim);
  return lines;
}

}  // namespace innduct::app
