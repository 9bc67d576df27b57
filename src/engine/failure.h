// failure.h: what a failed file operation means for the feed; the one table of it.
//
// A failed sync, or a close after writing, is final whatever the errno: the kernel may have
// marked the lost pages clean and reports once (I9). A full disk is not fatal. Everything else
// is written down here so that it is decided once, and tested as a table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace innduct::engine {

enum class DiskDeed : std::uint8_t {
  sync,      // fdatasync, fsync of the directory, or a close after writing
  append,    // to a file that only we write
  truncate,  // cutting such a file back
  blank,     // overwriting settled lines
  read,      // of an input file
  open,      // open, create, or link
  unlink,
  look,  // stat, list
};

enum class Remedy : std::uint8_t {
  end_12,   // the world is in trouble: exit 12, blanking nothing more
  retry,    // stay as we are and try again each period
  put_back  // what was to be recorded goes back to the queue; cut the file back
};

// `error` is an errno.
Remedy remedy(DiskDeed deed, int error);

// What a person can do about it, as far as `error` tells.
std::string_view cure(int error);

// "cannot link NAME to NAME: No space left on device" and what to do about it.
std::string failure_text(std::string_view what, std::string_view name, std::string_view error_text);

}  // namespace innduct::engine
