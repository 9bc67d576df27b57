// ctl_main.cc: innductctl: the control line of a feed, for people and for scripts.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <span>
#include <string>
#include <string_view>

#include "app/ctl_options.h"
#include "app/ctl_top.h"
#include "app/failure.h"
#include "app/feed_paths.h"
#include "app/line_source.h"
#include "core/cat.h"
#include "engine/command.h"
#include "io/control_client.h"
#include "io/inn/inn_config.h"

namespace innduct::app {
namespace {

// The manual page, EXIT STATUS.
constexpr int command_failed = 1;

void complain(std::string_view text) {
  std::fprintf(stderr, "innductctl: %.*s\n", static_cast<int>(text.size()), text.data());
}

CtlOptions options_or_exit(std::span<const char* const> arguments) {
  auto options = read_ctl_options(arguments);
  if (options) {
    return *options;
  }
  if (options.error().mistakes.empty()) {
    std::fputs(options.error().answer.c_str(), stdout);
    std::exit(std::fflush(stdout) == 0 ? 0 : exit_code::trouble);
  }
  for (const std::string& mistake : options.error().mistakes) {
    complain(mistake);
  }
  std::exit(exit_code::bad_usage);
}

// The socket's path, relative to where we are then: only so it is as short as it was for innduct.
std::string find_socket(const CtlOptions& options) {
  Options like;
  like.config.site = options.site;
  like.control = options.control;
  like.run_directory = options.run_directory;
  io::InnConfig inn;
  if (!options.control.starts_with('/') && options.run_directory.empty()) {
    auto found = io::read_inn_config(options.inn_conf);
    if (!found) {
      throw Failure{options.inn_conf.empty() ? exit_code::trouble : exit_code::bad_usage,
                    found.error()};
    }
    inn = *found;
  }
  const FeedPaths paths = feed_paths(like, inn);
  if (!paths.control.starts_with('/') && ::chdir(paths.run_directory.c_str()) < 0) {
    throw Failure{exit_code::trouble,
                  core::cat("cannot change to ", paths.run_directory, ": ", std::strerror(errno))};
  }
  return paths.control;
}

void print(std::FILE* stream, const std::string& text) {
  if (std::fputs(text.c_str(), stream) < 0 || std::fflush(stream) != 0) {
    throw Failure{exit_code::trouble, core::cat("cannot write the answer: ", std::strerror(errno))};
  }
}

// Returns the exit status that it stands for. Throws Failure if there is nobody to ask any more.
int ask(io::ControlClient& client, std::string_view command) {
  if (command == "top") {
    top(client);
    return 0;
  }
  const auto answer = client.ask(command);
  if (!answer) {
    throw Failure{exit_code::trouble, answer.error()};
  }
  print(answer->good ? stdout : stderr, answer->text);
  return answer->good ? 0 : command_failed;
}

bool begins_trace(std::string_view command) {
  const auto order = engine::parse_command(command);
  return order && (order->command == engine::Command::trace_dialogue ||
                   order->command == engine::Command::trace_article);
}

// Prints the lines of a trace; see ControlClient::follow.
bool follow(io::ControlClient& client, int stop) {
  const auto ended = client.follow(stop, [](const std::string& lines) { print(stdout, lines); });
  if (!ended) {
    throw Failure{exit_code::trouble, ended.error()};
  }
  return *ended;
}

int run(const CtlOptions& options) {
  auto client = io::ControlClient::connect(find_socket(options));
  if (!client) {
    throw Failure{exit_code::trouble, client.error()};
  }
  if (!options.command.empty()) {
    const int status = ask(*client, options.command);
    if (status == 0 && begins_trace(options.command)) {
      follow(*client, -1);
    }
    return status;
  }
  int status = 0;
  LineSource lines(core::cat(options.site, "|"));
  while (const auto line = lines.next()) {
    const int its_status = ask(*client, *line);
    status = its_status != 0 ? its_status : status;
    if (*line == "stop") {
      break;
    }
    if (its_status == 0 && begins_trace(*line)) {
      print(stdout, lines.enter() < 0 ? "" : "(Enter ends it)\n");
      if (follow(*client, lines.enter())) {
        break;
      }
      lines.take_enter();
      ask(*client, "trace off");
    }
  }
  return status;
}

}  // namespace
}  // namespace innduct::app

int main(int argc, char** argv) {
  namespace app = innduct::app;
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  const app::CtlOptions options = app::options_or_exit(arguments.subspan(argc > 0 ? 1 : 0));
  try {
    return app::run(options);
  } catch (const app::Failure& failure) {
    app::complain(failure.text);
    return failure.code;
  } catch (const std::exception& exception) {
    app::complain(exception.what());
    return app::exit_code::trouble;
  }
}
