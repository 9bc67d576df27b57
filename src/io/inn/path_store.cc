// path_store.cc: opens, reads, converts if need be.
#include "io/inn/path_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/escape.h"
#include "io/inn/native_article.h"

namespace innduct::io {
namespace {

using engine::FetchOutcome;

class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool leads_below(std::string_view locator) {
  while (!locator.empty()) {
    const std::size_t slash = locator.find('/');
    const std::string_view component = locator.substr(0, slash);
    if (component.empty() || component == "." || component == "..") {
      return false;
    }
    if (slash == locator.npos) {
      return locator.find('\0') == locator.npos;
    }
    locator.remove_prefix(slash + 1);
  }
  return false;
}

ReadOutcome trouble(const std::string& path, int error) {
  return {FetchOutcome::trouble, path + ": " + std::system_category().message(error)};
}

// Never blocks on a fifo. Retries EINTR: a signal is no answer.
int open_to_read(const std::string& path) {
  int file;
  do {
    file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  } while (file < 0 && errno == EINTR);
  return file;
}

}  // namespace

PathStore::PathStore(std::string path_articles) : path_articles_(std::move(path_articles)) {}

ReadOutcome PathStore::read(std::string_view locator, ArticleBuffer& article) {
  if (!leads_below(locator)) {
    return {FetchOutcome::trouble,
            core::escaped(locator) + " does not lead to a file below patharticles"};
  }
  const std::string path = path_articles_ + "/" + std::string(locator);
  const OpenFile file(open_to_read(path));
  if (file.get() < 0) {
    return errno == ENOENT ? absent_if_spool_is_there(path_articles_)
                           : trouble(core::escaped(path), errno);
  }
  ReadOutcome outcome = read_file(file.get(), core::escaped(path));
  if (outcome.outcome != FetchOutcome::ready) {
    return outcome;
  }
  if (is_wire_format(stored_.view())) {
    std::swap(article, stored_);
  } else {
    wire_from_native(stored_.view(), article);
  }
  return outcome;
}

ReadOutcome PathStore::read_file(int file, const std::string& path) {
  struct stat about {};
  if (::fstat(file, &about) != 0) {
    return trouble(path, errno);
  }
  if (!S_ISREG(about.st_mode)) {
    return {FetchOutcome::trouble, path + " is not a plain file"};
  }
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size == 0 || size > article_size_max) {
    return {FetchOutcome::damaged, path + (size == 0 ? " is empty" : " is too large")};
  }
  char* const bytes = stored_.reset(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::read(file, bytes + filled, size - filled);
    if (got < 0 && errno != EINTR) {
      return trouble(path, errno);
    }
    if (got == 0) {
      break;
    }
    filled += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  stored_.cut(filled);
  return {FetchOutcome::ready, {}};
}

}  // namespace innduct::io
