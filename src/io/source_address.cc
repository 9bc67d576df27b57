// source_address.cc: inn.conf's words for source addresses.
#include "io/source_address.h"

#include "core/cat.h"
#include "core/escape.h"

namespace innduct::io {
namespace {

using boost::asio::ip::address;

std::expected<SourceAddress, std::string> read_one(const std::string& text, bool v4) {
  if (text.empty() || text == "all" || text == "any") {
    return SourceAddress{};
  }
  if (text == "none") {
    return SourceAddress{SourceAddress::Use::none, {}};
  }
  boost::system::error_code error;
  const address found = boost::asio::ip::make_address(text, error);
  if (error || found.is_v4() != v4) {
    return std::unexpected(core::cat(v4 ? "sourceaddress" : "sourceaddress6", " in inn.conf is `",
                                     core::escaped(text), "`: expected an ", v4 ? "IPv4" : "IPv6",
                                     " address, `all` or `none`"));
  }
  return SourceAddress{SourceAddress::Use::one, found};
}

}  // namespace

std::expected<SourceAddresses, std::string> read_source_addresses(const std::string& v4,
                                                                  const std::string& v6) {
  auto first = read_one(v4, true);
  if (!first) {
    return std::unexpected(std::move(first.error()));
  }
  auto second = read_one(v6, false);
  if (!second) {
    return std::unexpected(std::move(second.error()));
  }
  return SourceAddresses{*first, *second};
}

}  // namespace innduct::io
