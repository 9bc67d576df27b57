// timeline.h: simulated time, and what is going to happen in it.
//
// Deeds due at the same instant happen in the order in which they were planned. The wall clock
// runs with the monotonic one, but may be made to jump.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/time.h"

namespace innduct::sim {

class Timeline {
 public:
  using Deed = std::move_only_function<void()>;

  core::Now now() const { return {now_, wall_}; }

  void after(core::Duration delay, Deed deed) { at(now_ + delay, std::move(deed)); }
  void at(core::Instant when, Deed deed);

  // When the next deed is due.
  std::optional<core::Instant> next() const;
  // Goes to the next deed's instant and does it. There must be one.
  void run_next();
  // Lets time pass to `when` (never backwards); no deed may be due before.
  void advance(core::Instant when);
  // The wall clock jumps; intervals are not touched.
  void jump_wall(core::Duration by) { wall_ += by; }

 private:
  struct Plan {
    core::Instant when;
    std::uint64_t order = 0;
    std::size_t slot = 0;
    bool operator<(const Plan& other) const {
      return when != other.when ? other.when < when : other.order < order;
    }
  };
  core::Instant now_{std::chrono::seconds(5000)};
  core::WallTime wall_{std::chrono::seconds(1'700'000'000)};
  std::uint64_t planned_ = 0;
  std::vector<Plan> heap_;  // the earliest in front
  std::vector<Deed> deeds_;
  std::vector<std::size_t> free_slots_;
};

}  // namespace innduct::sim
