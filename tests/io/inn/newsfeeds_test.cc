// newsfeeds_test.cc: proves that the entries of a site are found in newsfeeds as innd finds them:
// joined lines, comments, variables, the case of names, defaults.
#include "io/inn/newsfeeds.h"

#include <gtest/gtest.h>

namespace innduct::io {
namespace {

// The only entry of site `peer`.
NewsfeedsEntry only_entry(std::string_view newsfeeds) {
  const auto entries = entries_of(newsfeeds, "peer");
  EXPECT_EQ(entries.size(), 1u) << newsfeeds;
  return entries.empty() ? NewsfeedsEntry() : entries.front();
}

TEST(NewsfeedsTest, TheFieldsOfAnEntry) {
  const auto entry =
      only_entry("ME:!*::\npeer/other,third:*,!local.*/!here:Tf,Wnm,<9000:out/peer\nmore:*:Tf:\n");
  EXPECT_EQ(entry.line, 2u);
  EXPECT_EQ(entry.site, "peer");
  EXPECT_EQ(entry.exclusions, "/other,third");
  EXPECT_EQ(entry.patterns, "*,!local.*/!here");
  EXPECT_EQ(entry.flags, (std::vector<std::string>{"Tf", "Wnm", "<9000"}));
  EXPECT_EQ(entry.parameter, "out/peer");
  EXPECT_EQ(entry.type(), 'f');
  EXPECT_EQ(entry.items(), "nm");
}

TEST(NewsfeedsTest, WhatIsLeftOutHasItsDefault) {
  for (const char* text : {"peer:*::", "peer:*:", "peer:*", "peer", "peer:*:T:"}) {
    EXPECT_EQ(only_entry(text).type(), 'f') << text;
    EXPECT_EQ(only_entry(text).items(), "n") << text;
    EXPECT_EQ(only_entry(text).parameter, "") << text;
  }
  EXPECT_EQ(only_entry("peer:*:Tm,Tc,Wn,Wnm:x").type(), 'c');
  EXPECT_EQ(only_entry("peer:*:Tm,Tc,Wn,Wnm:x").items(), "nm");
}

TEST(NewsfeedsTest, LinesAreJoined) {
  const auto entry =
      only_entry("a:*::\\\n\npeer\\\n   :*,\\\n\t!local.*\\\n  :Tf,Wnm\\\n:\nb:*::\n");
  EXPECT_EQ(entry.line, 3u);
  EXPECT_EQ(entry.patterns, "*,!local.*");
  EXPECT_EQ(entry.items(), "nm");
  EXPECT_EQ(only_entry("peer:*:Tf,Wnm:\\").type(), 'f');
}

TEST(NewsfeedsTest, CommentsAreNoEntries) {
  EXPECT_TRUE(entries_of("#peer:*:Tf,Wnm:\n# more \\\npeer:*:Tf,Wnm:\n", "peer").empty());
  EXPECT_TRUE(entries_of("#peer:*:Tf,Wnm:\n", "#peer").empty());
  EXPECT_TRUE(entries_of("", "peer").empty());
  EXPECT_TRUE(entries_of("\n\n", "peer").empty());
  EXPECT_TRUE(entries_of("peers:*:Tf:\nthe.peer:*:Tf:\n", "peer").empty());
}

TEST(NewsfeedsTest, VariablesHaveTheirValues) {
  const auto entry = only_entry(
      "$LOCAL=local.*,here.*\n$KIND=Tf\n$FLAGS=$KIND,Wnm\n"
      "peer:*,!$LOCAL:$FLAGS,$NONE:$\n");
  EXPECT_EQ(entry.patterns, "*,!$LOCAL");  // as it stands there
  EXPECT_EQ(entry.flags, (std::vector<std::string>{"Tf", "Wnm", "$NONE"}));
  EXPECT_EQ(entry.parameter, "$");
}

TEST(NewsfeedsTest, TheCaseOfASiteDoesNotMatter) {
  const auto entries = entries_of("Peer:*:Tf,Wnm:\nPEER:alt.*:Tm:funnel!\n", "peer");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].site, "Peer");
  EXPECT_EQ(entries[1].type(), 'm');
}

}  // namespace
}  // namespace innduct::io
