// engine.cc: the engine as the shells see it.
#include "engine/engine.h"

#include "engine/duct.h"

namespace innduct::engine {

Engine::Engine(const Config& config, std::uint64_t seed)
    : duct_(std::make_unique<Duct>(config, seed)) {}
Engine::~Engine() = default;

void Engine::start(core::Now now, Actions& actions) { duct_->start(now, actions); }

void Engine::turn(std::span<const Event> events, core::Now now, Actions& actions) {
  duct_->turn(events, now, actions);
}

core::Instant Engine::deadline() const { return duct_->deadline(); }

}  // namespace innduct::engine
