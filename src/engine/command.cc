// command.cc: the table of control commands.
#include "engine/command.h"

#include <algorithm>
#include <array>

#include "core/cat.h"
#include "core/escape.h"
#include "core/message_id.h"

namespace innduct::engine {
namespace {

struct Row {
  std::string_view words;
  Command command;
  std::string_view needs = {};  // names an article in one more word: what that may be
};

constexpr std::string_view one_or_all = "the message-id of an article, or `all`";

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
    Row{"quarantine retry", Command::quarantine_retry, one_or_all},
    Row{"quarantine drop", Command::quarantine_drop, one_or_all},
    Row{"trace peer", Command::trace_dialogue},
    Row{"trace off", Command::trace_off},
    Row{"trace", Command::trace_article, "`peer`, the message-id of an article, or `off`"},
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
    if (row.needs.empty() && row.words == words) {
      return Order{row.command, {}};
    }
    if (!row.needs.empty() && (words + ' ').starts_with(core::cat(row.words, " "))) {
      const std::string whom = words.substr(std::min(row.words.size() + 1, words.size()));
      const bool fits = row.command == Command::trace_article
                            ? core::is_message_id(whom)
                            : !whom.empty() && whom.find(' ') == std::string::npos;
      if (fits) {
        return Order{row.command, whom};
      }
      return std::unexpected(core::cat(row.words, " needs ", row.needs));
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
         "quarantine drop ID|all   give one (or all) of them up\n"
         "trace peer   show what is said on the connections, as it is said\n"
         "trace ID     show what becomes of the article with this message-id\n"
         "trace off    end that\n";
}

}  // namespace innduct::engine
