// line_cutter.h: what a person types, cut into lines of bounded length.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace innduct::io {

class LineCutter {
 public:
  static constexpr std::size_t line_size_max = 1024;

  void feed(std::string_view bytes);
  // The next whole line, without its newline. Valid until the next call.
  std::optional<std::string_view> next();
  // Whether what is left is too long to become a line; asked when next() has none.
  bool overlong() const { return buffer_.size() - start_ > line_size_max; }

 private:
  std::string buffer_;
  std::size_t start_ = 0;
};

}  // namespace innduct::io
