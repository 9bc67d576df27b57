// article_bytes.h: where the bytes of an article are that is about to leave.
#pragma once

#include <cstddef>
#include <string_view>

namespace innduct::io {

// In memory, or in a file from its beginning to `size`; neither belongs to it.
struct ArticleBytes {
  ArticleBytes() = default;
  explicit(false) ArticleBytes(std::string_view bytes) : memory(bytes.data()), size(bytes.size()) {}
  ArticleBytes(int its_file, std::size_t its_size) : file(its_file), size(its_size) {}

  bool in_file() const { return file >= 0; }

  const char* memory = nullptr;
  int file = -1;
  std::size_t size = 0;
};

}  // namespace innduct::io
