// source_address_test.cc: proves what inn.conf's sourceaddress and sourceaddress6 may say.
#include "io/source_address.h"

#include <gtest/gtest.h>

namespace innduct::io {
namespace {

using Use = SourceAddress::Use;

TEST(SourceAddressTest, ReadsWhatInnConfSays) {
  const struct {
    const char* v4;
    const char* v6;
    Use use_v4;
    Use use_v6;
  } cases[] = {
      {"", "", Use::any, Use::any},
      {"all", "any", Use::any, Use::any},
      {"none", "all", Use::none, Use::any},
      {"127.0.0.2", "none", Use::one, Use::none},
      {"", "2001:db8::1", Use::any, Use::one},
  };
  for (const auto& [v4, v6, use_v4, use_v6] : cases) {
    const auto read = read_source_addresses(v4, v6);
    ASSERT_TRUE(read) << v4 << v6;
    EXPECT_EQ(read->v4.use, use_v4) << v4;
    EXPECT_EQ(read->v6.use, use_v6) << v6;
  }
  EXPECT_EQ(read_source_addresses("127.0.0.2", "")->v4.address.to_string(), "127.0.0.2");
}

TEST(SourceAddressTest, NamesTheSettingThatIsWrong) {
  const auto v6_as_v4 = read_source_addresses("::1", "");
  ASSERT_FALSE(v6_as_v4);
  EXPECT_NE(v6_as_v4.error().find("sourceaddress in inn.conf is `::1`"), std::string::npos);
  const auto nonsense = read_source_addresses("", "eth0");
  ASSERT_FALSE(nonsense);
  EXPECT_NE(nonsense.error().find("sourceaddress6 in inn.conf is `eth0`"), std::string::npos);
}

}  // namespace
}  // namespace innduct::io
