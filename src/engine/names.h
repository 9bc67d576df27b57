// names.h: the files of one feed, all beside the feed file and named after it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/cat.h"
#include "core/time.h"

namespace innduct::engine {

struct Names {
  std::string feed;        // F: innd appends to it
  std::string flushing;    // F_flushing: the feed file before, until its last entry is settled
  std::string defer;       // F_defer: articles to which the peer said "later"
  std::string backlog;     // F_backlog: what the name of every backlog file starts with
  std::string bad;         // F_bad: bad lines, as found
  std::string quarantine;  // F_quarantine: articles that kill
  std::string suspects;    // F_suspects: what those that are suspected were charged with
  std::string inflight;    // F_inflight: the table of articles in hand, which the shell keeps
  std::string lock;        // F_lock
  std::string dump;        // F_dump: a report

  explicit Names(const std::string& feed_name)
      : feed(feed_name),
        flushing(feed + "_flushing"),
        defer(feed + "_defer"),
        backlog(feed + "_backlog"),
        bad(feed + "_bad"),
        quarantine(feed + "_quarantine"),
        suspects(feed + "_suspects"),
        inflight(feed + "_inflight"),
        lock(feed + "_lock"),
        dump(feed + "_dump") {}

  // The name under which a file of ours with this inode becomes a backlog file at that time.
  std::string new_backlog(core::WallTime when, std::uint64_t inode) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
    return core::cat(backlog, ".", seconds, ".", inode);
  }
  // Whether `name` is one of a backlog file: what an editor leaves (# and ~) is not.
  bool is_backlog(std::string_view name) const {
    return name.starts_with(backlog) && name.find_first_of("#~/") == std::string_view::npos;
  }
};

}  // namespace innduct::engine
