// headline.h: what the feed is doing, in one line for whoever asks the service manager.
//
//   NORMAL: 5130 accepted, 12/s; 40 queued, 22 on 3 connections; backlog 1.2 MB, done in 3m
//   FLUSHFAIL: 5130 accepted, 0/s; 3 queued, 0 on 0 connections; innd does not begin a new feed
//   file
//
// Told when it has changed, and not more often than every few seconds. It has no time of its own to
// be told: with any turn after that, and the period brings one; only a new state has it woken.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "engine/status.h"
#include "engine/turn.h"

namespace innduct::engine {

std::string render_headline(const Status& status);

class Headline {
 public:
  static constexpr core::Duration at_most_every = std::chrono::seconds(5);

  explicit Headline(bool wanted) : wanted_(wanted) {}

  void begin(core::Instant now) { next_ = now + at_most_every; }
  bool due(core::Instant now) const { return wanted_ && now >= next_; }
  void tell(Turn& turn, const Status& status) {
    next_ = turn.now.monotonic + at_most_every;
    state_ = status.state;
    std::string text = render_headline(status);
    if (text != told_) {
      told_ = std::move(text);
      turn.actions.add(Tell{told_});
    }
  }
  core::Instant deadline(FeedState state) const {
    return wanted_ && state != state_ ? next_ : core::Instant::max();
  }

 private:
  const bool wanted_;
  core::Instant next_{};
  std::optional<FeedState> state_;  // as it was told
  std::string told_;
};

}  // namespace innduct::engine
