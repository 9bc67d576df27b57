// status_json.h: the state of a feed for programs.
#pragma once

#include <string>

#include "engine/status.h"

namespace innduct::io {

// One line, a JSON object, in printable ASCII. The manual page tells its members.
std::string to_json(const engine::Status& status);

}  // namespace innduct::io
