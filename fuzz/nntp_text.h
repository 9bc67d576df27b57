// nntp_text.h: what a feeder may say to its peer, demanded of any text that it says. Knows nothing
// of src/nntp: a shared mistake would not be seen.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/check.h"
#include "core/message_id.h"

namespace innduct::fuzz {

// How much of a growing text was looked at.
struct Said {
  std::size_t size = 0;
  bool quit = false;
};

// RFC 3977 3.1: lines of at most 512 octets. Whether the line names an article that follows it.
inline bool check_command_line(std::string_view line) {
  core::check(line.size() <= 510, "a command line is short");
  const std::size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  if (word == "CHECK" || word == "TAKETHIS" || word == "IHAVE") {
    core::check(space != line.npos && core::is_message_id(line.substr(space + 1)),
                "an article is offered by its message-id");
    return word == "TAKETHIS";
  }
  core::check(line == "CAPABILITIES" || line == "MODE STREAM" || line == "QUIT",
              "what is said is a command that we know");
  return false;
}

// Looks at what was added to `all` since the last look.
inline void check_said(std::string_view all, Said& said) {
  while (said.size < all.size()) {
    core::check(!said.quit, "nothing is said behind QUIT");
    const std::size_t end = all.find("\r\n", said.size);
    core::check(end != all.npos, "a command is a whole line");
    const std::string_view line = all.substr(said.size, end - said.size);
    check_command_line(line);
    said.quit = line == "QUIT";
    said.size = end + 2;
  }
}

}  // namespace innduct::fuzz
