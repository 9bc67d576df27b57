// printed.h: actions as lines that a test can be read by, such as
//
//   open F_defer append_exclusive
//   append F_defer "@7@ <7@x>\n"
//   blank F 43 "42\n42"             spaces by their number
//   send C1 "CHECK <7@x>\r\n"
//
// Files and connections bear names instead of numbers, operations none at all, and tokens lose
// their leading zeros.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/port.h"

namespace innduct::engine {

// What a shell would know of what the engine holds.
struct Known {
  std::map<FileId, std::string> files;
  std::map<ConnId, std::string> connections;  // C1, C2, ... as they are made
};

// Learns the names that `action` gives out, and prints it.
std::string printed(const Action& action, Known& known);

// The operation that `action` asks for, if it is one.
std::optional<OpId> op_of(const Action& action);

// Bytes with their tokens cut short and nothing unprintable.
std::string readable(std::string_view bytes);

// What a system calls an errno.
std::string error_text(int error);

}  // namespace innduct::engine
