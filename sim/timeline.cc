// timeline.cc: a heap of plans; the deeds themselves stay where they are.
#include "sim/timeline.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace innduct::sim {

void Timeline::at(core::Instant when, Deed deed) {
  std::size_t slot = deeds_.size();
  if (free_slots_.empty()) {
    deeds_.push_back(std::move(deed));
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    deeds_[slot] = std::move(deed);
  }
  heap_.push_back({std::max(when, now_), planned_++, slot});
  std::push_heap(heap_.begin(), heap_.end());
}

std::optional<core::Instant> Timeline::next() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

void Timeline::run_next() {
  core::check(!heap_.empty(), "something is planned");
  std::pop_heap(heap_.begin(), heap_.end());
  const Plan plan = heap_.back();
  heap_.pop_back();
  advance(plan.when);
  Deed deed = std::move(deeds_[plan.slot]);
  free_slots_.push_back(plan.slot);
  deed();
}

void Timeline::advance(core::Instant when) {
  if (when <= now_) return;
  wall_ += when - now_;
  now_ = when;
}

}  // namespace innduct::sim
