// place.h: what the shell of a feed is told of the world, from options and inn.conf.
#pragma once

#include "app/feed_paths.h"
#include "app/options.h"
#include "io/inn/inn_config.h"
#include "io/shell.h"

namespace innduct::app {

// Throws Failure if inn.conf's source addresses make no sense.
io::Place place_of(const Options& options, const FeedPaths& paths, const io::InnConfig& inn);

}  // namespace innduct::app
