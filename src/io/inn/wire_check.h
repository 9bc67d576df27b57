// wire_check.h: whose article is this, and may its bytes go out as they are?
//
// Pure. An article in wire format (RFC 3977 3.1.1) has lines that end in CRLF, a second dot before
// each leading one, and a line with a single dot at its end. A store may hand out half an article,
// or another one; a peer would take the rest of a torn article for commands, or wait for ever
// for its end. So each article is looked at whole, once, after it was copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace innduct::io {

// Views into the article, or into static text.
struct WireCheck {
  // The id in the article's Message-ID header; empty if it bears no valid one. Of several headers
  // the one with the wanted id counts, else the first valid one.
  std::string_view message_id;
  // Why the bytes are not fit for the wire; empty if they are. A bare CR or LF is no reason: it
  // is sent as it is stored.
  std::string_view damage;
};

// Looks at every byte of `article`, final dot included. `wanted` may be empty.
WireCheck check_wire(std::string_view article, std::string_view wanted);

// The same for an article of which never more than a piece is in memory: the id in its head, which
// is to be in the first piece, and the damage of each piece. All but the first begin with the last
// piece_overlap bytes of the one before, and none is as short as that.
std::string_view message_id_of(std::string_view head, std::string_view wanted);

enum class Piece : std::uint8_t { whole, first, middle, last };
inline constexpr std::size_t piece_overlap = 4;
std::string_view damage_of(std::string_view text, Piece piece);

}  // namespace innduct::io
