// status_page_test.cc: proves that the page asks for nothing but /status.json, and for no member of
// it that is not there. What it looks like no test can tell.
#include "io/status_page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <string_view>

#include "io/status_json.h"

namespace innduct::io {
namespace {

// Each name behind `prefix` in the page is a member of `object`.
void expect_members(const std::string& prefix, const nlohmann::json& object) {
  const std::string text = status_page();
  const std::regex pattern("\\b" + prefix + "\\.([a-z_]+)\\b(?!\\()");
  std::size_t found = 0;
  for (std::sregex_iterator each(text.begin(), text.end(), pattern), end; each != end; ++each) {
    const std::string name = (*each)[1];
    if (name != "length") {
      EXPECT_TRUE(object.contains(name)) << prefix << "." << name;
      ++found;
    }
  }
  EXPECT_GT(found, 2U) << prefix;
}

TEST(StatusPageTest, WhatItShowsIsThere) {
  engine::Status status;
  status.files.resize(1);
  status.connections.resize(1);
  const auto all = nlohmann::json::parse(to_json(status));
  expect_members("s", all);
  expect_members("c", all.at("counters"));
  expect_members("k", all.at("connections").at(0));
  expect_members("f", all.at("files").at(0));
  expect_members("f\\.counters", all.at("files").at(0).at("counters"));
}

TEST(StatusPageTest, NothingComesFromElsewhere) {
  const std::string text = status_page();
  for (const char* word : {"http://", "https://", "//cdn", "src=", "@import", "url(", "innerHTML",
                           "document.write", "eval("}) {
    EXPECT_EQ(text.find(word), std::string::npos) << word;
  }
  EXPECT_NE(text.find("fetch(\"/status.json\""), std::string::npos);
  EXPECT_NE(text.find("name=\"viewport\""), std::string::npos);
  EXPECT_NE(text.find("prefers-color-scheme: dark"), std::string::npos);
}

}  // namespace
}  // namespace innduct::io
