// escape.h: untrusted bytes made fit for a log line or a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace innduct::core {

// Appends to `text`; printable ASCII stays, but for the backslash; everything else becomes \xHH,
// \n, \r, \t or \\. At most `size_max` bytes of input are shown; what was cut is announced with its
// count, as in `@0500... (+1234 bytes)`.
void append_escaped(std::string& text, std::string_view bytes, std::size_t size_max = 200);

// The same, as a text of its own.
std::string escaped(std::string_view bytes, std::size_t size_max = 200);

}  // namespace innduct::core
