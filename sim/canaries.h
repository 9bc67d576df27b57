// canaries.h: proof that each rule is needed: with any one left out, something goes wrong.
//
// The engine's config can leave out one rule (engine/rules.h). For each there is a canary: a kind
// of world in which the rule matters. Its seeds run with the rule left out until one fails that
// passes with it. A canary that survives says that the world is too kind, or the rule none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/rules.h"
#include "sim/options.h"

namespace innduct::sim {

struct Canary {
  engine::Rule rule;
  // Makes the drawn world one in which the rule matters.
  void (*provoke)(Options&);
};

struct Death {
  std::uint64_t seeds = 0;  // run until it was found
  std::string failure;      // what the judge said
};

// The canary of the rule.
const Canary& canary_of(engine::Rule rule);
// Runs seeds 1, 2, 3 ... with the rule left out. Nothing: `seeds_max` passed.
std::optional<Death> sing(const Canary& canary, std::uint64_t seeds_max);

}  // namespace innduct::sim
