// command_line.h: what both programs do with their arguments before these mean anything.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "app/options.h"

namespace CLI {
class App;
}

namespace innduct::app {

// `line` reads the arguments. NotStarted: they were a call for help, which `help` writes, or for
// the version, or no line of this program's.
std::expected<void, NotStarted> parse(CLI::App& line, std::span<const char* const> arguments,
                                      std::string (*help)(CLI::App& line));

}  // namespace innduct::app
