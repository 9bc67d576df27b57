// resolver.cc: getaddrinfo(3), which may take minutes.
#include "io/resolver.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace innduct::io {
namespace {

struct Lookup {
  int code = 0;      // of getaddrinfo
  std::string text;  // what the system calls it
  std::vector<std::string> addresses;
};

bool allowed(int family, bool v4, bool v6) {
  return (family == AF_INET && v4) || (family == AF_INET6 && v6);
}

Lookup look_up(const std::string& host, bool v4, bool v6) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  Lookup found;
  found.code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (found.code != 0) {
    found.text = found.code == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(found.code);
    return found;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (!allowed(each->ai_family, v4, v6) ||
        ::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0) {
      continue;
    }
    const std::string_view address = text.data();
    if (std::ranges::find(found.addresses, address) == found.addresses.end() &&
        found.addresses.size() < addresses_max) {
      found.addresses.emplace_back(address);
    }
  }
  if (found.addresses.empty()) {
    found.code = EAI_ADDRFAMILY;
    found.text = "it has no address of a family that sourceaddress and sourceaddress6 allow";
  }
  return found;
}

}  // namespace

Resolver::Resolver(boost::asio::io_context& loop, Inbox& inbox, std::string host,
                   SourceAddresses sources)
    : inbox_(inbox),
      host_(std::move(host)),
      sources_(std::move(sources)),
      thread_(loop, Worker::AtEnd::leave) {}

void Resolver::resolve(engine::OpId op) {
  const bool v4 = sources_.v4.use != SourceAddress::Use::none;
  const bool v6 = sources_.v6.use != SourceAddress::Use::none;
  thread_.run([this, op, v4, v6, host = host_]() -> Worker::Done {
    return [this, op, found = look_up(host, v4, v6)] {
      if (found.code != 0) {
        inbox_.tell(engine::Failed{op, found.code, inbox_.keep(found.text)});
        return;
      }
      std::vector<std::string_view> addresses;
      for (const std::string& each : found.addresses) {
        addresses.push_back(inbox_.keep(each));
      }
      inbox_.tell(engine::Resolved{op, inbox_.keep(std::move(addresses))});
    };
  });
}

}  // namespace innduct::io
