// rate.cc: an average that forgets, and a sum over a sliding window.
#include "core/rate.h"

#include <cmath>

#include "core/check.h"

namespace innduct::core {

AcceptedProportion::AcceptedProportion(double half_life_articles)
    : keep_(std::exp2(-1.0 / half_life_articles)) {
  check(half_life_articles > 0, "the half-life of an average is longer than no article");
}

void AcceptedProportion::sample(bool accepted) {
  value_ = value_ * keep_ + (accepted ? 1.0 - keep_ : 0.0);
}

RecentVolume::RecentVolume(Duration window, Duration period) : periods_(1) {
  check(period > Duration::zero(), "a period takes time");
  if (window > period) {
    // Not (window + period - 1) / period: the sum may not fit.
    const auto whole = window / period;
    periods_ = static_cast<std::size_t>(whole) + (window % period > Duration::zero() ? 1 : 0);
  }
}

void RecentVolume::tick() {
  counts_.push_back(current_);
  sum_ += current_;
  current_ = 0;
  if (counts_.size() > periods_) {
    sum_ -= counts_.front();
    counts_.pop_front();
  }
}

std::uint64_t RecentVolume::in_last_period() const {
  return current_ + (counts_.empty() ? 0 : counts_.back());
}

}  // namespace innduct::core
