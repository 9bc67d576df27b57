// command_line.cc: CLI11's exceptions become values.
#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <vector>

#include "core/escape.h"

namespace innduct::app {

std::expected<void, NotStarted> parse(CLI::App& line, std::span<const char* const> arguments,
                                      std::string (*help)(CLI::App& line)) {
  NotStarted refused;
  try {
    // CLI11 takes its arguments from the back.
    line.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return {};
  } catch (const CLI::CallForHelp&) {
    refused.answer = help(line);
  } catch (const CLI::CallForVersion& version) {
    refused.answer = version.what();
  } catch (const CLI::ParseError& error) {
    refused.mistakes.push_back(core::escaped(error.what()));
  }
  return std::unexpected(refused);
}

}  // namespace innduct::app
