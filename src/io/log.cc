// log.cc: what our levels are called elsewhere.
#include "io/log.h"

#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
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
    journal_ = Journal::behind_stderr();
  }
}

void Log::set_feed(std::string_view site, std::string_view peer) {
  head_ = core::cat(site, ": ");
  if (journal_) {
    journal_->set_feed(site, peer);
  }
}

void Log::note(engine::Level level, std::string_view text) const {
  const auto [priority, word] = name_of(level);
  if (interactive_) {
    write_to_stderr(std::array{std::string_view("innduct: "), word, std::string_view(": "),
                               std::string_view(head_), text, std::string_view("\n")});
    return;
  }
  if (journal_ && to_journal(priority, text)) {
    return;
  }
  ::syslog(LOG_NEWS | priority, "%s%.*s", head_.c_str(), static_cast<int>(text.size()),
           text.data());
  if (starting_ && level >= engine::Level::warning) {
    write_to_stderr(std::array{std::string_view("innduct: "), std::string_view(head_), text,
                               std::string_view("\n")});
  }
}

// A journal that stands still would let syslog stand still, too: its lines are given up.
bool Log::to_journal(int priority, std::string_view text) const {
  const Journal::Sent sent = journal_->send(priority, head_, text);
  if (sent == Journal::Sent::no_room) {
    missing_ = true;
  } else if (sent == Journal::Sent::yes && missing_.exchange(false)) {
    note(engine::Level::warning, "lines of the log are missing: the journal had no room for them");
  }
  return sent != Journal::Sent::no_journal;
}

}  // namespace innduct::io
