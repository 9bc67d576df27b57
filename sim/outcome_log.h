// outcome_log.h: what one process put into the outcome log: it must add up with what the process
// says at its end (C8 of the checks in doc/reliability.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/port.h"

namespace innduct::sim {

class OutcomeLog {
 public:
  void process_started() { lines_.clear(); }
  // What the program asks for in one turn. Throws Failure.
  void asked_for(const std::vector<engine::Action>& actions);

 private:
  void add(std::string_view line);
  void compare(std::string_view statistics) const;

  std::map<std::string, std::uint64_t, std::less<>> lines_;  // by outcome
};

}  // namespace innduct::sim
