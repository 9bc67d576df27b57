// reply.h: cuts what a peer sends into reply lines, at any split and in bounded memory.
//
// A reply line begins with three digits, then a space or its end, and has at most 512 octets
// with its CRLF (RFC 3977 3.1, 3.2). A bare LF ends a line, too. NULs and octets above 127
// are bytes like others: nothing is decoded, nothing is cut off at them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace innduct::nntp {

// The most octets that a reply line may have, the ones that end it included.
inline constexpr std::size_t reply_size_max = 512;

struct Reply {
  int code = 0;           // what the three digits say; 0: malformed or too long
  bool too_long = false;  // no end of line within reply_size_max octets: `line` holds those
  std::string_view line;  // without what ends it
};

// The second word of a reply line if it begins with '<', else nothing: the message-id that
// the reply names.
std::string_view named_id(std::string_view line);

class ReplyReader {
 public:
  ReplyReader();

  // Cuts the next line off the front of `bytes`. Returns nothing when they hold no whole line:
  // then they were taken, and the next call continues that line. What the reply shows is valid
  // as long as `bytes` are, and until the next call. After a line that is too long there is no
  // telling where the next reply begins: the caller gives the conversation up.
  std::optional<Reply> next(std::string_view& bytes);

 private:
  std::string begun_;          // a line of which the end is still to come, or was just found
  bool begun_is_out_ = false;  // the last Reply showed `begun_`
};

}  // namespace innduct::nntp
