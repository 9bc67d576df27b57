// rate.h: the two averages by which a feeder decides: how much the peer accepts, and how much
// there was to do of late.
#pragma once

#include <cstdint>
#include <deque>

#include "core/time.h"

namespace innduct::core {

// Alpha-smoothed proportion of ones in a stream of ones and zeros: starts at 0; a sample loses
// half its weight after `half_life` further samples.
class AcceptedProportion {
 public:
  explicit AcceptedProportion(double half_life_articles);
  void sample(bool accepted);
  // Between 0 and 1.
  double value() const { return value_; }

 private:
  double keep_;
  double value_ = 0;
};

// How many articles were processed in the last `window`, in steps of one period: memory is
// bounded by window / period, not by the number of articles.
class RecentVolume {
 public:
  // `window` is rounded up to whole periods; at least one.
  RecentVolume(Duration window, Duration period);
  void count(std::uint64_t articles) { current_ += articles; }
  // Ends the current period: its count becomes the newest of the window, the oldest leaves.
  void tick();
  // In the last whole window, the running period included.
  std::uint64_t in_window() const { return sum_ + current_; }
  // In the last finished period plus the running one.
  std::uint64_t in_last_period() const;
  // Whether a whole window has passed since the start.
  bool full() const { return counts_.size() == periods_; }

 private:
  std::size_t periods_;
  std::deque<std::uint64_t> counts_;
  std::uint64_t sum_ = 0;
  std::uint64_t current_ = 0;
};

}  // namespace innduct::core
