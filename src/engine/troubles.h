// troubles.h: what somebody should look at, as far as the state of the feed tells.
#pragma once

#include <string>
#include <vector>

#include "engine/status.h"

namespace innduct::engine {

// A line each, printable; empty: all is well.
std::vector<std::string> troubles(const Status& status);

}  // namespace innduct::engine
