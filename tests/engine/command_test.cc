// command_test.cc: proves that every command of the manual page is understood, that blanks do not
// matter, and that whatever else is typed is answered and not obeyed.
#include "engine/command.h"

#include <gtest/gtest.h>

namespace innduct::engine {
namespace {

TEST(CommandTest, TheTable) {
  struct Case {
    const char* line;
    Command command;
  };
  const Case cases[] = {
      {"", Command::none},
      {"   ", Command::none},
      {"\r", Command::none},
      {"h", Command::help},
      {"help", Command::help},
      {"flush", Command::flush},
      {"stop", Command::stop},
      {"logstats", Command::logstats},
      {"show", Command::show},
      {"show json", Command::show_json},
      {"batch", Command::batch},
      {"dump q", Command::dump_summary},
      {"dump a", Command::dump_all},
      {"next blscan", Command::next_backlog_scan},
      {"next conn", Command::next_connection},
      {"quarantine", Command::quarantine_list},
      {" next \t conn \r", Command::next_connection},
  };
  for (const Case& c : cases) {
    const auto command = parse_command(c.line);
    ASSERT_TRUE(command) << c.line;
    EXPECT_EQ(command->command, c.command) << c.line;
    EXPECT_EQ(command->whom, "") << c.line;
  }
}

TEST(CommandTest, SomeConcernAnArticle) {
  struct Case {
    const char* line;
    Command command;
    const char* whom;
  };
  const Case cases[] = {
      {"quarantine retry <a@b>", Command::quarantine_retry, "<a@b>"},
      {" quarantine  retry\tall ", Command::quarantine_retry, "all"},
      {"quarantine drop news/x/1", Command::quarantine_drop, "news/x/1"},
      {"trace peer", Command::trace_dialogue, ""},
      {" trace  off", Command::trace_off, ""},
      {"trace <a@b>", Command::trace_article, "<a@b>"},
  };
  for (const Case& c : cases) {
    const auto command = parse_command(c.line);
    ASSERT_TRUE(command) << c.line;
    EXPECT_EQ(command->command, c.command) << c.line;
    EXPECT_EQ(command->whom, c.whom) << c.line;
  }
  for (const std::string words : {"quarantine retry", "quarantine drop"}) {
    for (const char* rest : {"", " ", " <a@b> <c@d>"}) {
      const auto command = parse_command(words + rest);
      ASSERT_FALSE(command) << rest;
      EXPECT_EQ(command.error(), words + " needs the message-id of an article, or `all`");
    }
  }
}

TEST(CommandTest, ATraceIsOfThePeerOrAnArticle) {
  for (const char* line : {"trace", "trace ", "trace all", "trace a@b", "trace <a@b> <c@d>",
                           "trace peer now", "trace <a@b"}) {
    const auto command = parse_command(line);
    ASSERT_FALSE(command) << line;
    EXPECT_EQ(command.error(), "trace needs `peer`, the message-id of an article, or `off`");
  }
  EXPECT_FALSE(parse_command("traces"));
}

TEST(CommandTest, AnythingElseIsRefusedInOneLine) {
  for (const char* line : {"flus", "flush now", "dump", "dump x", "next", "FLUSH", "stop;",
                           "quarantine retryall", "quarantine <a@b>"}) {
    const auto command = parse_command(line);
    ASSERT_FALSE(command) << line;
    EXPECT_EQ(command.error(), std::string("unknown command: ") + line + " (h lists all)");
  }
  const auto escaped = parse_command("\x1b[2Jflush\n");
  ASSERT_FALSE(escaped);
  EXPECT_EQ(escaped.error().find('\x1b'), std::string::npos);
  EXPECT_LT(parse_command(std::string(100'000, 'x')).error().size(), 200U);
}

TEST(CommandTest, HelpNamesThemAll) {
  for (const char* word :
       {"h ", "flush", "stop", "logstats", "show ", "show json", "batch", "dump q|a", "next blscan",
        "next conn", "quarantine ", "quarantine retry ID|all", "quarantine drop ID|all",
        "trace peer", "trace ID", "trace off"}) {
    EXPECT_NE(command_help().find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace innduct::engine
