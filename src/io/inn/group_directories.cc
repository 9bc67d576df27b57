// group_directories.cc: a table in which each newsgroup has one place, shared with others.
#include "io/inn/group_directories.h"

#include <fcntl.h>

#include <utility>

namespace innduct::io {

int GroupDirectories::find(std::uint32_t group) {
  was_used_ = true;
  const Place& place = place_of(group);
  return place.group == group ? place.directory.get() : -1;
}

int GroupDirectories::open(std::uint32_t group, const char* path) {
  Place& place = place_of(group);
  if (std::exchange(place.missed, group) != group) {
    return -1;  // only what is missed twice in a row is worth it
  }
  place.directory = Descriptor(::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
  place.group = group;
  return place.directory.get();
}

void GroupDirectories::forget(std::uint32_t group) {
  if (Place& place = place_of(group); place.group == group) {
    place = {};
  }
}

void GroupDirectories::close_all() { places_ = {}; }

bool GroupDirectories::rest() {
  if (!std::exchange(was_used_, false)) {
    close_all();
    return false;
  }
  return true;
}

}  // namespace innduct::io
