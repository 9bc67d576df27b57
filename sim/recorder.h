// recorder.h: what happened, as a number always and as text when asked for.
//
// The history hash is made of every event that the program was told and every action that it asked
// for; the same seed gives the same hash, with every compiler (I10). Text costs far more than
// the simulation itself, so it is kept only when a failed seed is run once more, or with --trace.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "core/cat.h"
#include "core/time.h"

namespace innduct::sim {

enum class Trace : std::uint8_t { off, kept, printed };

class Recorder {
 public:
  explicit Recorder(Trace trace) : trace_(trace) {}

  bool on() const { return trace_ != Trace::off; }
  // One line: when, who, what.
  void line(core::Instant when, std::string_view who, std::string_view what);
  const std::vector<std::string>& lines() const { return lines_; }

  void mix(std::uint64_t number) {
    hash_ = (hash_ ^ number) * 0x9fb21c651e98df25U;
    hash_ ^= hash_ >> 29;
  }
  void mix(std::string_view bytes);
  std::uint64_t hash() const { return hash_; }

 private:
  Trace trace_;
  std::vector<std::string> lines_;
  std::uint64_t hash_ = 0x243f6a8885a308d3U;
};

}  // namespace innduct::sim
