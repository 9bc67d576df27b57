// findings.h: what `innduct --check` says: from what was seen to a line for each thing.
//
// Pure: look.h does the looking. Whatever is not well comes with its remedy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/introduction.h"
#include "engine/port.h"
#include "io/http_place.h"
#include "io/inn/newsfeeds.h"

namespace innduct::app {

// What was seen. Texts named `..._trouble` are for people, and empty if there was none.
struct Seen {
  // Whether something is fit for what innduct does with it.
  struct Path {
    std::string path;
    bool there = true;
    std::string trouble;
    std::string closed = {};  // the directory above it that may not be entered, if there is one
    bool plain = true;        // of a file: it is one
  };
  // An article that a file of the feed names.
  struct Sample {
    std::string locator;
    std::string message_id;
    engine::FetchOutcome outcome{};
    std::string text;  // why it is not `ready`
  };

  std::string site;
  std::string fqdn;
  std::uint16_t port = 119;
  bool may_stream = true;

  std::string inn_conf;  // as it was named
  std::string inn_conf_trouble;
  std::string user;  // who we are now
  std::string user_trouble;
  std::string runas_user;
  std::string runas_group;
  // From here on only if inn.conf could be used.
  std::string path_outgoing;
  Path newsfeeds;
  std::vector<io::NewsfeedsEntry> entries;  // of the site
  Path nntpsend;                            // its nntpsend.ctl
  std::size_t nntpsend_line = 0;            // which line has the site; 0: none
  std::string feed_file;
  bool feed_file_there = false;  // or the file that is being flushed
  Path directory;                // of all files of the feed
  bool listed = true;            // what follows is known, and feed_file_there
  std::vector<Path> files;       // of the feed, that are there
  std::optional<std::string> lock_holder;
  std::string lock_trouble;
  Path run_directory;
  Path control;      // the directory of the control socket; no path: none is wanted
  Path outcome_log;  // no path: none is wanted
  std::string http;  // where the status page is wanted; empty: nowhere
  io::HttpPlace http_place;
  std::string innd_channel;
  std::string innd_trouble;
  std::string store_trouble;
  std::optional<Sample> sample;
  std::vector<engine::Introduction::Met> met;
  std::string peer_unknown;  // why there is no address
};

struct Finding {
  bool good = true;
  std::string what;
  std::string text;
  std::vector<std::string> remedy;  // lines; none if it is good
};

std::vector<Finding> judge(const Seen& seen);

// Lines for a terminal or a file: `ok` or FAIL, what, text; below a FAIL its remedy.
std::string render(const std::vector<Finding>& findings, bool colour);

}  // namespace innduct::app
