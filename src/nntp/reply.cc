// reply.cc: lines and their codes.
#include "nntp/reply.h"

namespace innduct::nntp {
namespace {

int code_of(std::string_view line) {
  if (line.size() < 3 || (line.size() > 3 && line[3] != ' ')) {
    return 0;
  }
  int code = 0;
  for (const char digit : line.substr(0, 3)) {
    if (digit < '0' || digit > '9') {
      return 0;
    }
    code = code * 10 + (digit - '0');
  }
  return code;
}

}  // namespace

std::string_view named_id(std::string_view line) {
  if (line.size() < 5 || line[4] != '<') {
    return {};
  }
  std::size_t end = 5;
  while (end < line.size() && line[end] != ' ' && line[end] != '\t') {
    ++end;
  }
  return line.substr(4, end - 4);
}

ReplyReader::ReplyReader() { begun_.reserve(reply_size_max); }

std::optional<Reply> ReplyReader::next(std::string_view& bytes) {
  if (begun_is_out_) {
    begun_.clear();
    begun_is_out_ = false;
  }
  // The end of the line, LF included, must lie within what the limit leaves.
  const std::string_view window = bytes.substr(0, reply_size_max - begun_.size());
  const std::size_t end = window.find('\n');
  if (end == std::string_view::npos) {
    begun_.append(window);
    bytes.remove_prefix(window.size());
    if (begun_.size() < reply_size_max) {
      return std::nullopt;
    }
    begun_is_out_ = true;
    return Reply{.too_long = true, .line = begun_};
  }

  std::string_view line = window.substr(0, end);
  bytes.remove_prefix(end + 1);
  if (!begun_.empty()) {
    begun_.append(line);
    begun_is_out_ = true;
    line = begun_;
  }
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return Reply{.code = code_of(line), .line = line};
}

}  // namespace innduct::nntp
