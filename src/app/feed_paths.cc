// feed_paths.cc: paths, from options and inn.conf.
#include "app/feed_paths.h"

#include <string_view>

#include "app/failure.h"
#include "core/cat.h"
#include "core/escape.h"

namespace innduct::app {
namespace {

// A directory stands for the file in it that is named after the site.
std::string file_of(std::string_view path, std::string_view site) {
  return core::cat(path, path.ends_with('/') ? site : "");
}

}  // namespace

FeedPaths feed_paths(const Options& options, const io::InnConfig& inn) {
  const std::string& site = options.config.site;
  FeedPaths paths;
  paths.feed_file = file_of(options.feed_file.empty() ? site : options.feed_file, site);
  if (!paths.feed_file.starts_with('/')) {
    paths.feed_file = core::cat(inn.path_outgoing, "/", paths.feed_file);
  }
  const std::size_t slash = paths.feed_file.rfind('/');
  paths.feed_directory = slash == 0 ? "/" : paths.feed_file.substr(0, slash);
  paths.feed_name = paths.feed_file.substr(slash + 1);
  if (paths.feed_name == "." || paths.feed_name == "..") {
    throw Failure{exit_code::bad_usage,
                  core::cat("--feedfile=", core::escaped(options.feed_file),
                            ": expected a file, or a directory with a slash at its end")};
  }
  paths.lock_file = paths.feed_file + "_lock";
  paths.run_directory = options.run_directory.empty() ? inn.path_run : options.run_directory;
  if (options.control != "none") {
    paths.control = file_of(options.control, site);
  }
  return paths;
}

}  // namespace innduct::app
