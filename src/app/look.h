// look.h: looks at everything that a feed needs, for `innduct --check`, and touches nothing.
#pragma once

#include <expected>

#include "app/findings.h"
#include "app/options.h"

namespace innduct::app {

// Looks; becomes the user that a feed would run as on the way. The peer has a short time to answer.
// The error is the signal that ended it. Throws Failure if the options cannot be right.
std::expected<Seen, int> look(const Options& options);

}  // namespace innduct::app
