// command.h: what a feeder says to its peer, as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace innduct::nntp {

// What a reply answers.
enum class Verb : std::uint8_t {
  nothing,       // the peer may not speak now
  greeting,      // the peer may speak first
  capabilities,  // RFC 3977 5.2
  mode_stream,   // RFC 4644 2.3
  check,         // RFC 4644 2.4
  take_this,     // RFC 4644 2.5: the command and the article behind it
  ihave,         // RFC 3977 6.3.2: the offer
  ihave_body,    // the article that followed its 335
  quit,          // RFC 3977 5.4
};
inline constexpr int verb_count = 9;

// Appends the command line of `verb`, with its CRLF, to `out`. `message_id` is a valid one
// (core/message_id.h) for check, take_this and ihave, and empty for the others. There is no
// line for nothing, greeting and ihave_body.
void append_command(Verb verb, std::string_view message_id, std::string& out);

}  // namespace innduct::nntp
