// http_address.h: where the status page is to be had, from the option.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace innduct::io {

struct HttpAddress {
  std::string path;  // of a socket in the file system; empty: this address and port
  boost::asio::ip::address address;
  std::uint16_t port = 0;
};

// For people.
std::string name_of(const HttpAddress& address);

// `ADDR:PORT`, with an IPv6 address in brackets; `:PORT`, on loopback; or `unix:PATH`. The error is
// what was expected instead.
std::expected<HttpAddress, std::string> read_http_address(std::string_view text);

}  // namespace innduct::io
