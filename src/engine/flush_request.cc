// flush_request.cc: one flush request.
#include "engine/flush_request.h"

#include "core/cat.h"
#include "core/duration.h"

namespace innduct::engine {

void FlushRequest::ask(Turn& turn) {
  if (op_) {
    return;
  }
  op_ = turn.ids.op(Room::feed);
  until_ = turn.now.monotonic + turn.config.stuck_flush_timeout;
  turn.actions.add(Flush{op_});
}

void FlushRequest::forget(Turn& turn) {
  if (op_) {
    turn.actions.add(ForgetFlush{op_});
    op_ = {};
  }
}

std::optional<FlushRequest::Answer> FlushRequest::on(const Event& event) {
  const auto* flushed = std::get_if<Flushed>(&event);
  if (flushed == nullptr || !op_ || flushed->op != op_) {
    return {};
  }
  op_ = {};
  return Answer{flushed->outcome, std::string(flushed->text)};
}

std::optional<FlushRequest::Answer> FlushRequest::timed_out(Turn& turn) {
  if (!op_ || turn.now.monotonic < until_) {
    return {};
  }
  forget(turn);
  return Answer{FlushOutcome::unknown, core::cat("no answer from innd within ",
                                                 core::to_text(turn.config.stuck_flush_timeout))};
}

}  // namespace innduct::engine
