// options.cc: the command line.
#include "app/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string_view>

#include "app/command_line.h"
#include "app/settings.h"
#include "core/cat.h"
#include "core/escape.h"

namespace innduct::app {
namespace {

// Values as they were given; which of them are good is found out for all of them together.
struct Given {
  std::vector<std::optional<std::string>> values;  // in the order of settings()
  std::string site;
  std::optional<std::string> fqdn;
  bool no_daemon = false;
  bool no_streaming = false;
  bool no_filemon = false;
  bool no_sync_feed = false;
};

// `-f,--feedfile` is called --feedfile.
std::string_view long_name(const Setting& setting) {
  const std::string_view names = setting.names;
  return names.substr(names.find("--"));
}

// Names go to the log, to innd and into file names. innd's own rule is wider, but no feed that
// works breaks this one.
bool is_a_word(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char each) { return each > ' ' && each != 0x7f; });
}

void declare(CLI::App& line, Options& options, Given& given) {
  line.set_help_flag("--help", "print this and exit");
  line.set_version_flag("--version", "innduct " INNDUCT_VERSION "\n", "print the version and exit");
  line.allow_extras();
  line.add_option("site", given.site, "the site as newsfeeds names it")->type_name("");
  line.add_option("fqdn", given.fqdn, "the peer's name; default: site")->type_name("");
  line.add_flag("-q,--quiet-multiple", options.quiet_multiple,
                "exit silently if the site is being fed already");
  line.add_flag("--no-daemon", given.no_daemon, "stay in the foreground");
  line.add_flag("--interactive", options.interactive,
                "stay in the foreground, log to stderr, take commands on stdin");
  line.add_flag("--check", options.check, "only look whether all is well; touch nothing");
  line.add_flag("--no-streaming", given.no_streaming, "offer with IHAVE only");
  line.add_flag("--no-filemon", given.no_filemon, "poll the feed file instead of watching it");
  line.add_flag("--no-sync-feed", given.no_sync_feed, "leave innd's lines to the system to write")
      ->group("Tuning");
  given.values.resize(settings().size());
  for (std::size_t i = 0; i < settings().size(); ++i) {
    const Setting& setting = settings()[i];
    const std::string by_default = setting.default_text;
    CLI::Option* const option =
        line.add_option(setting.names, given.values[i],
                        core::cat(setting.meaning, by_default.empty() ? "" : " [", by_default,
                                  by_default.empty() ? "" : "]"))
            ->type_name(setting.value)
            ->take_last();
    if (setting.tuning) {
      option->group("Tuning");
    }
  }
  line.footer(
      "TIME and PERIOD: seconds, or a number and one of s sec m min h hour d day das hs ks Ms.");
}

std::string help_of(CLI::App& line) {
  line.get_option("site")->required();  // shown so; that it is missing is said with the rest
  line.get_formatter()->column_width(40);
  return line.help();
}

// What CLI11 would read in another way than it was meant: the next argument as the value of
// `--name=`, and `--flag=value` as a way to undo the flag.
void refuse_odd_values(const CLI::App& line, std::span<const char* const> arguments,
                       std::vector<std::string>& mistakes) {
  for (const std::string_view argument : arguments) {
    if (argument == "--") {
      return;
    }
    const std::size_t equals = argument.find('=');
    if (!argument.starts_with("--") || equals == std::string_view::npos) {
      continue;
    }
    const CLI::Option* const option =
        line.get_option_no_throw(std::string(argument.substr(0, equals)));
    if (option != nullptr && option->get_expected_max() == 0) {
      mistakes.push_back(core::cat(core::escaped(argument), ": this option takes no value"));
    } else if (equals == argument.size() - 1) {
      mistakes.push_back(core::cat(core::escaped(argument), " lacks its value"));
    }
  }
}

void refuse_bad_names(const Given& given, std::vector<std::string>& mistakes) {
  const std::string& site = given.site;
  if (site.empty()) {
    mistakes.emplace_back("the site is missing: innduct [options] site [fqdn]");
  } else if (!is_a_word(site) || site.find('/') != std::string::npos || site == "." ||
             site == "..") {
    mistakes.push_back(core::cat("site `", core::escaped(site),
                                 "`: expected a name of newsfeeds, without slash, blank or "
                                 "control character"));
  }
  if (given.fqdn && !is_a_word(*given.fqdn)) {
    mistakes.push_back(core::cat("fqdn `", core::escaped(*given.fqdn),
                                 "`: expected the name or address of the peer"));
  }
}

void take_values(const Given& given, Options& options, std::vector<std::string>& mistakes) {
  bool per_file_given = false;
  for (std::size_t i = 0; i < settings().size(); ++i) {
    if (!given.values[i]) {
      continue;
    }
    const Setting& setting = settings()[i];
    per_file_given = per_file_given || long_name(setting) == "--max-queue-per-file";
    if (const auto read = setting.read(options, *given.values[i]); !read) {
      mistakes.push_back(core::cat(long_name(setting), "=", core::escaped(*given.values[i]),
                                   ": expected ", read.error()));
    }
  }
  if (!per_file_given) {
    options.config.queue_per_file_max = 2 * options.config.queue_per_conn_max;
  }
}

}  // namespace

std::expected<Options, NotStarted> read_options(std::span<const char* const> arguments) {
  Options options;
  Given given;
  NotStarted refused;
  CLI::App line("Streams the articles of one feed of innd to the peer.", "innduct");
  declare(line, options, given);
  refuse_odd_values(line, arguments, refused.mistakes);
  if (!refused.mistakes.empty()) {
    return std::unexpected(refused);
  }
  if (const auto parsed = parse(line, arguments, help_of); !parsed) {
    return std::unexpected(parsed.error());
  }
  for (const std::string& extra : line.remaining()) {
    refused.mistakes.push_back(core::cat(
        extra.starts_with('-') ? "unknown option " : "too many arguments: ", core::escaped(extra)));
  }
  refuse_bad_names(given, refused.mistakes);
  take_values(given, options, refused.mistakes);
  if (!refused.mistakes.empty()) {
    return std::unexpected(refused);
  }
  options.daemon = !given.no_daemon && !options.interactive;
  options.config.site = given.site;
  options.config.fqdn = given.fqdn.value_or(given.site);
  options.config.streaming = !given.no_streaming;
  options.config.watch = !given.no_filemon;
  options.config.sync_feed = !given.no_sync_feed;
  options.config.outcome_log = !options.outcome_log.empty();
  return options;
}

}  // namespace innduct::app
