// cells.h: lines of a screen, cell by cell: each one column wide, each with a look.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace innduct::app {

enum class Look { plain, dim, strong, good, warning, bad, chart };

struct Cell {
  char32_t glyph = U' ';
  Look look = Look::plain;
};

using Line = std::vector<Cell>;

// Appends `text`, which is printable ASCII.
void put(Line& line, std::string_view text, Look look = Look::plain);
void put(Line& line, char32_t glyph, Look look = Look::plain);
// Text as above, ending at `column`; if the line reaches there already, behind a blank.
void put_up_to(std::size_t column, Line& line, std::string_view text, Look look = Look::plain);
// Cuts off what does not fit, which `mark` announces.
void cut(Line& line, std::size_t columns, char32_t mark);
// Puts `right` beside `left`, from that column on.
void put_beside(std::vector<Line>& left, std::size_t column, const std::vector<Line>& right);
// Splits text into pieces for lines of that width, between words if that is possible.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

// In UTF-8, for a terminal; without colours trouble is in reverse video.
std::string painted(const Line& line, bool colours);
// Without any looks.
std::string text_of(const Line& line);

}  // namespace innduct::app
