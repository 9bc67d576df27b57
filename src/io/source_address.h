// source_address.h: which local address connections to the peer are made from.
//
// inn.conf: sourceaddress for IPv4, sourceaddress6 for IPv6. Unset, `all` or `any`: the system
// chooses. `none`: peers are not reached over that family at all.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <expected>
#include <string>

namespace innduct::io {

struct SourceAddress {
  enum class Use : std::uint8_t { any, none, one };
  Use use = Use::any;
  boost::asio::ip::address address;  // if `one`
};

struct SourceAddresses {
  SourceAddress v4;
  SourceAddress v6;
  const SourceAddress& of(const boost::asio::ip::address& peer) const {
    return peer.is_v4() ? v4 : v6;
  }
};

// Reads both settings. The error names the setting and what it may be.
std::expected<SourceAddresses, std::string> read_source_addresses(const std::string& v4,
                                                                  const std::string& v6);

}  // namespace innduct::io
