// progress.h: what the log says of long work, for a person who waits for its end.
//
//   much waits to be offered: 52.4 MB in 3 files
//   still to be offered: 20.9 MB in 2 files, 400 articles in memory (F_backlog.1 60 % read); done
//   in about 12m
//
// Much is what takes a peer longer than a moment; of a dropped feed, whose end somebody waits for,
// all that is left is told. After the beginning a line comes when a tenth more is done, but not
// more often than once a minute, and at the latest with each interval of the statistics.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/status.h"
#include "engine/turn.h"

namespace innduct::engine {

// What of all input files is not read yet, F_defer included.
struct Unread {
  std::uint64_t bytes = 0;
  std::size_t files = 0;
};
Unread unread(const Status& status);

// `20.9 MB in 2 files, 400 articles in memory (F_backlog.1 60 % read)`.
std::string render_left(const Status& status);

class Progress {
 public:
  static constexpr std::uint64_t much = 1'000'000;  // bytes: some ten thousand articles
  static constexpr core::Duration at_most_every = std::chrono::minutes(1);

  // Whether there may be something to say; it is looked at once a period.
  bool due(core::Instant now, FeedState state) const {
    return now >= next_look_ || (state == FeedState::dropping) != dropping_;
  }
  void work(Turn& turn, const Status& status);

 private:
  void begin(Turn& turn, const Status& status, std::uint64_t bytes);
  void go_on(Turn& turn, const Status& status, std::uint64_t bytes);

  core::Instant next_look_{};
  bool dropping_ = false;
  bool busy_ = false;
  std::uint64_t at_begin_ = 0;  // bytes, when it was said that there is much
  // As it was when it was last said.
  struct Said {
    core::Instant at{};
    std::uint64_t bytes = 0;
    std::uint64_t settled = 0;  // articles
  } said_;
};

}  // namespace innduct::engine
