// log.cc: what our levels are called elsewhere.
#include "io/log.h"

#include <syslog.h>
#include <unistd.h>

#include <cerrno>

#include "core/cat.h"

namespace innduct::io {
namespace {

struct Name {
  int priority;
  std::string_view word;
};

Name name_of(engine::Level level) {
  switch (level) {
    case engine::Level::debug:
      return {LOG_DEBUG, "debug"};
    case engine::Level::info:
      return {LOG_INFO, "info"};
    case engine::Level::notice:
      return {LOG_NOTICE, "notice"};
    case engine::Level::warning:
      return {LOG_WARNING, "warning"};
    case engine::Level::error:
      return {LOG_ERR, "error"};
    case engine::Level::critical:
      return {LOG_CRIT, "critical"};
  }
  return {LOG_CRIT, "critical"};
}

void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    const ssize_t count = ::write(STDERR_FILENO, line.data(), line.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return;  // nobody reads; there is no other place to say so
    }
    line.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

Log::Log(bool interactive) : interactive_(interactive) {
  if (!interactive) {
    ::openlog("innduct", LOG_PID, LOG_NEWS);
  }
}

void Log::note(engine::Level level, std::string_view text) const {
  const auto [priority, word] = name_of(level);
  const std::string line = core::cat(site_, site_.empty() ? "" : ": ", text);
  if (interactive_) {
    write_to_stderr(core::cat("innduct: ", word, ": ", line, "\n"));
    return;
  }
  ::syslog(LOG_NEWS | priority, "%s", line.c_str());
  if (starting_ && level >= engine::Level::warning) {
    write_to_stderr(core::cat("innduct: ", line, "\n"));
  }
}

}  // namespace innduct::io
