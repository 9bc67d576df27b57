// http_address.cc: an address, a port; or a path.
#include "io/http_address.h"

#include <boost/system/error_code.hpp>
#include <charconv>

#include "core/cat.h"
#include "core/escape.h"

namespace innduct::io {

std::string name_of(const HttpAddress& address) {
  return address.path.empty() ? core::cat(address.address.to_string(), " port ", address.port)
                              : core::escaped(address.path);
}

std::expected<HttpAddress, std::string> read_http_address(std::string_view text) {
  const std::unexpected<std::string> wrong("ADDR:PORT, [ADDR]:PORT, :PORT or unix:PATH");
  constexpr std::string_view prefix = "unix:";
  if (text.starts_with(prefix)) {
    text.remove_prefix(prefix.size());
    if (text.empty() || text.find('\0') != text.npos) {
      return wrong;
    }
    return HttpAddress{std::string(text), {}, 0};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) {
    return wrong;
  }
  HttpAddress found;
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), found.port);
  if (error != std::errc{} || end != digits.end() || found.port == 0) {
    return wrong;
  }
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  boost::system::error_code bad;
  found.address = boost::asio::ip::make_address(host.empty() ? "127.0.0.1" : host, bad);
  if (bad || bracketed != found.address.is_v6()) {
    return wrong;
  }
  return found;
}

}  // namespace innduct::io
