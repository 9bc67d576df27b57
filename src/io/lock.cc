// lock.cc: a lock that belongs to the open file, on the file that has the name.
#include "io/lock.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/cat.h"
#include "core/escape.h"
#include "io/file.h"

namespace innduct::io {
namespace {

// Each try lost means that a holder removed the file between our open and our lock.
constexpr int tries_max = 100;

LockFailed trouble(const std::string& path, int error) {
  return {LockFailed::Why::trouble, core::cat("lock file ", path, ": ", std::strerror(error))};
}

// The process that the lock's file tells of, or nothing.
std::string pid_in(int file) {
  std::array<char, 32> text{};
  const Tried<std::size_t> got = read_at(file, 0, text);
  const std::string_view all(text.data(), got ? *got : 0);
  return core::escaped(all.substr(0, all.find('\n')));
}

struct flock whole_file() {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return whole;
}

LockFailed held(const std::string& path, int file) {
  const std::string pid = pid_in(file);
  return {LockFailed::Why::held,
          core::cat("another innduct works on this feed: it holds ", path,
                    pid.empty() ? "" : ", which says that its process is ", pid)};
}

}  // namespace

FeedLock::FeedLock(std::string path, Descriptor file)
    : path_(std::move(path)), file_(std::move(file)) {}

std::expected<FeedLock, LockFailed> FeedLock::take(const std::string& path) {
  for (int tries = 0; tries < tries_max; ++tries) {
    const Tried<int> opened = open_file(path, engine::OpenMode::append_or_create, false);
    if (!opened) {
      return std::unexpected(trouble(path, opened.error()));
    }
    Descriptor file(*opened);
    struct flock whole = whole_file();
    if (::fcntl(file.get(), F_OFD_SETLK, &whole) < 0) {
      if (errno == EAGAIN || errno == EACCES) {
        return std::unexpected(held(path, file.get()));
      }
      return std::unexpected(trouble(path, errno));
    }
    const Tried<engine::FileStat> locked = stat_file(file.get());
    const Tried<engine::FileStat> named = stat_name(path, false);
    if (!locked || (!named && named.error() != ENOENT)) {
      return std::unexpected(trouble(path, locked ? named.error() : locked.error()));
    }
    if (named && named->same_file(*locked)) {
      return FeedLock(path, std::move(file));
    }
  }
  return std::unexpected(LockFailed{
      LockFailed::Why::trouble,
      core::cat("lock file ", path, ": it was removed each time before we had locked it")});
}

std::expected<std::optional<std::string>, std::string> FeedLock::holder(const std::string& path) {
  const Tried<int> opened = open_file(path, engine::OpenMode::read, false);
  if (!opened && opened.error() == ENOENT) {
    return std::nullopt;
  }
  if (!opened) {
    return std::unexpected(trouble(path, opened.error()).text);
  }
  const Descriptor file(*opened);
  struct flock whole = whole_file();
  if (::fcntl(file.get(), F_OFD_GETLK, &whole) < 0) {
    return std::unexpected(trouble(path, errno).text);
  }
  if (whole.l_type == F_UNLCK) {
    return std::nullopt;
  }
  const std::string pid = pid_in(file.get());
  return pid.empty() ? "?" : pid;
}

std::expected<void, std::string> FeedLock::write(std::string_view text) {
  Tried<void> written = cut_to(file_.get(), 0);
  if (written) {
    written = append_to(file_.get(), text);
  }
  if (!written) {
    return std::unexpected(core::cat("lock file ", path_, ": ", std::strerror(written.error())));
  }
  return {};
}

bool FeedLock::replaced() const {
  const Tried<engine::FileStat> ours = stat_file(file_.get());
  const Tried<engine::FileStat> named = stat_name(path_, false);
  return ours && named && !named->same_file(*ours);
}

}  // namespace innduct::io
