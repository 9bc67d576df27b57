// stage.h: what every actor of the false world stands on: time, the seed's character, the record.
#pragma once

#include <string_view>

#include "core/cat.h"
#include "sim/dice.h"
#include "sim/landmarks.h"
#include "sim/options.h"
#include "sim/recorder.h"
#include "sim/timeline.h"

namespace innduct::sim {

// The dice that an actor branches off; the numbers are part of every seed's history.
enum class Actor : std::uint64_t {
  options,
  catalogue,
  disk,
  innd,
  spool,
  peer,
  network,
  people,
  shell,
  world
};

struct Stage {
  Stage(std::uint64_t seed, Trace trace, Landmarks* its_landmarks = nullptr)
      : chance(seed), record(trace), landmarks(its_landmarks) {}

  Dice chance;  // only branched from
  Timeline time;
  Recorder record;
  Options drawn;         // the seed's character
  Options options;       // what holds of it now
  bool mercy = false;    // the second phase: no faults any more
  Landmarks* landmarks;  // where rare paths are marked, if anywhere

  Dice dice(Actor actor) const { return chance.branch(static_cast<std::uint64_t>(actor)); }

  void reach(Landmark landmark) {
    if (landmarks != nullptr) landmarks->reach(landmark);
  }

  template <class... Parts>
  void say(std::string_view who, const Parts&... parts) {
    if (record.on()) record.line(time.now().monotonic, who, core::cat(parts...));
  }
};

}  // namespace innduct::sim
