// native_article.cc: LF to CRLF, and the dots.
#include "io/inn/native_article.h"

#include <algorithm>
#include <cstring>

namespace innduct::io {
namespace {

char* put(char* to, std::string_view bytes) {
  std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

}  // namespace

bool is_wire_format(std::string_view stored) {
  const std::size_t lf = stored.find('\n');
  return lf != stored.npos && lf > 0 && stored[lf - 1] == '\r';
}

void wire_from_native(std::string_view native, ArticleBuffer& wire) {
  const auto lines = static_cast<std::size_t>(std::count(native.begin(), native.end(), '\n'));
  // A CR for each line and a dot for each line, and one more for a last line without LF.
  char* const begin = wire.reset(native.size() + 2 * lines + 1 + 3);
  char* to = begin;
  while (!native.empty()) {
    if (native.front() == '.') {
      to = put(to, ".");
    }
    const std::size_t lf = native.find('\n');
    to = put(to, native.substr(0, lf));
    if (lf == native.npos) {
      break;
    }
    to = put(to, "\r\n");
    native.remove_prefix(lf + 1);
  }
  to = put(to, ".\r\n");
  wire.cut(static_cast<std::size_t>(to - begin));
}

}  // namespace innduct::io
