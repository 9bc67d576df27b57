// look.cc: the looking behind --check; what it means is judged in findings.cc.
#include "app/look.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "app/failure.h"
#include "app/feed_paths.h"
#include "app/place.h"
#include "app/user.h"
#include "core/cat.h"
#include "core/escape.h"
#include "core/line_reader.h"
#include "engine/names.h"
#include "io/descriptor.h"
#include "io/file.h"
#include "io/http_place.h"
#include "io/inn/innd.h"
#include "io/inn/stores.h"
#include "io/lock.h"
#include "io/log.h"
#include "io/shell.h"

namespace innduct::app {
namespace {

using core::cat;

// Nobody wants to wait for a firewall as long as a feed can.
constexpr std::chrono::seconds patience_max{20};
// How much of a file is read to find an article in it.
constexpr std::size_t searched_bytes = 65536;
// What fits into the name of a socket.
constexpr std::size_t socket_path_size_max = 107;

// Why `path` cannot be used in this way (R_OK, W_OK, X_OK); empty: it can.
std::string no_access(const std::string& path, int how) {
  return ::access(path.c_str(), how) == 0 ? std::string() : std::strerror(errno);
}

// The first directory on the way to `path` that may not be entered; empty: there is none.
std::string closed_above(const std::filesystem::path& path) {
  std::filesystem::path above;
  for (const auto& part : path.parent_path()) {
    above /= part;
    if (::access(above.c_str(), X_OK) != 0) {
      return errno == EACCES ? above.native() : std::string();
    }
  }
  return {};
}

Seen::Path directory(const std::string& path) {
  return {
      .path = path, .trouble = no_access(path, R_OK | W_OK | X_OK), .closed = closed_above(path)};
}

std::string user_name() {
  const passwd* const user = ::getpwuid(::geteuid());
  return user != nullptr ? user->pw_name : cat("user id ", ::geteuid());
}

void look_at_user(Seen& seen, const io::InnConfig& inn) {
  seen.runas_user = inn.runas_user;
  seen.runas_group = inn.runas_group;
  try {
    seen.user_trouble = become_runas_user(inn);
  } catch (const Failure& failure) {
    seen.user_trouble = failure.text;
  }
  seen.user = user_name();
}

void look_at_newsfeeds(Seen& seen, const io::InnConfig& inn) {
  seen.newsfeeds.path = inn.path_etc + "/newsfeeds";
  errno = 0;
  std::ifstream file(seen.newsfeeds.path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    seen.newsfeeds.trouble =
        cat("cannot read ", core::escaped(seen.newsfeeds.path), ": ", std::strerror(errno));
  }
  seen.entries = io::entries_of(text, seen.site);
}

// nntpsend.ctl has a line `site:host:...` for each site that nntpsend feeds; # begins a comment.
void look_at_nntpsend(Seen& seen, const io::InnConfig& inn) {
  seen.nntpsend.path = inn.path_etc + "/nntpsend.ctl";
  std::ifstream file(seen.nntpsend.path, std::ios::binary);
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    line.resize(std::min(line.find('#'), line.size()));
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && line.substr(0, colon) == seen.site) {
      seen.nntpsend_line = number;
      return;
    }
  }
}

// Whether `name` is one that a feed's own files have.
bool is_of_the_feed(const engine::Names& names, std::string_view name) {
  const std::array own{&names.feed,       &names.flushing, &names.defer,
                       &names.bad,        &names.suspects, &names.inflight,
                       &names.quarantine, &names.lock,     &names.dump};
  return names.is_backlog(name) ||
         std::ranges::any_of(own, [&](const std::string* each) { return *each == name; });
}

void look_at_files(Seen& seen, const FeedPaths& paths) {
  const engine::Names names(paths.feed_name);
  seen.feed_file = paths.feed_file;
  seen.directory = directory(paths.feed_directory);
  auto found = io::list_names(paths.feed_directory, paths.feed_name);
  seen.listed = found && ::access(paths.feed_directory.c_str(), X_OK) == 0;
  if (!seen.listed) {
    return;
  }
  std::ranges::sort(*found, {}, &io::FoundName::name);
  for (const io::FoundName& each : *found) {
    if (!is_of_the_feed(names, each.name)) {
      continue;
    }
    const std::string path = cat(paths.feed_directory, "/", each.name);
    // Only a backlog file may be a link.
    const auto& what = names.is_backlog(each.name) ? each.target.value_or(each.self) : each.self;
    const bool plain = what.type == engine::FileType::plain;
    seen.files.push_back({.path = path,
                          .trouble = plain ? no_access(path, R_OK | W_OK) : "it is no plain file",
                          .plain = plain});
    seen.feed_file_there =
        seen.feed_file_there || each.name == names.feed || each.name == names.flushing;
  }
}

void look_at_lock(Seen& seen, const FeedPaths& paths) {
  const auto holder = io::FeedLock::holder(paths.lock_file);
  if (holder) {
    seen.lock_holder = *holder;
  } else {
    seen.lock_trouble = holder.error();
  }
}

void look_at_control(Seen& seen, const FeedPaths& paths) {
  seen.run_directory = directory(paths.run_directory);
  if (paths.control.empty()) {
    return;
  }
  const std::filesystem::path whole = std::filesystem::path(paths.run_directory) / paths.control;
  const std::filesystem::path directory = whole.parent_path();
  seen.control.path = directory.native();
  if (paths.control.size() > socket_path_size_max) {
    seen.control.trouble = cat("its path is longer than ", socket_path_size_max, " bytes");
    return;
  }
  seen.control.there = ::access(directory.c_str(), F_OK) == 0 || errno != ENOENT;
  const std::filesystem::path made_in = seen.control.there ? directory : directory.parent_path();
  seen.control.trouble = no_access(made_in.native(), W_OK | X_OK);
  seen.control.closed = closed_above(directory);
  std::error_code ignored;
  if (seen.control.there && std::filesystem::exists(directory, ignored) &&
      !std::filesystem::is_directory(directory, ignored)) {
    seen.control.trouble = std::strerror(ENOTDIR);
  }
}

