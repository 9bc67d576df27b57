// command.h: the control line's commands, from text.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace innduct::engine {

enum class Command : std::uint8_t {
  none,  // an empty line
  help,
  flush,
  stop,
  logstats,
  show,
  show_json,
  batch,
  dump_summary,
  dump_all,
  next_backlog_scan,
  next_connection,
  quarantine_list,
  quarantine_retry,  // these two concern an article
  quarantine_drop,
  trace_dialogue,
  trace_article,  // a message-id
  trace_off,
};

struct Order {
  Command command{};
  std::string whom;  // the article: a message-id; for the quarantine also a locator, or `all`
  bool operator==(const Order&) const = default;
};

// The command that a line holds; words may be apart by several blanks. The error is one line for
// the person who typed it.
std::expected<Order, std::string> parse_command(std::string_view line);

// What is answered to a command.
struct CommandAnswer {
  std::string text;  // lines for people; the last one may lack its newline
  bool good = true;  // it was, or is being, carried out
};

// The answer to `h`.
std::string_view command_help();

}  // namespace innduct::engine
