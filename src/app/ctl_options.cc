// ctl_options.cc: the command line of innductctl.
#include "app/ctl_options.h"

#include <CLI/CLI.hpp>
#include <string_view>
#include <vector>

#include "app/command_line.h"
#include "core/cat.h"
#include "core/escape.h"

namespace innduct::app {
namespace {

void refuse_bad_names(const CtlOptions& options, std::vector<std::string>& mistakes) {
  if (options.site.empty()) {
    mistakes.emplace_back("the site is missing: innductctl [options] site [command]");
  } else if (options.site.find('/') != std::string::npos) {
    mistakes.push_back(core::cat("site `", core::escaped(options.site),
                                 "`: expected a name of newsfeeds, without a slash"));
  }
  if (options.control.empty() || options.control == "none") {
    mistakes.push_back(core::cat("--cli=", core::escaped(options.control),
                                 ": expected the control socket, or its directory"));
  }
}

}  // namespace

std::expected<CtlOptions, NotStarted> read_ctl_options(std::span<const char* const> arguments) {
  CtlOptions options;
  std::vector<std::string> words;
  CLI::App line("Gives a command to the innduct that feeds a site.", "innductctl");
  line.set_help_flag("--help", "print this and exit");
  line.set_version_flag("--version", "innductctl " INNDUCT_VERSION "\n",
                        "print the version and exit");
  line.add_option("site", options.site, "the site as newsfeeds names it")->type_name("");
  line.add_option("command", words,
                  "as on the control line, or top; without one, from standard input")
      ->type_name("");
  line.add_option("-C,--inndconf", options.inn_conf, "read FILE instead of the default inn.conf")
      ->type_name("FILE");
  line.add_option("--chdir", options.run_directory,
                  "innduct's working directory [pathrun of inn.conf]")
      ->type_name("PATHRUN");
  line.add_option("--cli", options.control,
                  "control socket, or its directory; below PATHRUN [innduct/]")
      ->type_name("CLI-DIR/|CLI-PATH");
  if (const auto parsed = parse(line, arguments, [](CLI::App& app) { return app.help(); });
      !parsed) {
    return std::unexpected(parsed.error());
  }
  NotStarted refused;
  refuse_bad_names(options, refused.mistakes);
  if (!refused.mistakes.empty()) {
    return std::unexpected(refused);
  }
  for (const std::string& word : words) {
    options.command += core::cat(options.command.empty() ? "" : " ", word);
  }
  return options;
}

}  // namespace innduct::app
