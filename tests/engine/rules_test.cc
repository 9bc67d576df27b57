// rules_test.cc: proves that the table of rules holds each of them once, that each is obeyed
// somewhere in the engine, and that doc/reliability.md prints the table as it is.
#include "engine/rules.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "core/cat.h"
#include "documented.h"
#include "engine/config.h"

namespace innduct::engine {
namespace {

// All of the engine but the table itself.
std::string code_of_the_engine() {
  std::ostringstream code;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_OF_ENGINE)) {
    if (entry.path().extension() == ".cc" ||
        (entry.path().extension() == ".h" && entry.path().filename() != "rules.h")) {
      code << std::ifstream(entry.path()).rdbuf();
    }
  }
  return code.str();
}

std::string printed_table() {
  std::string text = "| rule | its part | what it says |\n| --- | --- | --- |\n";
  for (const RuleRow& row : rule_table) {
    text += core::cat("| ", row.number, " | ", row.name, " | ", row.text, " |\n");
  }
  return text;
}

TEST(RulesTest, TheDocumentShowsThem) {
  const std::string shown = documented(RELIABILITY, "rules");
  EXPECT_TRUE(shown == printed_table())
      << "doc/reliability.md must hold, between its markers for rules:\n"
      << printed_table() << "and holds:\n"
      << shown;
}

TEST(RulesTest, TheTableHoldsEachRuleOnceAndInTheirOrder) {
  int number = 0;
  for (std::size_t i = 0; i < rule_table.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(rule_table[i].rule), i + 1) << rule_table[i].name;
    EXPECT_GE(rule_table[i].number, number) << rule_table[i].name;
    number = rule_table[i].number;
  }
  EXPECT_EQ(static_cast<Rule>(rule_table.size()), last_rule);
}

TEST(RulesTest, EachIsObeyedByNameSomewhereInTheEngine) {
  const std::string code = code_of_the_engine();
  for (const RuleRow& row : rule_table) {
    EXPECT_NE(code.find(core::cat("Rule::", row.name)), std::string::npos) << row.name;
  }
}

TEST(RulesTest, AllAreKeptUnlessOneIsLeftOut) {
  Config config;
  for (const RuleRow& row : rule_table) {
    EXPECT_TRUE(config.keeps(row.rule)) << row.name;
  }
  config.left_out = Rule::sync_feed;
  for (const RuleRow& row : rule_table) {
    EXPECT_EQ(config.keeps(row.rule), row.rule != Rule::sync_feed) << row.name;
  }
  EXPECT_TRUE(config.keeps(Rule::none));
}

}  // namespace
}  // namespace innduct::engine
