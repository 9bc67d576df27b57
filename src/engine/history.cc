// history.cc: a ring of what the counters were.
#include "engine/history.h"

namespace innduct::engine {

std::optional<core::Duration> done_in(std::uint64_t left, std::uint64_t done, core::Duration time) {
  if (left == 0 || done == 0) {
    return std::nullopt;
  }
  constexpr std::uint64_t longest = std::chrono::milliseconds(std::chrono::days(1000)).count();
  const auto milliseconds = static_cast<std::uint64_t>(time / std::chrono::milliseconds(1));
  const std::uint64_t all = left / done * milliseconds + left % done * milliseconds / done;
  return std::chrono::milliseconds(std::min(all, longest));
}

std::size_t History::advance(core::Instant now, const Counted& all) {
  const auto over = static_cast<std::uint64_t>((now - step_began_) / step);
  step_began_ += step * over;
  const std::uint64_t minutes = steps_ / steps_of_a_minute;
  steps_ += over;
  for (std::size_t ago = 0; ago < std::min<std::uint64_t>(over, ends_.size()); ++ago) {
    ends_[(steps_ - ago) % ends_.size()] = all;
  }
  return std::min<std::uint64_t>(steps_ / steps_of_a_minute - minutes,
                                 steps_max / steps_of_a_minute);
}

History::Stretch History::lately(std::size_t steps, core::Instant now, const Counted& all) const {
  const std::size_t whole = std::min(steps, kept());
  const Counted& then = ended(whole);
  return {now - step_began_ + step * whole,
          {all.counters - then.counters, all.backlog_read - then.backlog_read}};
}

std::vector<std::uint64_t> History::in_each(std::uint64_t core::Counters::*what) const {
  std::vector<std::uint64_t> all;
  for (std::size_t ago = kept(); ago > 0; --ago) {
    all.push_back(ended(ago - 1).counters.*what - ended(ago).counters.*what);
  }
  return all;
}

}  // namespace innduct::engine
