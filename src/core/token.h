// token.h: the text form of an INN storage token, `@` 36 upper-case hexadecimal digits `@`.
#pragma once

#include <cstddef>
#include <string_view>

namespace innduct::core {

inline constexpr std::size_t token_size = 38;

// Whether `text` is exactly one token.
bool is_token(std::string_view text);

// Whether `text` could stand `offset` bytes behind the start of a token, all of it within the
// token: what a torn write leaves of one. An empty text could.
bool is_token_part(std::string_view text, std::size_t offset);

}  // namespace innduct::core
