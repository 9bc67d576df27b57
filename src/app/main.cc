// main.cc: the door: from the command line to a feed that runs, and out again.
#include <cxxabi.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "app/daemon.h"
#include "app/failure.h"
#include "app/feed_paths.h"
#include "app/findings.h"
#include "app/look.h"
#include "app/options.h"
#include "app/place.h"
#include "app/user.h"
#include "core/cat.h"
#include "core/check.h"
#include "engine/engine.h"
#include "engine/names.h"
#include "io/fatal_signals.h"
#include "io/inn/inn_config.h"
#include "io/inn/innd.h"
#include "io/lock.h"
#include "io/log.h"
#include "io/shell.h"
#include "io/signals.h"
#include "io/supervisor.h"

namespace innduct::app {
namespace {

using engine::Level;

// For whoever ends the process from where no log is at hand.
const io::Log* log_of_last_resort = nullptr;

void say(Level level, std::string_view text) {
  if (log_of_last_resort != nullptr) {
    log_of_last_resort->note(level, text);
  } else {
    io::Log(false).note(level, text);
  }
}

// Why we cannot go on. Boost tells the place in its source as well, which is of no use here.
std::string_view reason_of(const std::exception& exception) {
  if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) {
    return "out of memory";
  }
  const std::string_view text = exception.what();
  return text.substr(0, text.find(" [system:"));
}

// There may be no memory left to say it in.
void say_why_not(const std::exception& exception) {
  const std::string_view reason = reason_of(exception);
  std::array<char, 500> text{};
  const int size = std::snprintf(text.data(), text.size(), "cannot go on: %.*s",
                                 static_cast<int>(reason.size()), reason.data());
  say(Level::error, {text.data(), std::min(text.size() - 1, static_cast<std::size_t>(size))});
}

void on_check_failed(std::string_view what, std::source_location where) {
  say(Level::critical,
      core::cat("internal error: ", what, " (", where.file_name(), ":", where.line(), ")"));
  // An article may have led us here, as it may lead to a crash.
  io::FatalSignals::note();
  std::_Exit(exit_code::unexpected);
}

// An exception that nobody catches: on another thread, or while another one was dealt with.
void on_terminate() {
  // Thrown again as it is: std::rethrow_exception() needs memory.
  if (abi::__cxa_current_exception_type() != nullptr) {
    try {
      throw;
    } catch (const std::exception& exception) {
      say_why_not(exception);
    } catch (...) {
      say(Level::error, "cannot go on: an exception of no known kind");
    }
  } else {
    // So ends an exception that meets a noexcept of the library's; nothing but memory does that.
    say(Level::error, "cannot go on: out of memory");
  }
  std::_Exit(exit_code::trouble);
}

// Bad options end us here, before anything is touched.
Options options_or_exit(std::span<const char* const> arguments) {
  auto options = read_options(arguments);
  if (options) {
    return *options;
  }
  const NotStarted& refused = options.error();
  if (refused.mistakes.empty()) {
    std::fputs(refused.answer.c_str(), stdout);
    std::exit(std::fflush(stdout) == 0 ? 0 : exit_code::trouble);
  }
  const io::Log log(arguments.empty());  // nothing given: nothing for syslog
  for (const std::string& mistake : refused.mistakes) {
    log.note(Level::critical, mistake);
  }
  std::exit(exit_code::bad_usage);
}

io::InnConfig inn_config(const Options& options) {
  auto inn = io::read_inn_config(options.inn_conf);
  if (!inn) {
    // One that was named is an option with a bad value.
    throw Failure{options.inn_conf.empty() ? exit_code::trouble : exit_code::bad_usage,
                  inn.error()};
  }
  return *inn;
}

void change_to(const std::string& directory) {
  if (::chdir(directory.c_str()) < 0) {
    throw Failure{exit_code::trouble,
                  core::cat("cannot change to ", directory, ": ", std::strerror(errno))};
  }
}

io::FeedLock lock(const Options& options, const FeedPaths& paths, const io::Log& log) {
  auto taken = io::FeedLock::take(paths.lock_file);
  if (!taken) {
    if (taken.error().why == io::LockFailed::Why::held && options.quiet_multiple) {
      throw Failure{exit_code::already_running, ""};
    }
    throw Failure{exit_code::trouble, taken.error().text};
  }
  const std::string text = core::cat(::getpid(), "\n", options.config.site, "\n", paths.feed_file,
                                     "\n", options.config.fqdn, "\n");
  if (const auto written = taken->write(text); !written) {
    log.note(Level::warning, written.error());
  }
  return std::move(*taken);
}

void open(io::Shell& shell, const Options& options, const FeedPaths& paths, const io::Log& log) {
  if (!paths.control.empty()) {
    if (const auto listening = shell.listen(paths.control); !listening) {
      const bool too_long = listening.error().why == io::ListenFailed::Why::too_long;
      throw Failure{too_long ? exit_code::bad_usage : exit_code::trouble, listening.error().text};
    }
  }
  if (options.http) {
    // A feed that goes unseen is better than none.
    if (const auto listening = shell.listen_http(*options.http); !listening) {
      log.note(Level::warning, core::cat(listening.error(), "; going on without a status page"));
    }
  }
  if (options.interactive) {
    shell.open_console();
  }
  if (!options.outcome_log.empty()) {
    if (const auto opened = shell.open_outcome_log(options.outcome_log); !opened) {
      throw Failure{
          exit_code::trouble,
          core::cat(opened.error(), ": see to its directory, or leave --outcome-log out")};
    }
  }
  if (const auto opened = shell.open_store(); !opened) {
    throw Failure{exit_code::trouble, opened.error()};
  }
  const engine::Names names(paths.feed_name);
  if (const auto opened = shell.open_inflight(names.inflight); !opened) {
    log.note(
        Level::warning,
        core::cat(opened.error(), ": should innduct crash, it will not know at which article"));
  }
}

engine::Config config_of(const Options& options, const FeedPaths& paths, io::Shell& shell,
                         const io::Log& log) {
  engine::Config config = options.config;
  config.feed_path = paths.feed_file;
  config.feed_name = paths.feed_name;
  if (config.watch) {
    if (const auto opened = shell.open_watch(); !opened) {
      log.note(Level::warning, core::cat("no file monitoring (", opened.error(),
                                         "): the feed file is polled instead"));
      config.watch = false;
    }
  }
  return config;
}

// I11, though somebody removed the lock file: whoever comes later takes over.
class LockWatch {
 public:
  LockWatch(const io::FeedLock& lock, const std::string& path) : lock_(lock), path_(path) {}
  // Called before anything is done, as often as one likes. Throws Failure.
  void look(core::Instant now) {
    if (now < next_look_) {
      return;
    }
    next_look_ = now + between_looks;
    if (lock_.replaced()) {
      throw Failure{exit_code::unexpected,
                    core::cat("the lock file ", path_,
                              " was replaced: another innduct may work on "
                              "this feed, so this one ends; leave that file alone")};
    }
  }

