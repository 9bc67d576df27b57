// innd_datagram.cc: the request framed, the reply unframed.
#include "io/inn/innd_datagram.h"

#include <cstddef>

#include "core/escape.h"

namespace innduct::io {
namespace {

using engine::FlushOutcome;

constexpr std::size_t header_size = 3;

}  // namespace

std::string flush_request(std::string_view reply_path, std::string_view site) {
  std::string request = "a..";
  request.append(reply_path).append("\1f\1").append(site);
  request[1] = static_cast<char>(request.size() >> 8 & 0xff);
  request[2] = static_cast<char>(request.size() & 0xff);
  return request;
}

InndReply read_innd_reply(std::string_view datagram) {
  if (datagram.size() < header_size || datagram.front() != 'a') {
    return {FlushOutcome::refused, "innd's reply is not understood: " + core::escaped(datagram)};
  }
  datagram.remove_prefix(header_size);
  const std::size_t end = datagram.find_last_not_of(std::string_view("\0\r\n ", 4));
  datagram = datagram.substr(0, end == datagram.npos ? 0 : end + 1);
  const std::string text = "innd: " + core::escaped(datagram);
  if (datagram == "1 No such site") {
    return {FlushOutcome::no_such_site, text};
  }
  return {datagram.starts_with("0 ") ? FlushOutcome::ok : FlushOutcome::refused, text};
}

}  // namespace innduct::io
