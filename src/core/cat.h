// cat.h: short texts put together from parts: cat("site ", name, ": ", 3, " articles").
//
// Formatting for people, off the hot path. Whole numbers and text only; whatever needs more
// (intervals, percentages) has a to_text of its own.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace innduct::core {

inline void append(std::string& to, std::string_view part) { to += part; }
inline void append(std::string& to, char part) { to += part; }
template <std::integral Number>
void append(std::string& to, Number part) {
  to += std::to_string(part);
}

template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string text;
  (append(text, parts), ...);
  return text;
}

}  // namespace innduct::core