 private:
  static constexpr std::chrono::seconds between_looks{1};
  const io::FeedLock& lock_;
  const std::string& path_;
  core::Instant next_look_{};
};

engine::Exit feed(const engine::Config& config, io::Shell& shell, LockWatch lock,
                  io::Supervisor& supervisor) {
  std::random_device chance;
  engine::Engine engine(config, std::uint64_t{chance()} << 32 | chance());
  engine::Actions actions;
  engine.start(shell.now(), actions);
  while (true) {
    shell.perform(actions);
    if (shell.exit()) {
      supervisor.stopping();
      return *shell.exit();
    }
    actions.clear();
    const std::span<const engine::Event> events =
        shell.wait(std::min(engine.deadline(), supervisor.deadline()));
    const core::Now now = shell.now();
    supervisor.alive(now.monotonic);
    lock.look(now.monotonic);
    engine.turn(events, now, actions);
  }
}

engine::Exit run(const Options& options, io::Log& log) {
  const io::InnConfig inn = inn_config(options);
  if (const std::string warning = become_runas_user(inn); !warning.empty()) {
    log.note(Level::warning, warning);
  }
  const FeedPaths paths = feed_paths(options, inn);
  const io::Place place = place_of(options, paths, inn);
  ::umask(002);
  change_to(paths.run_directory);

  std::optional<Daemon> daemon;
  if (options.daemon) {
    daemon = Daemon::start();
  }
  const io::FeedLock held = lock(options, paths, log);
  io::sweep(inn.path_run);
  io::Supervisor supervisor;
  io::Shell shell(place, log, supervisor);
  open(shell, options, paths, log);
  engine::Config config = config_of(options, paths, shell, log);
  config.headline = supervisor.listens();
  if (daemon) {
    daemon->ready();
  }
  log.started();
  supervisor.ready(core::cat("feeding ", options.config.site, " to ", options.config.fqdn));
  return feed(config, shell, LockWatch(held, paths.lock_file), supervisor);
}

// The line for each thing goes to standard output.
engine::Exit check(const Options& options) {
  const auto seen = look(options);
  if (!seen) {
    return {0, seen.error()};
  }
  const std::vector<Finding> findings = judge(*seen);
  const bool colour = ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  std::fputs(render(findings, colour).c_str(), stdout);
  const bool written = std::fflush(stdout) == 0;
  const bool all_is_well = std::ranges::all_of(findings, &Finding::good);
  return {written && all_is_well ? 0 : exit_code::trouble, 0};
}

engine::Exit run_or_say_why(const Options& options) {
  io::Log log(options.interactive || options.check);
  log.set_feed(options.config.site, options.config.fqdn);
  log_of_last_resort = &log;
  engine::Exit exit;
  try {
    exit = options.check ? check(options) : run(options, log);
  } catch (const Failure& failure) {
    if (!failure.text.empty()) {
      log.note(failure.code == exit_code::trouble ? Level::error : Level::critical, failure.text);
    }
    exit.code = failure.code;
  } catch (const std::exception& exception) {
    say_why_not(exception);
    exit.code = exit_code::trouble;
  }
  log_of_last_resort = nullptr;
  return exit;
}

}  // namespace
}  // namespace innduct::app

int main(int argc, char** argv) {
  namespace app = innduct::app;
  innduct::core::on_check_failed(app::on_check_failed);
  std::set_terminate(app::on_terminate);
  // Arenas of malloc for each thread would take more memory than all of them ever need.
  mallopt(M_ARENA_MAX, 1);
  // A limit on the size of files is an errno like others.
  std::signal(SIGXFSZ, SIG_IGN);
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  const app::Options options = app::options_or_exit(arguments.subspan(argc > 0 ? 1 : 0));
  const innduct::engine::Exit exit = app::run_or_say_why(options);
  if (exit.signal != 0) {
    innduct::io::die_by(exit.signal);
  }
  return exit.code;
}
