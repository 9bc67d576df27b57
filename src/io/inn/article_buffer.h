// article_buffer.h: room for one article, used again and again.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace innduct::io {

// Unlike std::string it does not clear what is about to be overwritten, and its bytes stay where
// they are when it is moved.
class ArticleBuffer {
 public:
  // Makes it `size` bytes long and forgets what was in it.
  char* reset(std::size_t size) {
    if (size > capacity_) {
      bytes_ = std::make_unique_for_overwrite<char[]>(size);
      capacity_ = size;
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
  // Makes it shorter.
  void cut(std::size_t size) { size_ = size < size_ ? size : size_; }

  std::string_view view() const { return {bytes_.get(), size_}; }
  std::size_t capacity() const { return capacity_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace innduct::io
