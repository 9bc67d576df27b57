// failure.h: why innduct ends before it feeds, and with which exit code.
#pragma once

#include <string>

namespace innduct::app {

// The manual page, EXIT STATUS.
namespace exit_code {
inline constexpr int already_running = 0;  // and -q was given
inline constexpr int bad_usage = 8;        // options and arguments
inline constexpr int trouble = 12;     // the world around us: files, memory, inn.conf, the spool
inline constexpr int unexpected = 16;  // we are wrong, or somebody breaks the rules of the feed
}  // namespace exit_code

// Thrown by whoever cannot go on starting; caught in main().
struct Failure {
  int code = 0;
  std::string text;  // for people; empty: nothing is said
};

}  // namespace innduct::app
