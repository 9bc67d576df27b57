// message_id.h: what counts as a message-id that may be offered.
//
// RFC 3977 3.6: 3 to 250 octets, `<` ... `>`, printable ASCII without a space and without
// an inner `>`; and, as INN's own, with an `@` that has something on both sides. An id that
// breaks this cannot be offered legally, so a line that bears one is bad (doc/feedfiles.md).
#pragma once

#include <cstddef>
#include <string_view>

namespace innduct::core {

// `<a@b>` is the shortest that has something on both sides.
inline constexpr std::size_t message_id_size_min = 5;
inline constexpr std::size_t message_id_size_max = 250;

// Whether `text` is, from its first to its last octet, a valid message-id.
bool is_message_id(std::string_view text);

// The length of the valid message-id that starts at text[0], or 0 if none does.
std::size_t message_id_length(std::string_view text);

// Whether `text` could be the non-empty proper beginning, or the non-empty proper end, of a
// message-id of exactly `whole_size` octets: what a torn write leaves of one. With the longest
// size, which is the default: of any message-id, since every other one could be lengthened.
bool is_message_id_prefix(std::string_view text, std::size_t whole_size = message_id_size_max);
bool is_message_id_suffix(std::string_view text, std::size_t whole_size = message_id_size_max);

}  // namespace innduct::core
