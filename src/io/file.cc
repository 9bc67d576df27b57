// file.cc: the system calls on files.
#include "io/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>

#include "io/descriptor.h"

namespace innduct::io {
namespace {

using engine::FileStat;
using engine::FileType;
using engine::OpenMode;

constexpr int flags_always = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
constexpr mode_t mode_of_files = 0664;

// Calls until it is not interrupted by a signal.
template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  return result;
}

template <class Call>
Tried<void> tried(Call call) {
  if (retried(call) < 0) {
    return std::unexpected(errno);
  }
  return {};
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY;
    case OpenMode::update:
      return O_RDWR;
    case OpenMode::append:
      return O_RDWR | O_APPEND;
    case OpenMode::append_or_create:
      return O_RDWR | O_APPEND | O_CREAT;
    case OpenMode::append_exclusive:
      return O_RDWR | O_APPEND | O_CREAT | O_EXCL;
    case OpenMode::replace:
      return O_WRONLY | O_APPEND | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) {
    return FileType::plain;
  }
  if (S_ISDIR(mode)) {
    return FileType::directory;
  }
  return S_ISLNK(mode) ? FileType::symlink : FileType::other;
}

FileStat told(const struct stat& found) {
  const core::Duration modified =
      std::chrono::seconds(found.st_mtim.tv_sec) + std::chrono::nanoseconds(found.st_mtim.tv_nsec);
  return {.device = found.st_dev,
          .inode = found.st_ino,
          .links = found.st_nlink,
          .size = static_cast<std::uint64_t>(found.st_size),
          .modified = core::WallTime(modified),
          .type = type_of(found.st_mode)};
}

Tried<FileStat> stat_at(int directory, const char* name, bool follow) {
  struct stat found {};
  const int flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
  if (retried([&] { return ::fstatat(directory, name, &found, flags); }) < 0) {
    return std::unexpected(errno);
  }
  return told(found);
}

}  // namespace

Tried<int> open_file(const std::string& path, OpenMode mode, bool follow) {
  const int flags = flags_always | flags_of(mode) | (follow ? 0 : O_NOFOLLOW);
  const int file = retried([&] { return ::open(path.c_str(), flags, mode_of_files); });
  if (file < 0) {
    return std::unexpected(errno);
  }
  return file;
}

Tried<void> close_file(int file) {
  // Never retried: the descriptor is gone, and its number may be someone else's by now.
  if (::close(file) < 0) {
    return std::unexpected(errno);
  }
  return {};
}

Tried<FileStat> stat_file(int file) {
  struct stat found {};
  if (retried([&] { return ::fstat(file, &found); }) < 0) {
    return std::unexpected(errno);
  }
  return told(found);
}

Tried<FileStat> stat_name(const std::string& path, bool follow) {
  return stat_at(AT_FDCWD, path.c_str(), follow);
}

Tried<std::size_t> read_at(int file, std::uint64_t offset, std::span<char> room) {
  std::size_t got = 0;
  while (got < room.size()) {
    const ssize_t count = retried([&] {
      return ::pread(file, room.data() + got, room.size() - got, static_cast<off_t>(offset + got));
    });
    if (count < 0) {
      return std::unexpected(errno);
    }
    if (count == 0) {
      break;
    }
    got += static_cast<std::size_t>(count);
  }
  return got;
}

Tried<void> overwrite_at(int file, std::uint64_t offset, std::string_view bytes) {
  const Tried<FileStat> before = stat_file(file);
  if (!before) {
    return std::unexpected(before.error());
  }
  if (offset > before->size || bytes.size() > before->size - offset) {
    return std::unexpected(ERANGE);
  }
  while (!bytes.empty()) {
    const ssize_t count = retried(
        [&] { return ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (count < 0) {
      return std::unexpected(errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

std::size_t append_part(int file, std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count =
        retried([&] { return ::write(file, bytes.data() + written, bytes.size() - written); });
    if (count < 0) {
      break;
    }
    written += static_cast<std::size_t>(count);
  }
  return written;
}

Tried<void> append_to(int file, std::string_view bytes) {
  if (append_part(file, bytes) < bytes.size()) {
    return std::unexpected(errno);
  }
  return {};
}

Tried<void> cut_to(int file, std::uint64_t size) {
  return tried([&] { return ::ftruncate(file, static_cast<off_t>(size)); });
}

Tried<void> sync_file(int file) {
  return tried([&] { return ::fdatasync(file); });
}

Tried<void> sync_directory(const std::string& path) {
  const Descriptor directory(
      retried([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!directory) {
    return std::unexpected(errno);
  }
  return tried([&] { return ::fsync(directory.get()); });
}

Tried<void> link_name(const std::string& from, const std::string& to) {
  return tried([&] { return ::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0); });
}

Tried<void> unlink_name(const std::string& path) {
  return tried([&] { return ::unlink(path.c_str()); });
}

Tried<std::vector<FoundName>> list_names(const std::string& directory, std::string_view prefix) {
  const auto close_directory = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close_directory)> stream(::opendir(directory.c_str()));
  if (!stream) {
    return std::unexpected(errno);
  }
  std::vector<FoundName> names;
  while (true) {
    errno = 0;
    const dirent* const each = ::readdir(stream.get());
    if (each == nullptr) {
      break;
    }
    if (!std::string_view(each->d_name).starts_with(prefix)) {
      continue;
    }
    const Tried<FileStat> self = stat_at(::dirfd(stream.get()), each->d_name, false);
    if (!self) {
      if (self.error() == ENOENT) {
        continue;  // it went away while we looked
      }
      return std::unexpected(self.error());
    }
    if (names.size() == listed_names_max) {
      return std::unexpected(EOVERFLOW);
    }
    FoundName& found = names.emplace_back();
    found.name = each->d_name;
    found.self = *self;
    if (self->type == FileType::symlink) {
      if (const auto target = stat_at(::dirfd(stream.get()), each->d_name, true)) {
        found.target = *target;
      }
    }
  }
  if (errno != 0) {
    return std::unexpected(errno);
  }
  return names;
}

Tried<void> prove_unwritten(const std::string& path) {
  const Tried<int> opened = open_file(path, OpenMode::read, false);
  if (!opened) {
    return std::unexpected(opened.error());
  }
  const Descriptor file(*opened);
  // Whoever opens it for writing before the lease is given up waits for that instant, and we
  // are sent a SIGIO, which signals.h ignores.
  const Tried<void> leased = tried([&] { return ::fcntl(file.get(), F_SETLEASE, F_RDLCK); });
  if (leased) {
    ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
  }
  return leased;
}

}  // namespace innduct::io
