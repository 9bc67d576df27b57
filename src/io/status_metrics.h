// status_metrics.h: the state of a feed in the text format of Prometheus, and whether all is well.
#pragma once

#include <string>
#include <vector>

#include "engine/status.h"

namespace innduct::io {

// doc/operating.md tells the names.
std::string to_metrics(const engine::Status& status);

// What somebody should look at, a line each, printable; empty: all is well.
std::vector<std::string> troubles(const engine::Status& status);

}  // namespace innduct::io
