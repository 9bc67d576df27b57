// ctl_options.h: the command line of innductctl.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "app/options.h"

namespace innduct::app {

struct CtlOptions {
  std::string site;
  std::string command;        // its words with a blank between; empty: commands come on stdin
  std::string inn_conf;       // --inndconf; empty: the default one
  std::string run_directory;  // --chdir; empty: pathrun of inn.conf
  std::string control = "innduct/";  // --cli, as innduct has it
};

// Reads the arguments that follow the program's name.
std::expected<CtlOptions, NotStarted> read_ctl_options(std::span<const char* const> arguments);

}  // namespace innduct::app
