// settings.cc: the table of options that take a value. Names and defaults are the manual page's.
#include "app/settings.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/cat.h"
#include "core/duration.h"

namespace innduct::app {
namespace {

using engine::Config;
using Read = std::expected<void, std::string>;
using Reader = std::function<Read(Options&, std::string_view)>;

// A whole number from `least` to `most`, or nothing.
std::expected<std::uint64_t, std::string> whole_number(std::string_view text, std::uint64_t least,
                                                       std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc{} || end != text.end() || number < least || number > most) {
    return std::unexpected(core::cat("a whole number from ", least, " to ", most));
  }
  return number;
}

template <class Number>
Reader count(Number Config::*field, std::uint64_t least, std::uint64_t most) {
  return [=](Options& options, std::string_view text) -> Read {
    const auto number = whole_number(text, least, most);
    if (!number) {
      return std::unexpected(number.error());
    }
    options.config.*field = static_cast<Number>(*number);
    return {};
  };
}

Reader interval(core::Duration Config::*field) {
  return [=](Options& options, std::string_view text) -> Read {
    const auto duration = core::parse_duration(text);
    if (!duration) {
      return std::unexpected(duration.error());
    }
    options.config.*field = *duration;
    return {};
  };
}

Reader number(double Config::*field, double least, double most, const char* expected) {
  return [=](Options& options, std::string_view text) -> Read {
    double found = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), found);
    if (error != std::errc{} || end != text.end() || !(found >= least && found <= most)) {
      return std::unexpected(expected);
    }
    options.config.*field = found;
    return {};
  };
}

Reader percent(double Config::*field) {
  return number(field, 0, 100, "a percentage from 0 to 100, without the sign");
}

Reader words(std::string Options::*field) {
  return [=](Options& options, std::string_view text) -> Read {
    if (text.empty() || text.find('\0') != std::string_view::npos) {
      return std::unexpected("a name");
    }
    options.*field = text;
    return {};
  };
}

Read read_port(Options& options, std::string_view text) {
  const auto port = whole_number(text, 1, std::numeric_limits<std::uint16_t>::max());
  if (!port) {
    return std::unexpected(port.error());
  }
  options.port = static_cast<std::uint16_t>(*port);
  return {};
}

Read read_http(Options& options, std::string_view text) {
  auto address = io::read_http_address(text);
  if (!address) {
    return std::unexpected(address.error());
  }
  options.http = *std::move(address);
  return {};
}

constexpr std::uint64_t million = 1'000'000;

const std::vector<Setting>& table() {
  static const std::vector<Setting> settings = {
      {"-f,--feedfile", "DIR/|PATH", "feed file, or its directory; below pathoutgoing", "SITE",
       false, words(&Options::feed_file)},
      {"-C,--inndconf", "FILE", "read FILE instead of the default inn.conf", "", false,
       words(&Options::inn_conf)},
      {"--port", "PORT", "the peer's port", "119", false, read_port},
      {"--chdir", "PATHRUN", "directory to change to at the start", "pathrun of inn.conf", false,
       words(&Options::run_directory)},
      {"--cli", "CLI-DIR/|CLI-PATH|none", "control socket, or its directory; below PATHRUN",
       "innduct/", false, words(&Options::control)},
      {"--http", "ADDR:PORT|unix:PATH", "show the state over HTTP, to whoever can connect", "",
       false, read_http},

      {"--outcome-log", "PATH", "write a line for each article that gets an outcome", "", false,
       words(&Options::outcome_log)},

      {"--max-connections", "COUNT", "connections to the peer at a time", "10", true,
       count(&Config::connections_max, 1, 10'000)},
      {"--max-queue-per-conn", "ARTICLES", "articles outstanding on one connection", "200", true,
       count(&Config::queue_per_conn_max, 1, million)},
      {"--max-queue-per-file", "ARTICLES", "articles held in core of one input file",
       "twice --max-queue-per-conn", true, count(&Config::queue_per_file_max, 1, million)},
      {"--feedfile-flush-size", "BYTES", "size at which the feed is flushed", "100000", true,
       count(&Config::flush_size_bytes, 1, million * million)},
      {"--period-interval", "TIME", "how often to do housekeeping", "30s", true,
       interval(&Config::period)},
      {"--connection-timeout", "TIME", "for setting up a connection", "200s", true,
       interval(&Config::connection_timeout)},
      {"--stuck-flush-timeout", "TIME", "for innd's answer to a flush", "100s", true,
       interval(&Config::stuck_flush_timeout)},
      {"--feedfile-poll", "TIME", "how often to look at the feed file without file monitoring",
       "5s", true, interval(&Config::feedfile_poll)},
      {"--no-check-proportion", "PERCENT", "of articles accepted, above which CHECK is left out",
       "95", true, percent(&Config::no_check_percent)},
      {"--no-check-response-time", "ARTICLES", "half-life of that proportion", "100", true,
       number(&Config::no_check_response_articles, 1e-3, 1e9, "a number above 0")},
      {"--reconnect-interval", "PERIOD", "between attempts to open a connection", "1000s", true,
       interval(&Config::reconnect_interval)},
      {"--flush-retry-interval", "PERIOD", "until a failed flush is repeated", "1000s", true,
       interval(&Config::flush_retry_interval)},
      {"--earliest-deferred-retry", "PERIOD", "until a deferred article is offered again", "100s",
       true, interval(&Config::earliest_deferred_retry)},
      {"--backlog-rescan-interval", "PERIOD", "between looks for new backlog files", "300s", true,
       interval(&Config::backlog_rescan_interval)},
      {"--max-flush-interval", "PERIOD", "after which the feed is flushed whatever its size",
       "100000s", true, interval(&Config::max_flush_interval)},
      {"--flush-finish-timeout", "PERIOD", "for finishing the old feed file after a flush", "2000s",
       true, interval(&Config::flush_finish_timeout)},
      {"--idle-timeout", "PERIOD", "after which a silent connection is closed", "1000s", true,
       interval(&Config::idle_timeout)},
      {"--stats-log-interval", "PERIOD", "between statistics in the log", "2500s", true,
       interval(&Config::stats_log_interval)},
      {"--low-volume-thresh", "ARTICLES", "below so many, the only connection is closed early", "3",
       true, count(&Config::low_volume_thresh, 0, million)},
      {"--low-volume-window", "PERIOD", "in which they are counted", "1000s", true,
       interval(&Config::low_volume_window)},
      {"--max-bad-input-data-ratio", "PERCENT", "of bad lines tolerated in an input file", "1",
       true, percent(&Config::max_bad_input_percent)},
      {"--max-suspicions", "COUNT", "lone tries that an article may fail before it is quarantined",
       "3", true, count(&Config::max_suspicions, 1, 1000)},
      {"--max-bad-input-data-init", "LINES", "bad lines tolerated besides", "30", true,
       count(&Config::max_bad_input_init, 0, million * million)},
  };
  return settings;
}

}  // namespace

std::span<const Setting> settings() { return table(); }

}  // namespace innduct::app
