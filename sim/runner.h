// runner.h: runs seeds, and says everything about one that fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/landmarks.h"
#include "sim/options.h"
#include "sim/recorder.h"
#include "sim/subject.h"
#include "sim/world.h"

namespace innduct::sim {

struct Verdict {
  Tally tally;
  std::optional<std::string> failure;  // what went wrong, in a sentence
  std::string about;                   // the message-id of the article concerned, if there is one
  std::string options;
  std::string directory;  // what lay there in the end; with a trace only
  std::vector<std::string> trace;
};

// The character that a seed draws.
Options options_of(std::uint64_t seed);

// Runs a seed. core::check is made to fail the seed, for the rest of the process.
Verdict run_seed(std::uint64_t seed, const MakeSubject& make, Trace trace = Trace::off,
                 const std::optional<Options>& options = std::nullopt,
                 Landmarks* landmarks = nullptr);

// Runs a failed seed once more, with a trace, and tells all that helps to understand it: what it
// was like, its last events and actions, what befell the article concerned, and the files.
std::string report(std::uint64_t seed, const Verdict& failed, const MakeSubject& make,
                   const std::optional<Options>& options = std::nullopt);

}  // namespace innduct::sim
