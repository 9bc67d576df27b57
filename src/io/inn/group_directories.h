// group_directories.h: directories of newsgroups, kept open while articles come from them.
//
// The way from the root to a small article is a tenth of what it costs to read it. The number of
// open directories is limited; one that is seldom asked for does not displace another.
#pragma once

#include <array>
#include <cstdint>

#include "io/descriptor.h"

namespace innduct::io {

// Used by one thread.
class GroupDirectories {
 public:
  // The directory of the newsgroup with this number; -1 if it is not open.
  int find(std::uint32_t group);
  // That one is not open: opens it if it is worth it. -1 if not, or if it cannot be opened.
  int open(std::uint32_t group, const char* path);
  // Whether or not it is open: it is not any more.
  void forget(std::uint32_t group);
  void close_all();
  // To be called now and then: closes all if none was asked for since the last call. Whether
  // any may still be open.
  bool rest();

 private:
  struct Place {
    Descriptor directory;
    std::uint32_t group = 0;   // whose it is
    std::uint32_t missed = 0;  // the last one that was not open; no newsgroup has the number 0
  };
  Place& place_of(std::uint32_t group) { return places_[group % places_.size()]; }

  std::array<Place, 128> places_;
  bool was_used_ = false;
};

}  // namespace innduct::io
