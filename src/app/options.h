// options.h: the command line, read and checked before anything is touched.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/config.h"
#include "io/http_address.h"

namespace innduct::app {

struct Options {
  // site, fqdn and everything that tunes; what depends on inn.conf is still empty.
  engine::Config config;

  std::string feed_file;  // --feedfile: a path, or a directory if it ends in a slash; empty: site
  bool quiet_multiple = false;
  bool daemon = true;
  bool interactive = false;
  bool check = false;    // only look whether all is well
  std::string inn_conf;  // --inndconf; empty: the default one
  std::uint16_t port = 119;
  std::string run_directory;            // --chdir; empty: pathrun of inn.conf
  std::optional<io::HttpAddress> http;  // --http; nothing: no status page
  std::string outcome_log;              // --outcome-log; empty: none
  std::string control = "innduct/";  // --cli: a path, a directory if it ends in a slash, or `none`
};

// Why there are no Options.
struct NotStarted {
  std::string answer;                 // to --help or --version: to be written to stdout
  std::vector<std::string> mistakes;  // else: one line each, that names the option
};

// Reads the arguments that follow the program's name.
std::expected<Options, NotStarted> read_options(std::span<const char* const> arguments);

}  // namespace innduct::app
