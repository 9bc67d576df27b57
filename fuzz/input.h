// input.h: the bytes of a fuzz input, as text or as a list of choices; and what targets demand
// of texts that are shown to people.
//
// Choices are never refused: an input that is at its end answers 0, so every input is a whole
// story, and each of its beginnings is one, too.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"

namespace innduct::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(as_text(data, size)) {}

  bool empty() const { return rest_.empty(); }
  // The byte that byte() takes.
  std::uint8_t next() const { return rest_.empty() ? 0 : static_cast<std::uint8_t>(rest_.front()); }
  std::uint8_t byte() {
    const std::uint8_t byte = next();
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    return byte;
  }
  // A number below `bound`, which is at most 256.
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : byte() % bound; }
  std::uint32_t number() {
    const std::uint32_t high = byte();
    return high << 8 | byte();
  }
  // The next bytes, at most `size`.
  std::string_view bytes(std::size_t size) {
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return bytes;
  }
  // What stands before the next `end`, which is taken, too.
  std::string_view up_to(char end) {
    const std::string_view text = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(std::min(text.size() + 1, rest_.size()));
    return text;
  }
  std::string_view rest() { return bytes(rest_.size()); }

 private:
  std::string_view rest_;
};

// One line that may be written to a log or a terminal, whatever it was made of.
inline void check_printable(std::string_view text, std::size_t size_max = 4096) {
  core::check(!text.empty() && text.size() <= size_max, "a text for people is short, not empty");
  core::check(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }),
              "a text for people is printable, and one line");
}

}  // namespace innduct::fuzz
