// place.cc: a Place from its parts.
#include "app/place.h"

#include "app/failure.h"
#include "io/source_address.h"

namespace innduct::app {

io::Place place_of(const Options& options, const FeedPaths& paths, const io::InnConfig& inn) {
  const auto sources = io::read_source_addresses(inn.source_address, inn.source_address6);
  if (!sources) {
    throw Failure{exit_code::trouble, sources.error()};
  }
  return {.site = options.config.site,
          .feed_directory = paths.feed_directory,
          .peer_host = options.config.fqdn,
          .peer_port = options.port,
          .sources = *sources,
          .inn = inn};
}

}  // namespace innduct::app
