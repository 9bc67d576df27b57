// article_buffer.h: room for one article, used again and again; or the file that holds it.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "io/article_bytes.h"
#include "io/descriptor.h"

namespace innduct::io {

// Unlike std::string it does not clear what is about to be overwritten, and its bytes stay where
// they are when it is moved.
class ArticleBuffer {
 public:
  // Makes it `size` bytes long and forgets what was in it.
  char* reset(std::size_t size) {
    file_ = {};
    if (size > capacity_) {
      capacity_ = (size | 1023) + 1;  // who reads a file into it sees where the file ends
      bytes_ = std::make_unique_for_overwrite<char[]>(capacity_);
    }
    size_ = size;
    return bytes_.get();
  }
  // Makes it `size` bytes long. Of what its memory holds, capacity() bytes, the first `kept` stay.
  char* resize(std::size_t size, std::size_t kept) {
    if (size > capacity_) {
      const std::unique_ptr<char[]> old = std::move(bytes_);
      reset(size);
      if (kept > 0) {
        std::memcpy(bytes_.get(), old.get(), kept);
      }
    }
    size_ = size;
    return bytes_.get();
  }
  void assign(std::string_view bytes) {
    char* to = reset(bytes.size());
    if (!bytes.empty()) {
      std::memcpy(to, bytes.data(), bytes.size());
    }
  }
  // From now on the article is what `file` holds, `size` bytes. The memory stays, for another one.
  void lend(Descriptor file, std::size_t size) {
    file_ = std::move(file);
    size_ = size;
  }
  // Makes it shorter.
  void cut(std::size_t size) { size_ = size < size_ ? size : size_; }

  std::size_t size() const { return size_; }
  // What is in memory: nothing if it is in a file.
  std::string_view view() const { return {bytes_.get(), file_ ? 0 : size_}; }
  ArticleBytes bytes() const { return file_ ? ArticleBytes(file_.get(), size_) : view(); }
  std::size_t capacity() const { return capacity_; }

 private:
  std::unique_ptr<char[]> bytes_;
  Descriptor file_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace innduct::io