void look_at_outcome_log(Seen& seen, const Options& options, const FeedPaths& paths) {
  if (options.outcome_log.empty()) {
    return;
  }
  const auto path = std::filesystem::path(paths.run_directory) / options.outcome_log;
  seen.outcome_log.path = path.native();
  seen.outcome_log.there = ::access(path.c_str(), F_OK) == 0 || errno != ENOENT;
  seen.outcome_log.trouble = seen.outcome_log.there
                                 ? no_access(path.native(), R_OK | W_OK)
                                 : no_access(path.parent_path().native(), W_OK | X_OK);
}

void look_at_http(Seen& seen, const Options& options, const FeedPaths& paths) {
  if (!options.http) {
    return;
  }
  seen.http = io::name_of(*options.http);
  io::HttpAddress address = *options.http;
  if (!address.path.empty()) {
    address.path = (std::filesystem::path(paths.run_directory) / address.path).native();
  }
  seen.http_place = io::look_at_http_place(address, seen.site);
}

void look_at_innd(Seen& seen, const io::InnConfig& inn) {
  seen.innd_channel = inn.path_run + "/control";
  if (const auto listens = io::innd_listens(inn.path_run); !listens) {
    seen.innd_trouble = listens.error();
  }
}

// The first article that the file names, not yet looked for.
std::optional<Seen::Sample> first_article(const std::string& path, core::Dialect dialect) {
  const io::Tried<int> opened = io::open_file(path, engine::OpenMode::read, true);
  if (!opened) {
    return std::nullopt;
  }
  const io::Descriptor file(*opened);
  std::string text(searched_bytes, '\0');
  const io::Tried<std::size_t> got = io::read_at(file.get(), 0, text);
  if (!got) {
    return std::nullopt;
  }
  core::LineReader reader(dialect);
  reader.feed(std::string_view(text).substr(0, *got));
  std::vector<core::Record> records;
  while (reader.next(records)) {
    if (!records.empty()) {
      return Seen::Sample{.locator = std::string(records.front().locator),
                          .message_id = std::string(records.front().message_id)};
    }
  }
  return std::nullopt;
}

void look_at_articles(Seen& seen, const FeedPaths& paths, const io::InnConfig& inn) {
  io::Stores stores(inn);
  if (const auto opened = stores.open(); !opened) {
    seen.store_trouble = opened.error();
    return;
  }
  const engine::Names names(paths.feed_name);
  for (const std::string& name : {names.feed, names.flushing, names.defer}) {
    seen.sample = first_article(cat(paths.feed_directory, "/", name), core::Dialect::feed);
    if (seen.sample) {
      io::ArticleBuffer article;
      const io::Retrieved retrieved =
          stores.retrieve(seen.sample->locator, seen.sample->message_id, article);
      seen.sample->outcome = retrieved.outcome;
      seen.sample->text = retrieved.text;
      return;
    }
  }
}

// Returns the signal that ended it, or 0.
int look_at_peer(Seen& seen, const Options& options, const io::Place& place, const io::Log& log) {
  const io::Supervisor supervisor;
  io::Shell shell(place, log, supervisor);
  engine::Introduction peer(
      options.config.streaming,
      std::min<core::Duration>(options.config.connection_timeout, patience_max));
  engine::Actions actions;
  peer.start(shell.now(), actions);
  shell.perform(actions);
  while (!peer.over()) {
    const std::span<const engine::Event> events = shell.wait(peer.deadline());
    actions.clear();
    peer.turn(events, shell.now(), actions);
    shell.perform(actions);
  }
  seen.met = peer.met();
  seen.peer_unknown = peer.unknown();
  return shell.exit() ? shell.exit()->signal : 0;
}

}  // namespace

std::expected<Seen, int> look(const Options& options) {
  Seen seen;
  seen.site = options.config.site;
  seen.fqdn = options.config.fqdn;
  seen.port = options.port;
  seen.may_stream = options.config.streaming;

  const char* const named = std::getenv("INNCONF");
  seen.inn_conf = !options.inn_conf.empty() ? options.inn_conf
                  : named != nullptr        ? named
                                            : "at INN's own place";
  const auto inn = io::read_inn_config(options.inn_conf);
  if (!inn) {
    seen.inn_conf_trouble = inn.error();
    return seen;
  }
  seen.path_outgoing = inn->path_outgoing;
  look_at_user(seen, *inn);
  const FeedPaths paths = feed_paths(options, *inn);
  io::Place place;
  try {
    place = place_of(options, paths, *inn);
  } catch (const Failure& failure) {
    seen.inn_conf_trouble = failure.text;
    return seen;
  }
  look_at_newsfeeds(seen, *inn);
  look_at_nntpsend(seen, *inn);
  look_at_files(seen, paths);
  look_at_lock(seen, paths);
  look_at_control(seen, paths);
  look_at_outcome_log(seen, options, paths);
  look_at_http(seen, options, paths);
  look_at_innd(seen, *inn);
  look_at_articles(seen, paths, *inn);
  if (const int signal = look_at_peer(seen, options, place, io::Log(true)); signal != 0) {
    return std::unexpected(signal);
  }
  return seen;
}

}  // namespace innduct::app
