// engine_subject.h: the engine, as the subject of a world.
#pragma once

#include <memory>

#include "engine/engine.h"
#include "sim/subject.h"

namespace innduct::sim {

class EngineSubject : public Subject {
 public:
  EngineSubject(const engine::Config& config, std::uint64_t seed) : engine_(config, seed) {}
  void start(core::Now now, engine::Actions& actions) override { engine_.start(now, actions); }
  void turn(std::span<const engine::Event> events, core::Now now,
            engine::Actions& actions) override {
    engine_.turn(events, now, actions);
  }
  core::Instant deadline() const override { return engine_.deadline(); }

 private:
  engine::Engine engine_;
};

inline std::unique_ptr<Subject> make_engine(const engine::Config& config, std::uint64_t seed) {
  return std::make_unique<EngineSubject>(config, seed);
}

}  // namespace innduct::sim
