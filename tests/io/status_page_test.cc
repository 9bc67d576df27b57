// status_page_test.cc: proves that the page asks for nothing but /events and /status.json, and for
// no member of them that is not there. What a person sees of it is in
// tests/e2e/t20_in_a_browser.py.
#include "io/status_page.h"

#include <gtest/gtest.h>

#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "io/status_json.h"

namespace innduct::io {
namespace {

constexpr std::string_view name_bytes = "abcdefghijklmnopqrstuvwxyz_";

// Each name behind `variable.` in the page is a member of `object`, if it is not called.
void expect_members(const std::string& variable, const nlohmann::json& object) {
  const std::string text = status_page();
  const std::string start = variable + ".";
  std::size_t found = 0;
  for (std::size_t at = text.find(start); at != text.npos; at = text.find(start, at + 1)) {
    const bool is_end_of_a_word =
        at > 0 && (std::isalnum(text[at - 1]) != 0 || text[at - 1] == '.');
    const std::size_t begin = at + start.size();
    const std::size_t end = text.find_first_not_of(name_bytes, begin);
    const std::string name = text.substr(begin, end - begin);
    const bool is_member = !name.empty() && text[end] != '(' && std::isalnum(text[end]) == 0;
    if (is_end_of_a_word || !is_member || name == "length") {
      continue;
    }
    EXPECT_TRUE(object.contains(name)) << start << name;
    ++found;
  }
  EXPECT_GT(found, 2U) << variable;
}

TEST(StatusPageTest, WhatItShowsIsThere) {
  engine::Status status;
  status.files.resize(1);
  status.connections.resize(1);
  status.errors.resize(1);
  const auto all = nlohmann::json::parse(to_json(status));
  expect_members("s", all);
  expect_members("c", all.at("counters"));
  expect_members("m", all.at("minute").at("counters"));
  expect_members("e", all.at("errors").at(0));
  expect_members("k", all.at("connections").at(0));
  expect_members("f", all.at("files").at(0));
  expect_members("f.counters", all.at("files").at(0).at("counters"));
}

TEST(StatusPageTest, NothingComesFromElsewhere) {
  const std::string text = status_page();
  for (const char* word : {"http://", "https://", "//cdn", "src=", "@import", "url(", "innerHTML",
                           "document.write", "eval("}) {
    EXPECT_EQ(text.find(word), std::string::npos) << word;
  }
  EXPECT_NE(text.find("new EventSource(\"/events\")"), std::string::npos);
  EXPECT_NE(text.find("fetch(\"/status.json\""), std::string::npos);
  EXPECT_NE(text.find("name=\"viewport\""), std::string::npos);
  EXPECT_NE(text.find("prefers-color-scheme: dark"), std::string::npos);
}

}  // namespace
}  // namespace innduct::io
