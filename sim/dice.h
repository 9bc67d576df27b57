// dice.h: chance, from a seed: the same numbers with every compiler and library.
//
// No std::*_distribution (their results differ between libraries) and no floating point.
// One throw a statement: compilers differ in the order of those of one expression.
// Each part of the world throws dice of its own (branch()), so that one part may throw once
// more without the whole history changing.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/time.h"

namespace innduct::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  // Independent dice, for the part of the world called `number`.
  Dice branch(std::uint64_t number) const {
    return Dice(mixed(state_ ^ mixed(number + 0x51ed270b1f7c3a95U)));
  }

  // splitmix64.
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    return mixed(state_);
  }

  // 0 .. n-1; n between 1 and 2^32.
  std::uint64_t below(std::uint64_t n) { return ((next() >> 32) * n) >> 32; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  bool permille(std::uint64_t chance) { return below(1000) < chance; }
  bool coin() { return (next() >> 63) != 0; }

  // Evenly between two intervals.
  core::Duration evenly(core::Duration low, core::Duration high) {
    // Steps of a microsecond for what is short and a millisecond for the rest keep the factor
    // within 32 bits.
    const core::Duration step =
        high - low > std::chrono::minutes(10) ? std::chrono::milliseconds(1) : core::Duration{1000};
    const auto steps = static_cast<std::uint64_t>((high - low) / step);
    return low + step * static_cast<std::int64_t>(below(steps + 1));
  }
  // Between two intervals, each order of magnitude as likely as the next. `low` > 0.
  core::Duration widely(core::Duration low, core::Duration high) {
    std::uint64_t doublings = 0;
    for (core::Duration d = low; d * 2 <= high; d *= 2) ++doublings;
    const core::Duration start = low * (std::int64_t{1} << below(doublings + 1));
    return evenly(start, start * 2 < high ? start * 2 : high);
  }

  template <class T>
  const T& pick(std::span<const T> from) {
    return from[below(from.size())];
  }
  template <class T, std::size_t n>
  const T& pick(const std::array<T, n>& from) {
    return from[below(n)];
  }

  // Index of one of `weights`, each as likely as it weighs; their sum is positive.
  std::size_t weighed(std::span<const unsigned> weights) {
    std::uint64_t sum = 0;
    for (const unsigned weight : weights) sum += weight;
    std::uint64_t throw_ = below(sum);
    std::size_t index = 0;
    while (throw_ >= weights[index]) throw_ -= weights[index++];
    return index;
  }

  template <class Sequence>
  void shuffle(Sequence& sequence) {
    for (std::size_t i = sequence.size(); i > 1; --i) {
      using std::swap;
      swap(sequence[i - 1], sequence[below(i)]);
    }
  }

 private:
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

}  // namespace innduct::sim
