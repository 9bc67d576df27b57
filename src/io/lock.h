// lock.h: at most one innduct works on a feed (I11).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "io/descriptor.h"

namespace innduct::io {

struct LockFailed {
  enum class Why : std::uint8_t {
    held,     // somebody else has it
    trouble,  // it could not be taken for another reason
  };
  Why why{};
  std::string text;  // for people; names the file
};

// Holds the lock of a feed for as long as it lives: a write lock on the open file, which other
// programs that lock with fcntl(2) see too. Taken after the last fork, once per process.
class FeedLock {
 public:
  // Takes the lock whose file is `path`, created if absent. Never waits. Whoever returns with it
  // holds the file that bears the name: one that was removed meanwhile does not count.
  static std::expected<FeedLock, LockFailed> take(const std::string& path);

  // Whoever holds that lock now: the process id that its file tells, or `?`; nothing if nobody
  // does. Takes nothing and creates nothing. The error is for people.
  static std::expected<std::optional<std::string>, std::string> holder(const std::string& path);

  // Replaces the file's text, which is for people only.
  std::expected<void, std::string> write(std::string_view text);

  // Whether another file bears the name by now, so that somebody else may hold a lock on that.
  bool replaced() const;

 private:
  FeedLock(std::string path, Descriptor file);
  std::string path_;
  Descriptor file_;
};

}  // namespace innduct::io
