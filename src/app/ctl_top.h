// ctl_top.h: `innductctl SITE top`: a feed, watched as it goes.
#pragma once

#include "io/control_client.h"

namespace innduct::app {

// Draws the feed once a second until q, Ctrl-C or Ctrl-D; a signal that ends a process ends this
// one. The terminal is then as it was before. Throws Failure: no terminal, or no innduct any more.
void top(io::ControlClient& client);

}  // namespace innduct::app
