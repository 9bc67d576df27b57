// feed_paths.h: where the feed file, the lock and the control socket are, from options and
// inn.conf.
#pragma once

#include <string>

#include "app/options.h"
#include "io/inn/inn_config.h"

namespace innduct::app {

struct FeedPaths {
  std::string feed_file;       // absolute, if inn.conf's pathoutgoing is
  std::string feed_directory;  // without a slash at its end, unless it is the root
  std::string feed_name;
  std::string lock_file;
  std::string run_directory;
  std::string control;  // relative to run_directory, or absolute; empty: none
};

// The rules of the manual page, GENERAL OPTIONS. Throws Failure.
FeedPaths feed_paths(const Options& options, const io::InnConfig& inn);

}  // namespace innduct::app
