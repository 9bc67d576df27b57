// histogram.h: how long things took, so that shares of them can be told.
//
// Log-linear: eight buckets of one width for each doubling, so that what is told is never less than
// what was, and at most an eighth more. Whole numbers only: the same figures with every compiler.
// To count is an increment; nothing is allocated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace innduct::core {

class Histogram {
 public:
  void add(Duration took);
  Histogram& operator+=(const Histogram& other);

  std::uint64_t count() const { return count_; }
  Duration sum() const { return sum_; }
  // So many of a thousand took no longer than this; zero if there are none.
  Duration permille(unsigned share) const;
  // How many took at most a millisecond doubled so many times; at most `doublings_max` times.
  std::uint64_t within(unsigned doublings) const;

  static constexpr unsigned doublings_max = 29;  // six days

 private:
  // 1024 units are a millisecond; the lowest ones have a bucket each, what is too long has the
  // last.
  static constexpr unsigned doublings_of_a_millisecond = 10;
  static constexpr unsigned linear_bits = 3;
  static constexpr std::size_t linear = std::size_t{1} << linear_bits;
  static constexpr std::size_t size =
      linear * (doublings_of_a_millisecond + doublings_max - linear_bits + 1) + 1;

  // The bucket of what took `units` and at most one more.
  static std::size_t bucket_of(std::uint64_t units);
  // In units, what the things in a bucket took at most.
  static std::int64_t bound_of(std::size_t bucket);

  std::array<std::uint64_t, size> counts_{};
  std::uint64_t count_ = 0;
  Duration sum_{};
};

// The same for all of the time, and for the last `turns_kept` stretches of it.
class RecentHistogram {
 public:
  void add(Duration took) { stretches_[now_].add(took); }
  // A stretch begins; the oldest is no longer recent.
  void turn();
  // The last whole stretches, and the one that runs.
  Histogram recent() const;
  Histogram in_all() const;

 private:
  static constexpr std::size_t turns_kept = 5;

  std::array<Histogram, turns_kept> stretches_;
  std::size_t now_ = 0;
  Histogram before_;  // those that are no longer recent
};

}  // namespace innduct::core
