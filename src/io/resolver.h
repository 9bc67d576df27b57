// resolver.h: the peer's addresses, looked up on a thread of its own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <string>

#include "engine/ids.h"
#include "io/inbox.h"
#include "io/source_address.h"
#include "io/worker.h"

namespace innduct::io {

// More addresses than this are not told.
inline constexpr std::size_t addresses_max = 32;

class Resolver {
 public:
  // Looks for `host`. Addresses of a family that `sources` rules out are left away.
  Resolver(boost::asio::io_context& loop, Inbox& inbox, std::string host, SourceAddresses sources);

  // Tells Resolved (addresses as text, each once, in the system's order) or Failed.
  void resolve(engine::OpId op);

 private:
  Inbox& inbox_;
  std::string host_;
  SourceAddresses sources_;
  Worker thread_;
};

}  // namespace innduct::io
