// histogram.cc: from a duration to its bucket, and back.
#include "core/histogram.h"

#include <algorithm>
#include <bit>

#include "core/check.h"

namespace innduct::core {
namespace {

constexpr std::int64_t units_of_a_millisecond = 1024;
constexpr std::int64_t millisecond = 1'000'000;

}  // namespace

std::size_t Histogram::bucket_of(std::uint64_t units) {
  if (units < linear) {
    return units;
  }
  const auto doublings = static_cast<unsigned>(std::bit_width(units)) - 1 - linear_bits;
  return std::min(linear * doublings + (units >> doublings), size - 1);
}

std::int64_t Histogram::bound_of(std::size_t bucket) {
  const std::size_t doublings = bucket < linear ? 0 : bucket / linear - 1;
  return static_cast<std::int64_t>((bucket - linear * doublings + 1) << doublings);
}

void Histogram::add(Duration took) {
  // Longer than any bucket, and short enough to be multiplied.
  constexpr Duration longest = std::chrono::days(50);
  const std::int64_t time = std::clamp(took, Duration{1}, longest).count();
  // What takes as long as a bound is below it.
  ++counts_[bucket_of(
      static_cast<std::uint64_t>((time * units_of_a_millisecond - 1) / millisecond))];
  ++count_;
  sum_ += std::clamp(took, Duration::zero(), longest);
}

Histogram& Histogram::operator+=(const Histogram& other) {
  for (std::size_t i = 0; i < size; ++i) {
    counts_[i] += other.counts_[i];
  }
  count_ += other.count_;
  sum_ += other.sum_;
  return *this;
}

Duration Histogram::permille(unsigned share) const {
  check(share > 0 && share <= 1000, "a share is one of a thousand to all of them");
  if (count_ == 0) {
    return {};
  }
  const std::uint64_t rank = count_ / 1000 * share + (count_ % 1000 * share + 999) / 1000;
  std::uint64_t below = 0;
  std::size_t bucket = 0;
  while ((below += counts_[bucket]) < rank) {
    ++bucket;
  }
  return Duration(bound_of(bucket) * millisecond / units_of_a_millisecond);
}

std::uint64_t Histogram::within(unsigned doublings) const {
  check(doublings <= doublings_max, "a bound of a histogram is within it");
  const std::size_t end = bucket_of(std::uint64_t{1} << (doublings_of_a_millisecond + doublings));
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < end; ++i) {
    sum += counts_[i];
  }
  return sum;
}

void RecentHistogram::turn() {
  now_ = (now_ + 1) % turns_kept;
  before_ += stretches_[now_];
  stretches_[now_] = {};
}

Histogram RecentHistogram::recent() const {
  Histogram all;
  for (const Histogram& each : stretches_) {
    all += each;
  }
  return all;
}

Histogram RecentHistogram::in_all() const { return recent() += before_; }

}  // namespace innduct::core
