// status_metrics.h: the state of a feed in the text format of Prometheus.
#pragma once

#include <string>

#include "engine/status.h"

namespace innduct::io {

// doc/operating.md tells the names.
std::string to_metrics(const engine::Status& status);

}  // namespace innduct::io
