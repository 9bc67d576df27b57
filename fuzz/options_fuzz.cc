// options_fuzz.cc: any arguments: they make Options within all limits, or there is help to print,
// or each mistake is a printable line. No exception gets out.
//
// The input holds the arguments, each behind a NUL but the first.
#include <string>
#include <vector>

#include "app/options.h"
#include "core/duration.h"
#include "input.h"

using namespace innduct;
using core::check;

namespace {

constexpr std::size_t arguments_max = 40;

void check_names(const app::Options& options) {
  const std::string& site = options.config.site;
  check(!site.empty() && site != "." && site != "..", "a site is a name");
  check(site.find_first_of(std::string_view("/ \t\r\n\0\x7f", 7)) == site.npos,
        "a site is one word, and no path");
  check(!options.config.fqdn.empty(), "a peer has a name");
  check(!options.control.empty(), "a control socket has a name, if only none");
}

void check_limits(const engine::Config& config) {
  for (const core::Duration interval :
       {config.period, config.connection_timeout, config.stuck_flush_timeout, config.feedfile_poll,
        config.reconnect_interval, config.flush_retry_interval, config.earliest_deferred_retry,
        config.backlog_rescan_interval, config.max_flush_interval, config.flush_finish_timeout,
        config.idle_timeout, config.stats_log_interval, config.low_volume_window}) {
    check(interval > core::Duration::zero() && interval <= core::duration_max,
          "an interval is within its limits");
  }
  check(config.connections_max > 0 && config.queue_per_conn_max > 0 &&
            config.queue_per_file_max > 0 && config.flush_size_bytes > 0,
        "what counts what is to be done is never zero");
  check(config.no_check_percent >= 0 && config.no_check_percent <= 100 &&
            config.max_bad_input_percent >= 0 && config.max_bad_input_percent <= 100 &&
            config.no_check_response_articles > 0,
        "shares are shares");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  std::vector<std::string> texts;
  while (!input.empty() && texts.size() < arguments_max) {
    texts.emplace_back(input.up_to('\0'));
  }
  std::vector<const char*> arguments;
  for (const std::string& text : texts) {
    arguments.push_back(text.c_str());
  }

  const auto options = app::read_options(arguments);
  if (options) {
    check_names(*options);
    check_limits(options->config);
    check(options->port != 0, "a port has a number");
    check(!(options->daemon && options->interactive), "nobody talks to a daemon");
    return 0;
  }
  check(options.error().answer.empty() != options.error().mistakes.empty(),
        "there is help to print, or something is wrong");
  for (const std::string& mistake : options.error().mistakes) {
    fuzz::check_printable(mistake);
  }
  return 0;
}
