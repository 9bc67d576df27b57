// cycbuff.h: one CNFS buffer, as far as its articles can be found in it.
//
// The file (or device) begins with a header of texts, numbers among them in hex; then a bit for
// each block says whether an article begins there that was not cancelled. In front of each article
// stands a header of its own with the article's size. It is written in place, by innd, at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "io/descriptor.h"

namespace innduct::io {

class Cycbuff {
 public:
  static constexpr std::size_t article_header_size = 24;  // its first four bytes are the size

  // Nothing if it cannot be read, or is of a format that we do not know.
  static std::optional<Cycbuff> open(std::string name, const std::string& path);
  ~Cycbuff();
  Cycbuff(Cycbuff&& other) noexcept { *this = std::move(other); }
  Cycbuff& operator=(Cycbuff&& other) noexcept;

  const std::string& name() const { return name_; }
  int file() const { return file_.get(); }
  std::uint64_t offset_of(std::uint64_t block) const { return block * block_size_; }
  // Whether an article begins at this block.
  bool holds(std::uint64_t block) const;

 private:
  Cycbuff() = default;

  std::string name_;
  Descriptor file_;
  std::uint64_t block_size_ = 0;
  std::uint64_t blocks_ = 0;
  void* mapped_ = nullptr;  // the file up to the last of the bits
  std::size_t mapped_size_ = 0;
};

}  // namespace innduct::io
