// line_cutter.cc: lines of control commands.
#include "io/line_cutter.h"

namespace innduct::io {

void LineCutter::feed(std::string_view bytes) {
  buffer_.erase(0, start_);
  start_ = 0;
  buffer_ += bytes;
}

std::optional<std::string_view> LineCutter::next() {
  const std::size_t end = buffer_.find('\n', start_);
  if (end == std::string::npos || end - start_ > line_size_max) {
    return std::nullopt;
  }
  const std::string_view line = std::string_view(buffer_).substr(start_, end - start_);
  start_ = end + 1;
  return line;
}

}  // namespace innduct::io
