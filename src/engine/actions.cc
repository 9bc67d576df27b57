// actions.cc: the chunks that hold a turn's texts.
#include "engine/actions.h"

#include <algorithm>
#include <cstring>

namespace innduct::engine {

std::string_view Actions::keep(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  char* bytes = room(text.size());
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

char* Actions::room(std::size_t size) {
  while (chunk_ < chunks_.size() && used_ + size > chunks_[chunk_].size) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    const std::size_t whole = std::max(size, chunk_size);
    chunks_.push_back({std::make_unique_for_overwrite<char[]>(whole), whole});
    used_ = 0;
  }
  char* bytes = chunks_[chunk_].bytes.get() + used_;
  used_ += size;
  return bytes;
}

void Actions::clear() {
  list_.clear();
  chunk_ = 0;
  used_ = 0;
}

}  // namespace innduct::engine
