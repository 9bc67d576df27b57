// http_address_test.cc: proves what --http understands, and that nothing but loopback is meant
// unless an address is given.
#include "io/http_address.h"

#include <gtest/gtest.h>

namespace innduct::io {
namespace {

TEST(HttpAddressTest, AddressesAndPorts) {
  const struct {
    const char* text;
    const char* address;
    int port;
  } cases[] = {
      {":8080", "127.0.0.1", 8080},
      {"127.0.0.1:1", "127.0.0.1", 1},
      {"0.0.0.0:65535", "0.0.0.0", 65535},
      {"[::1]:80", "::1", 80},
      {"[2001:db8::1]:8080", "2001:db8::1", 8080},
  };
  for (const auto& [text, address, port] : cases) {
    const auto found = read_http_address(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->path, "") << text;
    EXPECT_EQ(found->address.to_string(), address) << text;
    EXPECT_EQ(found->port, port) << text;
  }
}

TEST(HttpAddressTest, Paths) {
  EXPECT_EQ(read_http_address("unix:/run/x")->path, "/run/x");
  EXPECT_EQ(read_http_address("unix:here:8080")->path, "here:8080");
}

TEST(HttpAddressTest, AnythingElseIsRefused) {
  for (const char* text :
       {"", "8080", "127.0.0.1", "127.0.0.1:", ":0", ":65536", ":-1", ":80x", "localhost:80",
        "::1:80", "[::1]", "[127.0.0.1]:80", "[]:80", "[:80", "unix:", "1.2.3:80"}) {
    const auto found = read_http_address(text);
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error(), "ADDR:PORT, [ADDR]:PORT, :PORT or unix:PATH");
  }
  EXPECT_FALSE(read_http_address(std::string_view("unix:a\0b", 8)));
}

}  // namespace
}  // namespace innduct::io
