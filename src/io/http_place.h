// http_place.h: whether the status page can be had where it is wanted. Looks only: the place is not
// taken, and nothing is left there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "io/http_address.h"

namespace innduct::io {

struct HttpPlace {
  enum class Is : std::uint8_t {
    free,
    ours,        // an innduct of this site serves it
    taken,       // by somebody else: `why` says what is known of him
    impossible,  // nobody can listen there, for this reason; or not we
  };
  Is is = Is::free;
  std::string why;
};

// Waits a few seconds at most for whoever is there.
HttpPlace look_at_http_place(const HttpAddress& address, std::string_view site);

}  // namespace innduct::io
