// samples.h: tokens, message-ids and records of which the tests of this floor make lines.
#pragma once

#include <cstddef>
#include <string>

namespace innduct::core {

// A token that differs from those of other digits.
inline std::string token(char digit) { return "@" + std::string(36, digit) + "@"; }

// A valid message-id of `size` octets (5 or more).
inline std::string message_id_of_size(std::size_t size) {
  return "<a@" + std::string(size - 4, 'b') + ">";
}

inline std::string record(char digit, const std::string& message_id) {
  return token(digit) + " " + message_id;
}

inline std::string spaces(std::size_t count) { return std::string(count, ' '); }

inline std::string nuls(std::size_t count) { return std::string(count, '\0'); }

}  // namespace innduct::core
