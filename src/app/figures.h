// figures.h: numbers as short texts for people: `1,234`, `1.5 /s`, `12 MB`, `3h 4m`.
#pragma once

#include <cstdint>
#include <string>

namespace innduct::app {

// All of a whole number.
std::string count_text(std::uint64_t number);
// Two digits or more, and never 0 for what is not. Not negative, as all that follows.
std::string decimal_text(double number);
std::string bytes_text(double bytes);
std::string seconds_text(double seconds);

}  // namespace innduct::app
