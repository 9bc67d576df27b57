// subject.h: what is tried in the false world: the engine, or in tests a simpler one of its kind.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/time.h"
#include "engine/actions.h"
#include "engine/config.h"
#include "engine/port.h"

namespace innduct::sim {

// The three calls of engine/engine.h, with their contracts.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual void start(core::Now now, engine::Actions& actions) = 0;
  virtual void turn(std::span<const engine::Event> events, core::Now now,
                    engine::Actions& actions) = 0;
  virtual core::Instant deadline() const = 0;
};

// Makes a new process' subject.
using MakeSubject =
    std::function<std::unique_ptr<Subject>(const engine::Config& config, std::uint64_t seed)>;

}  // namespace innduct::sim
