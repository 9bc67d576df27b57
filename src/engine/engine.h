// engine.h: what a shell sees of the engine: start it, tell it turns, ask it for its deadline.
//
// A turn is a batch: everything that happened at once goes in, everything to be done comes out,
// and blanks, sends and syncs are gathered over it. Both shells run the same loop:
//
//   engine.start(now, actions);
//   while (!exited) {
//     shell.perform(actions); actions.clear();
//     engine.turn(shell.wait(engine.deadline()), shell.now(), actions);
//   }
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/time.h"
#include "engine/actions.h"
#include "engine/config.h"
#include "engine/port.h"

namespace innduct::engine {

class Duct;

// One feed of one site. Requires that the lock of the feed is held (I11) for as long as it lives.
class Engine {
 public:
  // `seed` drives what chance decides (jitter). `config` is copied.
  Engine(const Config& config, std::uint64_t seed);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // The first turn. Called once.
  void start(core::Now now, Actions& actions);
  // Everything that happened since the last turn, in the order in which it happened; an empty
  // span if only time passed. Appends to `actions`. Exit is the last action of the last turn.
  void turn(std::span<const Event> events, core::Now now, Actions& actions);
  // When turn() wants to be called though nothing happened. Never empty while the engine runs.
  core::Instant deadline() const;

 private:
  std::unique_ptr<Duct> duct_;
};

}  // namespace innduct::engine
