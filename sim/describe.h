// describe.h: events and actions as text, for the trace, and as numbers, for the history hash.
#pragma once

#include <string>

#include "engine/port.h"
#include "sim/recorder.h"

namespace innduct::sim {

std::string to_text(const engine::Action& action);
std::string to_text(const engine::Event& event);

void mix(Recorder& record, const engine::Action& action);
void mix(Recorder& record, const engine::Event& event);

}  // namespace innduct::sim
