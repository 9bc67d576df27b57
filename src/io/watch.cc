// watch.cc: inotify, by the inode of an open file.
#include "io/watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/cat.h"
#include "io/file.h"

namespace innduct::io {

Watch::Watch(boost::asio::io_context& loop, Inbox& inbox, const Log& log)
    : inotify_(loop), inbox_(inbox), log_(log) {}

std::expected<void, std::string> Watch::open(const std::string& directory) {
  const int inotify = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (inotify < 0) {
    return std::unexpected(core::cat("inotify: ", std::strerror(errno)));
  }
  boost::system::error_code refused;
  if (inotify_.assign(inotify, refused)) {
    ::close(inotify);
    return std::unexpected(core::cat("inotify: ", refused.message()));
  }
  // The number of watches is limited per user; better to know at once.
  const int trial = ::inotify_add_watch(inotify, directory.c_str(), IN_MODIFY);
  if (trial < 0) {
    const int error = errno;
    inotify_.close();
    return std::unexpected(core::cat("inotify on ", directory, ": ", std::strerror(error)));
  }
  ::inotify_rm_watch(inotify, trial);
  await();
  return {};
}

void Watch::start(engine::FileId file, int number) {
  end();
  if (!inotify_.is_open() || number < 0) {
    return;
  }
  // The file may bear another name by now, or none: its inode is watched.
  const std::string path = core::cat("/proc/self/fd/", number);
  watch_ = ::inotify_add_watch(inotify_.native_handle(), path.c_str(), IN_MODIFY);
  if (watch_ < 0) {
    if (!warned_) {
      warned_ = true;
      log_.note(engine::Level::warning,
                core::cat("the feed file cannot be watched (inotify on ", path, ": ",
                          std::strerror(errno), "): it is looked at once a period"));
    }
    return;
  }
  file_ = file;
  number_ = number;
  const Tried<engine::FileStat> found = stat_file(number);
  size_ = found ? found->size : 0;
}

void Watch::end() {
  if (watch_ >= 0) {
    ::inotify_rm_watch(inotify_.native_handle(), watch_);
  }
  watch_ = -1;
  number_ = -1;
  file_ = {};
}

void Watch::closing(engine::FileId file) {
  if (file == file_) {
    end();
  }
}

void Watch::await() {
  inotify_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](const boost::system::error_code& error) {
                        if (error == boost::asio::error::operation_aborted) {
                          return;
                        }
                        if (error) {
                          log_.note(engine::Level::warning,
                                    core::cat("the feed file is no longer watched (inotify: ",
                                              error.message(), "): it is looked at once a period"));
                          return;
                        }
                        look();
                        await();
                      });
}

void Watch::look() {
  // What the events say is of no interest: one look at the file answers all of them. Events that
  // are left make the next wait end at once.
  alignas(inotify_event) std::array<char, 4096> events{};
  if (::read(inotify_.native_handle(), events.data(), events.size()) < 0) {
    return;  // EAGAIN, EINTR: the next wait ends when there is something
  }
  if (number_ < 0) {
    return;
  }
  const Tried<engine::FileStat> found = stat_file(number_);
  if (found && found->size != size_) {
    size_ = found->size;
    inbox_.tell(engine::Grew{file_});
  }
}

}  // namespace innduct::io
