// findings_test.cc: proves what --check says of each thing that can be wrong, and that each of them
// comes with its remedy. That it sees what there is to see, tests/e2e/t18_first_aid.py proves.
#include "app/findings.h"

#include <gtest/gtest.h>

#include <functional>

namespace innduct::app {
namespace {

using Flags = std::vector<std::string>;

io::NewsfeedsEntry entry(Flags flags, std::string parameter = "") {
  return {.line = 7,
          .site = "peer",
          .exclusions = "/other",
          .patterns = "*,!local.*",
          .flags = std::move(flags),
          .parameter = std::move(parameter)};
}

// Where all is well.
Seen well() {
  Seen seen;
  seen.site = "peer";
  seen.fqdn = "news.example.com";
  seen.inn_conf = "/etc/news/inn.conf";
  seen.user = seen.runas_user = seen.runas_group = "news";
  seen.path_outgoing = "/out";
  seen.newsfeeds.path = "/etc/news/newsfeeds";
  seen.entries = {entry({"Tf", "Wnm"})};
  seen.feed_file = "/out/peer";
  seen.feed_file_there = true;
  seen.directory.path = "/out";
  seen.files = {{.path = "/out/peer"}, {.path = "/out/peer_lock"}};
  seen.run_directory.path = "/run/news";
  seen.control.path = "/run/news/innduct";
  seen.innd_channel = "/run/news/control";
  seen.met = {{.address = "192.0.2.1", .ready = true, .streaming = true}};
  return seen;
}

// What is said of what is wrong, without colour.
std::string wrong(const std::function<void(Seen&)>& breaking) {
  Seen seen = well();
  breaking(seen);
  std::vector<Finding> findings = judge(seen);
  std::erase_if(findings, [](const Finding& each) { return each.good; });
  return render(findings, false);
}

TEST(FindingsTest, WhereAllIsWellEachThingHasALine) {
  EXPECT_EQ(render(judge(well()), false),
            "ok    inn.conf   /etc/news/inn.conf\n"
            "ok    user       news\n"
            "ok    newsfeeds  /etc/news/newsfeeds:7\n"
            "ok    nntpsend   has nothing to do with peer\n"
            "ok    feed file  /out/peer\n"
            "ok    directory  /out\n"
            "ok    files      2 of the feed can be read and written\n"
            "ok    lock       free\n"
            "ok    pathrun    /run/news\n"
            "ok    control    socket in /run/news/innduct\n"
            "ok    innd       listens at /run/news/control\n"
            "ok    articles   the store could be opened; no article waits to be tried\n"
            "ok    peer       news.example.com port 119 (192.0.2.1) takes articles\n"
            "ok    streaming  the peer streams\n");
}

TEST(FindingsTest, ColoursAreForTheFirstWord) {
  EXPECT_EQ(render({{true, "a", "fine", {}}, {false, "bb", "not", {"do this", "and that"}}}, true),
            "\033[32mok  \033[0m  a   fine\n"
            "\033[31mFAIL\033[0m  bb  not\n"
            "      do this\n"
            "      and that\n");
}

TEST(FindingsTest, WithoutInnConfNothingElseIsSaid) {
  EXPECT_EQ(wrong([](Seen& s) {
              s = Seen();
              s.inn_conf_trouble = "cannot use /x";
            }),
            "FAIL  inn.conf  cannot use /x\n"
            "      correct it (inncheck finds mistakes), or name another one with --inndconf\n");
}

TEST(FindingsTest, ThePlaceOfTheStatusPage) {
  using Is = io::HttpPlace::Is;
  const auto with = [](Is is, const char* why) {
    return wrong([&](Seen& s) {
      s.http = "127.0.0.1 port 8080";
      s.http_place = {is, why};
    });
  };
  EXPECT_EQ(with(Is::free, ""), "");
  EXPECT_EQ(with(Is::ours, ""), "");
  EXPECT_EQ(with(Is::taken, "somebody else listens there"),
            "FAIL  status page  127.0.0.1 port 8080: somebody else listens there\n"
            "      give another place with --http; each feed needs its own\n");
  EXPECT_EQ(with(Is::impossible, "Permission denied"),
            "FAIL  status page  127.0.0.1 port 8080: Permission denied\n"
            "      give --http an address of this host and a port above 1023, or a path in a "
            "directory where news may write\n");
}

TEST(FindingsTest, TheLineForNewsfeedsIsExact) {
  const struct {
    std::vector<io::NewsfeedsEntry> entries;
    const char* line;
  } cases[] = {
      {{}, "peer:*:Tf,Wnm:"},
      {{entry({})}, "peer/other:*,!local.*:Tf,Wnm:"},
      {{entry({"Tf", "Wn"}, "out")}, "peer/other:*,!local.*:Tf,Wnm:out"},
      {{entry({"Tf", "Wmn"})}, "peer/other:*,!local.*:Tf,Wnm:"},
      {{entry({"Tf", "Wnmb", "<9000", "Ap"})}, "peer/other:*,!local.*:Tf,Wnm,<9000,Ap:"},
      {{entry({"Tm", "Wnm"}, "funnel!")}, "peer/other:*,!local.*:Tf,Wnm:"},
      {{entry({"Tc", "Wnm"}, "/bin/innfeed")}, "peer/other:*,!local.*:Tf,Wnm:"},
  };
  for (const auto& [entries, line] : cases) {
    const std::string said = wrong([&](Seen& s) { s.entries = entries; });
    EXPECT_TRUE(said.starts_with("FAIL  newsfeeds  /etc/news/newsfeeds")) << said;
    EXPECT_TRUE(said.ends_with(std::string("        ") + line + "\n")) << said;
    EXPECT_NE(said.find("ctlinnd reload newsfeeds 'feed peer'"), std::string::npos) << said;
  }
}

TEST(FindingsTest, OneOfSeveralEntriesIsEnough) {
  EXPECT_EQ(wrong([](Seen& s) { s.entries = {entry({"Tp"}), entry({"Tf", "Wnm"})}; }), "");
}

TEST(FindingsTest, BothReadTheSameFile) {
  for (const char* same : {"", "peer", "/out/peer"}) {
    EXPECT_EQ(wrong([&](Seen& s) { s.entries = {entry({"Wnm"}, same)}; }), "") << same;
  }
  for (const char* other : {"other", "/in/peer", "sub/peer"}) {
    const std::string said = wrong([&](Seen& s) { s.entries = {entry({"Wnm"}, other)}; });
    EXPECT_NE(said.find("innduct reads /out/peer"), std::string::npos) << said;
    EXPECT_NE(said.find("start innduct with --feedfile=/"), std::string::npos) << said;
  }
}

TEST(FindingsTest, AFeedFileThatIsNotThereIsWrongOnlyWhileInndRuns) {
  EXPECT_NE(wrong([](Seen& s) { s.feed_file_there = false; }).find("FAIL  feed file"),
            std::string::npos);
  EXPECT_EQ(wrong([](Seen& s) {
              s.feed_file_there = false;
              s.innd_trouble = "nobody";
            }).find("feed file"),
            std::string::npos);
}

TEST(FindingsTest, OfADirectoryThatCannotBeReadNothingIsClaimed) {
  Seen seen = well();
  seen.directory.trouble = "Permission denied";
  seen.listed = false;
  const std::string said = render(judge(seen), false);
  for (const char* unknown : {"feed file", "files ", "lock "}) {
    EXPECT_EQ(said.find(unknown), std::string::npos) << said;
  }
  EXPECT_NE(said.find("FAIL  directory"), std::string::npos) << said;
}

TEST(FindingsTest, FilesThatAreWellAreCounted) {
  Seen seen = well();
  seen.files = {};
  EXPECT_NE(render(judge(seen), false).find("ok    files      none of the feed is there yet"),
            std::string::npos);
  seen.files = {{.path = "/out/peer", .trouble = "bad"}};
  EXPECT_EQ(render(judge(seen), false).find("files "), std::string::npos);
}

TEST(FindingsTest, WhatIsWrongHasItsRemedy) {
  const struct {
    const char* what;
    const char* remedy;
    std::function<void(Seen&)> breaking;
  } cases[] = {
      {"user", "as root or as news", [](Seen& s) { s.user_trouble = "bad"; }},
      {"newsfeeds", "readable for user news", [](Seen& s) { s.newsfeeds.trouble = "bad"; }},
      {"directory", "chown news:news /out && chmod u+rwx /out",
       [](Seen& s) { s.directory.trouble = "bad"; }},
      {"file", "chown news:news /out/peer_lock && chmod u+rw /out/peer_lock",
       [](Seen& s) { s.files[1].trouble = "bad"; }},
      {"file", "take it away",
       [](Seen& s) { s.files[0] = {.path = "/out/peer", .trouble = "bad", .plain = false}; }},
      {"directory", "let user news enter /closed: chmod a+x /closed",
       [](Seen& s) {
         s.directory = {.path = "/closed/out", .trouble = "bad", .closed = "/closed"};
       }},
      {"pathrun", "let user news enter /closed",
       [](Seen& s) {
         s.run_directory = {.path = "/closed/run", .trouble = "bad", .closed = "/closed"};
       }},
      {"lock", "remove it", [](Seen& s) { s.lock_trouble = "bad"; }},
      {"pathrun", "chown news:news /run/news", [](Seen& s) { s.run_directory.trouble = "bad"; }},
      {"control", "another place with --cli", [](Seen& s) { s.control.trouble = "bad"; }},
      {"control", "make the one it is made in news's: chown news:news /run/news\n",
       [](Seen& s) {
         s.control = {.path = "/run/news/innduct", .there = false, .trouble = "bad"};
       }},
      {"outcome log", "leave --outcome-log out",
       [](Seen& s) { s.outcome_log = {.path = "/var/log/news/peer.outcomes", .trouble = "bad"}; }},
      {"innd", "start innd", [](Seen& s) { s.innd_trouble = "bad"; }},
      {"articles", "storage.conf", [](Seen& s) { s.store_trouble = "bad"; }},
      {"articles", "the spool is mounted",
       [](Seen& s) {
         s.sample = {"@1@", "<a@b>", engine::FetchOutcome::trouble, "bad"};
       }},
      {"articles", "the INN that runs",
       [](Seen& s) {
         s.sample = {"@1@", "<a@b>", engine::FetchOutcome::unknown, "bad"};
       }},
      {"peer", "or the DNS",
       [](Seen& s) {
         s.met.clear();
         s.peer_unknown = "bad";
       }},
      {"peer", "is the port right",
       [](Seen& s) { s.met = {{.address = "192.0.2.1", .why_not = "bad"}}; }},
      {"peer", "try again later",
       [](Seen& s) { s.met = {{.address = "192.0.2.1", .why_not = "bad", .answer = "400 full"}}; }},
      {"peer", "a password or TLS",
       [](Seen& s) { s.met = {{.address = "192.0.2.1", .why_not = "bad", .answer = "480 auth"}}; }},
      {"peer", "let this host in; they need",
       [](Seen& s) { s.met = {{.address = "192.0.2.1", .why_not = "bad", .answer = "502 no"}}; }},
      {"peer", "is that a news server",
       [](Seen& s) { s.met = {{.address = "192.0.2.1", .why_not = "bad", .answer = "HTTP/1.1"}}; }},
      {"nntpsend", "take that line out",
       [](Seen& s) {
         s.nntpsend = {.path = "bad"};
         s.nntpsend_line = 3;
       }},
      {"streaming", "accept it with --no-streaming",
       [](Seen& s) { s.met.front().streaming = false; }},
  };
  for (const auto& [what, remedy, breaking] : cases) {
    const std::string said = wrong(breaking);
    EXPECT_TRUE(said.starts_with(std::string("FAIL  ") + what + "  ")) << said;
    EXPECT_EQ(said.find("FAIL", 1), std::string::npos) << "one thing only: " << said;
    EXPECT_NE(said.find("\n      "), std::string::npos) << said;
    EXPECT_NE(said.find(remedy), std::string::npos) << said;
    if (std::string_view(what) != "streaming") {
      EXPECT_NE(said.find("bad"), std::string::npos) << "the reason: " << said;
    }
  }
}

TEST(FindingsTest, WhatIsNoTroubleOfTheInstallationIsWell) {
  for (const auto outcome : {engine::FetchOutcome::ready, engine::FetchOutcome::absent,
                             engine::FetchOutcome::damaged, engine::FetchOutcome::other}) {
    EXPECT_EQ(wrong([&](Seen& s) { s.sample = {"@1@", "<a@b>", outcome, ""}; }), "");
  }
  EXPECT_EQ(wrong([](Seen& s) { s.lock_holder = "4711"; }), "");
  EXPECT_EQ(wrong([](Seen& s) { s.control = {}; }), "");
  EXPECT_EQ(wrong([](Seen& s) { s.outcome_log = {.path = "/log", .there = false}; }), "");
  EXPECT_EQ(wrong([](Seen& s) {
              s.may_stream = false;
              s.met.front().streaming = false;
            }),
            "");
  // One address is enough.
  EXPECT_EQ(wrong([](Seen& s) { s.met.push_back({.address = "2001:db8::1", .why_not = "no"}); }),
            "");
}

TEST(FindingsTest, WhatIsShownIsPrintable) {
  Seen seen = well();
  seen.entries = {entry({"Tf", "W\033"}, "x\ny")};
  seen.sample = {"@1@", "<\001@b>", engine::FetchOutcome::ready, ""};
  const std::string text = render(judge(seen), false);
  for (const char c : text) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << text;
  }
  EXPECT_NE(text.find("x\\ny"), std::string::npos);
}

}  // namespace
}  // namespace innduct::app
