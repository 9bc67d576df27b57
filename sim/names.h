// names.h: the files of the feed, as the simulated world knows them.
//
// Its own knowledge on purpose: shared with the program, a mistake would be shared too.
#pragma once

#include <string_view>

namespace innduct::sim::names {

inline constexpr std::string_view feed = "peer";
inline constexpr std::string_view flushing = "peer_flushing";
inline constexpr std::string_view defer = "peer_defer";
inline constexpr std::string_view backlog_prefix = "peer_backlog";
inline constexpr std::string_view bad = "peer_bad";
inline constexpr std::string_view quarantine = "peer_quarantine";
inline constexpr std::string_view suspects = "peer_suspects";
inline constexpr std::string_view inflight = "peer_inflight";
inline constexpr std::string_view dump = "peer_dump";
inline constexpr std::string_view lock = "peer_lock";

inline bool is_backlog(std::string_view name) {
  return name.starts_with(backlog_prefix) && name.find_first_of("#~/") == std::string_view::npos;
}

// Whether a record in a file of this name will be looked after.
inline bool keeps_records(std::string_view name) {
  return name == feed || name == flushing || name == defer || name == quarantine ||
         is_backlog(name);
}

// Whether the program creates, appends to and cuts the file.
inline bool is_ours(std::string_view name) {
  return name == defer || name == bad || name == quarantine || name == suspects || name == dump;
}

}  // namespace innduct::sim::names
