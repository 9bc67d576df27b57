// flush_request.h: asking innd to flush the site: one request at a time, with its time limit.
#pragma once

#include <optional>
#include <string>

#include "core/time.h"
#include "engine/turn.h"

namespace innduct::engine {

class FlushRequest {
 public:
  struct Answer {
    FlushOutcome outcome{};
    std::string text;
  };

  // Asks, unless a request is under way.
  void ask(Turn& turn);
  // The answer no longer matters.
  void forget(Turn& turn);
  bool under_way() const { return static_cast<bool>(op_); }
  // Takes an event; tells the answer if this was it.
  std::optional<Answer> on(const Event& event);
  // No answer within --stuck-flush-timeout: the flush may still happen.
  std::optional<Answer> timed_out(Turn& turn);
  core::Instant deadline() const { return op_ ? until_ : core::Instant::max(); }

 private:
  OpId op_;
  core::Instant until_{};
};

}  // namespace innduct::engine
