// options_test.cc: proves what every option of the manual page does to the configuration, what its
// default is, and what a bad value answers.
#include "app/options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <vector>

namespace innduct::app {
namespace {

using namespace std::chrono_literals;
using engine::Config;

std::expected<Options, NotStarted> read(std::vector<const char*> arguments) {
  return read_options(arguments);
}

// The mistakes, one after the other.
std::string mistakes(std::vector<const char*> arguments) {
  const auto options = read_options(arguments);
  std::string all;
  if (!options) {
    for (const std::string& each : options.error().mistakes) {
      all += each + "\n";
    }
  }
  return all;
}

TEST(OptionsTest, DefaultsAreTheManualPages) {
  const auto options = read({"peer"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config.site, "peer");
  EXPECT_EQ(options->config.fqdn, "peer");
  EXPECT_EQ(options->feed_file, "");
  EXPECT_FALSE(options->quiet_multiple);
  EXPECT_TRUE(options->daemon);
  EXPECT_FALSE(options->interactive);
  EXPECT_FALSE(options->check);
  EXPECT_FALSE(options->http);
  EXPECT_EQ(options->inn_conf, "");
  EXPECT_EQ(options->port, 119);
  EXPECT_EQ(options->run_directory, "");
  EXPECT_EQ(options->control, "innduct/");
  const Config& config = options->config;
  EXPECT_TRUE(config.streaming);
  EXPECT_TRUE(config.watch);
  EXPECT_TRUE(config.sync_feed);
  EXPECT_EQ(config.connections_max, 10u);
  EXPECT_EQ(config.queue_per_conn_max, 200u);
  EXPECT_EQ(config.queue_per_file_max, 400u);
  EXPECT_EQ(config.flush_size_bytes, 100'000u);
  EXPECT_EQ(config.period, 30s);
  EXPECT_EQ(config.connection_timeout, 200s);
  EXPECT_EQ(config.stuck_flush_timeout, 100s);
  EXPECT_EQ(config.feedfile_poll, 5s);
  EXPECT_EQ(config.no_check_percent, 95);
  EXPECT_EQ(config.no_check_response_articles, 100);
  EXPECT_EQ(config.reconnect_interval, 1000s);
  EXPECT_EQ(config.flush_retry_interval, 1000s);
  EXPECT_EQ(config.earliest_deferred_retry, 100s);
  EXPECT_EQ(config.backlog_rescan_interval, 300s);
  EXPECT_EQ(config.max_flush_interval, 100'000s);
  EXPECT_EQ(config.flush_finish_timeout, 2000s);
  EXPECT_EQ(config.idle_timeout, 1000s);
  EXPECT_EQ(config.stats_log_interval, 2500s);
  EXPECT_EQ(config.low_volume_thresh, 3u);
  EXPECT_EQ(config.low_volume_window, 1000s);
  EXPECT_EQ(config.max_bad_input_percent, 1);
  EXPECT_EQ(config.max_bad_input_init, 30u);
  EXPECT_EQ(config.max_suspicions, 3u);
}

TEST(OptionsTest, EachOptionHasItsEffect) {
  const struct {
    const char* name;
    const char* value;  // null: a flag
    std::function<bool(const Options&)> effect;
  } cases[] = {
      {"-f", "spool/", [](const Options& o) { return o.feed_file == "spool/"; }},
      {"--feedfile", "/a/b", [](const Options& o) { return o.feed_file == "/a/b"; }},
      {"-q", nullptr, [](const Options& o) { return o.quiet_multiple; }},
      {"--quiet-multiple", nullptr, [](const Options& o) { return o.quiet_multiple; }},
      {"--no-daemon", nullptr, [](const Options& o) { return !o.daemon && !o.interactive; }},
      {"--interactive", nullptr, [](const Options& o) { return !o.daemon && o.interactive; }},
      {"--check", nullptr, [](const Options& o) { return o.check; }},
      {"--no-streaming", nullptr, [](const Options& o) { return !o.config.streaming; }},
      {"--no-filemon", nullptr, [](const Options& o) { return !o.config.watch; }},
      {"--no-sync-feed", nullptr, [](const Options& o) { return !o.config.sync_feed; }},
      {"-C", "/etc/inn.conf", [](const Options& o) { return o.inn_conf == "/etc/inn.conf"; }},
      {"--inndconf", "my.conf", [](const Options& o) { return o.inn_conf == "my.conf"; }},
      {"--port", "433", [](const Options& o) { return o.port == 433; }},
      {"--chdir", "/run", [](const Options& o) { return o.run_directory == "/run"; }},
      {"--http", ":8080", [](const Options& o) { return o.http && o.http->port == 8080; }},
      {"--cli", "none", [](const Options& o) { return o.control == "none"; }},
      {"--max-connections", "7", [](const Options& o) { return o.config.connections_max == 7; }},
      {"--max-queue-per-conn", "50",
       [](const Options& o) {
         return o.config.queue_per_conn_max == 50 && o.config.queue_per_file_max == 100;
       }},
      {"--max-queue-per-file", "50",
       [](const Options& o) {
         return o.config.queue_per_conn_max == 200 && o.config.queue_per_file_max == 50;
       }},
      {"--feedfile-flush-size", "5000",
       [](const Options& o) { return o.config.flush_size_bytes == 5000; }},
      {"--period-interval", "2min", [](const Options& o) { return o.config.period == 2min; }},
      {"--connection-timeout", "1h",
       [](const Options& o) { return o.config.connection_timeout == 1h; }},
      {"--stuck-flush-timeout", "5",
       [](const Options& o) { return o.config.stuck_flush_timeout == 5s; }},
      {"--feedfile-poll", "1s", [](const Options& o) { return o.config.feedfile_poll == 1s; }},
      {"--no-check-proportion", "87.5",
       [](const Options& o) { return o.config.no_check_percent == 87.5; }},
      {"--no-check-response-time", "20",
       [](const Options& o) { return o.config.no_check_response_articles == 20; }},
      {"--reconnect-interval", "1das",
       [](const Options& o) { return o.config.reconnect_interval == 10s; }},
      {"--flush-retry-interval", "2ks",
       [](const Options& o) { return o.config.flush_retry_interval == 2000s; }},
      {"--earliest-deferred-retry", "1hs",
       [](const Options& o) { return o.config.earliest_deferred_retry == 100s; }},
      {"--backlog-rescan-interval", "1day",
       [](const Options& o) { return o.config.backlog_rescan_interval == 24h; }},
      {"--max-flush-interval", "1Ms",
       [](const Options& o) { return o.config.max_flush_interval == 1'000'000s; }},
      {"--flush-finish-timeout", "3m",
       [](const Options& o) { return o.config.flush_finish_timeout == 3min; }},
      {"--idle-timeout", "9sec", [](const Options& o) { return o.config.idle_timeout == 9s; }},
      {"--stats-log-interval", "1hour",
       [](const Options& o) { return o.config.stats_log_interval == 1h; }},
      {"--low-volume-thresh", "0",
       [](const Options& o) { return o.config.low_volume_thresh == 0; }},
      {"--low-volume-window", "1d",
       [](const Options& o) { return o.config.low_volume_window == 24h; }},
      {"--max-bad-input-data-ratio", "0",
       [](const Options& o) { return o.config.max_bad_input_percent == 0; }},
      {"--max-suspicions", "1", [](const Options& o) { return o.config.max_suspicions == 1; }},
      {"--max-bad-input-data-init", "0",
       [](const Options& o) { return o.config.max_bad_input_init == 0; }},
  };
  for (const auto& [name, value, effect] : cases) {
    std::vector<const char*> apart = {name, "peer", "news.example.com"};
    if (value != nullptr) {
      apart.insert(apart.begin() + 1, value);
    }
    const auto options = read(apart);
    ASSERT_TRUE(options) << name << ": " << mistakes(apart);
    EXPECT_TRUE(effect(*options)) << name;
    EXPECT_EQ(options->config.site, "peer") << name;
    EXPECT_EQ(options->config.fqdn, "news.example.com") << name;
    if (value != nullptr && std::string_view(name).starts_with("--")) {
      const std::string joined = std::string(name) + "=" + value;
      const auto same = read({"peer", joined.c_str()});
      ASSERT_TRUE(same) << joined;
      EXPECT_TRUE(effect(*same)) << joined;
    }
  }
}

TEST(OptionsTest, TheLastOfSeveralValuesCounts) {
  EXPECT_EQ(read({"--port=1", "peer", "--port", "2"})->port, 2);
}

TEST(OptionsTest, EachBadValueIsNamedWithWhatIsExpected) {
  const struct {
    const char* argument;
    const char* expected;
  } cases[] = {
      {"--port=0", "--port=0: expected a whole number from 1 to 65535"},
      {"--port=70000", "--port=70000: expected"},
      {"--port=nntp", "--port=nntp: expected"},
      {"--port=12x", "--port=12x: expected"},
      {"--max-connections=0", "--max-connections=0: expected a whole number from 1"},
      {"--max-connections=-1", "--max-connections=-1: expected"},
      {"--max-connections=1.5", "--max-connections=1.5: expected"},
      {"--max-queue-per-conn=0", "--max-queue-per-conn=0: expected"},
      {"--max-queue-per-file=0", "--max-queue-per-file=0: expected"},
      {"--feedfile-flush-size=0", "--feedfile-flush-size=0: expected"},
      {"--feedfile-flush-size=99999999999999999999", "expected a whole number"},
      {"--no-check-proportion=101", "expected a percentage from 0 to 100"},
      {"--no-check-proportion=nan", "expected a percentage"},
      {"--no-check-proportion=50%", "expected a percentage"},
      {"--no-check-response-time=0", "expected a number above 0"},
      {"--max-bad-input-data-ratio=-1", "expected a percentage"},
      {"--max-suspicions=0", "expected a whole number from 1"},
      {"--max-bad-input-data-init=x", "expected a whole number from 0"},
      {"--period-interval=0", "--period-interval=0: expected "},
      {"--period-interval=fast", "--period-interval=fast: expected "},
      {"--idle-timeout=5weeks", "--idle-timeout=5weeks: expected "},
      {"--feedfile=", "--feedfile= lacks its value"},
      {"--cli=", "--cli= lacks its value"},
      {"--http=8080", "--http=8080: expected ADDR:PORT"},
      {"--frobnicate", "unknown option --frobnicate"},
      {"--frobnicate=3", "unknown option --frobnicate=3"},
      {"-x", "unknown option -x"},
      {"--no-daemon=false", "--no-daemon=false: this option takes no value"},
      {"--help=no", "--help=no: this option takes no value"},
      {"--port", "--port: 1 required PORT missing"},
  };
  for (const auto& [argument, expected] : cases) {
    EXPECT_NE(mistakes({"peer", argument}).find(expected), std::string::npos)
        << argument << " answered: " << mistakes({"peer", argument});
  }
}

TEST(OptionsTest, SiteAndFqdnAreChecked) {
  EXPECT_NE(mistakes({}).find("site is missing"), std::string::npos);
  EXPECT_NE(mistakes({""}).find("site is missing"), std::string::npos);
  for (const char* bad : {"a/b", "/", ".", "..", "a b", "a\nb", "a\001b", "\177"}) {
    EXPECT_TRUE(mistakes({bad}).starts_with("site `")) << bad;
  }
  EXPECT_NE(mistakes({"a\nb"}).find("a\\nb"), std::string::npos);  // escaped
  EXPECT_TRUE(mistakes({"peer", ""}).starts_with("fqdn `"));
  EXPECT_NE(mistakes({"peer", "host", "more"}).find("too many arguments: more"), std::string::npos);
}

TEST(OptionsTest, AllMistakesAreSaidAtOnce) {
  const std::string said =
      mistakes({"a/b", "host", "extra", "--port=0", "--idle-timeout=never", "--frobnicate"});
  for (const char* each : {"site `a/b`", "extra", "--port=0", "--idle-timeout", "--frobnicate"}) {
    EXPECT_NE(said.find(each), std::string::npos) << each << " in " << said;
  }
}

TEST(OptionsTest, HelpListsEveryOptionWithItsDefault) {
  const auto options = read({"--help"});
  ASSERT_FALSE(options);
  EXPECT_TRUE(options.error().mistakes.empty());
  const std::string& help = options.error().answer;
  for (const char* each :
       {"-f,--feedfile", "-q,--quiet-multiple", "--no-daemon", "--interactive", "--no-streaming",
        "--no-filemon", "--check", "--version", "-C,--inndconf", "--port", "--chdir", "--cli",
        "--help", "--outcome-log", "--max-connections", "--max-bad-input-data-init",
        "--no-sync-feed", "100000s"}) {
    EXPECT_NE(help.find(each), std::string::npos) << each << " in " << help;
  }
}

TEST(OptionsTest, TheVersionIsThatOfTheBuildAndOfTheManualPage) {
  const auto options = read({"--version"});
  ASSERT_FALSE(options);
  EXPECT_TRUE(options.error().mistakes.empty());
  EXPECT_EQ(options.error().answer, "innduct " INNDUCT_VERSION "\n");
  std::ifstream page(MANUAL "innduct.8");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  EXPECT_NE(text.find(" \"innduct " INNDUCT_VERSION "\" \"InterNetNews\"\n"), std::string::npos);
}

}  // namespace
}  // namespace innduct::app
