// command.cc: the table of control commands.
#include "engine/command.h"

#include <algorithm>
#include <array>

#include "core/cat.h"
#include "core/escape.h"

namespace innduct::engine {
namespace {

struct Row {
  std::string_view words;
  Command command;
  bool names_an_article = false;  // in one more word
};

constexpr std::array commands{
    Row{"", Command::none},
    Row{"h", Command::help},
    Row{"help", Command::help},
    Row{"flush", Command::flush},
    Row{"stop", Command::stop},
    Row{"logstats", Command::logstats},
    Row{"show", Command::show},
    Row{"show json", Command::show_json},
    Row{"batch", Command::batch},
    Row{"dump q", Command::dump_summary},
    Row{"dump a", Command::dump_all},
    Row{"next blscan", Command::next_backlog_scan},
    Row{"next conn", Command::next_connection},
    Row{"quarantine", Command::quarantine_list},
    Row{"quarantine retry", Command::quarantine_retry, true},
    Row{"quarantine drop", Command::quarantine_drop, true},
};

// Words with one blank between them.
std::string normalised(std::string_view line) {
  std::string words;
  for (const char c : line) {
    const bool blank = c == ' ' || c == '\t' || c == '\r';
    if (!blank) {
      words += c;
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  if (words.ends_with(' ')) {
    words.pop_back();
  }
  return words;
}

}  // namespace

std::expected<Order, std::string> parse_command(std::string_view line) {
  const std::string words = normalised(line);
  for (const Row& row : commands) {
    if (!row.names_an_article && row.words == words) {
      return Order{row.command, {}};
    }
    if (row.names_an_article && (words + ' ').starts_with(core::cat(row.words, " "))) {
      const std::string whom = words.substr(std::min(row.words.size() + 1, words.size()));
      if (!whom.empty() && whom.find(' ') == std::string::npos) {
        return Order{row.command, whom};
      }
      return std::unexpected(core::cat(row.words, " needs the message-id of an article, or `all`"));
    }
  }
  return std::unexpected(
      core::cat("unknown command: ", core::escaped(words, 40), " (h lists all)"));
}

std::string_view command_help() {
  return "h            this list\n"
         "flush        start a new feed file; or finish the last flush by force\n"
         "stop         log statistics and exit\n"
         "logstats     log statistics, and count anew\n"
         "show         a summary of the state\n"
         "show json    all of the state, for programs\n"
         "batch        for programs: no prompt, but a line ok or failed behind each answer\n"
         "dump q|a     write the summary (q), or that and every article (a), to FEEDFILE_dump\n"
         "next blscan  look for backlog files at the next period\n"
         "next conn    do not wait for the reconnect interval\n"
         "quarantine   list the articles that were set aside\n"
         "quarantine retry ID|all  offer one (or all) of them again\n"
         "quarantine drop ID|all   give one (or all) of them up\n";
}

}  // namespace innduct::engine
