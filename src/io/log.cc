// log.cc: what our levels are called elsewhere.
#include "io/log.h"

#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>

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

// The pieces, one behind the other, in one write if that can be.
template <std::size_t count>
void write_to_stderr(const std::array<std::string_view, count>& pieces) {
  std::array<iovec, count> vectors{};
  for (std::size_t i = 0; i < count; ++i) {
    vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
  }
  for (std::size_t first = 0; first < count;) {
    const ssize_t written =
        ::writev(STDERR_FILENO, &vectors[first], static_cast<int>(count - first));
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return;  // nobody reads; there is no other place to say so
    }
    auto left = static_cast<std::size_t>(written);
    while (first < count && left >= vectors[first].iov_len) {
      left -= vectors[first++].iov_len;
    }
    if (left > 0) {
      vectors[first].iov_base = static_cast<char*>(vectors[first].iov_base) + left;
      vectors[first].iov_len -= left;
    }
  }
}

}  // namespace

Log::Log(bool interactive) : interactive_(interactive) {
  if (!interactive) {
    // At once: when there is something to be said about descriptors there may be none left.
    ::openlog("innduct", LOG_PID | LOG_NDELAY, LOG_NEWS);
  }
}

void Log::note(engine::Level level, std::string_view text) const {
  const auto [priority, word] = name_of(level);
  const char* const colon = site_.empty() ? "" : ": ";
  if (interactive_) {
    write_to_stderr(std::array{std::string_view("innduct: "), word, std::string_view(": "),
                               std::string_view(site_), std::string_view(colon), text,
                               std::string_view("\n")});
    return;
  }
  ::syslog(LOG_NEWS | priority, "%s%s%.*s", site_.c_str(), colon, static_cast<int>(text.size()),
           text.data());
  if (starting_ && level >= engine::Level::warning) {
    write_to_stderr(std::array{std::string_view("innduct: "), std::string_view(site_),
                               std::string_view(colon), text, std::string_view("\n")});
  }
}

}  // namespace innduct::io
