// resolver_test.cc: proves what a lookup tells, with names that need no name server.
#include "io/resolver.h"

#include <gtest/gtest.h>
#include <netdb.h>

#include "loop.h"

namespace innduct::io {
namespace {

SourceAddresses sources(const char* v4, const char* v6) { return *read_source_addresses(v4, v6); }

TEST(ResolverTest, TellsAddressesAsText) {
  for (const char* address : {"127.0.0.1", "::1", "2001:db8::7"}) {
    test::Loop loop;
    Resolver resolver(loop.context(), loop.inbox(), address, sources("", ""));
    resolver.resolve({3});
    const auto resolved = loop.await_one<engine::Resolved>();
    EXPECT_EQ(resolved.op, engine::OpId{3});
    ASSERT_EQ(resolved.addresses.size(), 1u);
    EXPECT_EQ(resolved.addresses[0], address);
  }
}

TEST(ResolverTest, LeavesOutAFamilyThatIsRuledOut) {
  test::Loop loop;
  Resolver resolver(loop.context(), loop.inbox(), "127.0.0.1", sources("none", ""));
  resolver.resolve({3});
  const auto failed = loop.await_one<engine::Failed>();
  EXPECT_EQ(failed.error, EAI_ADDRFAMILY);
  EXPECT_NE(failed.text.find("sourceaddress"), std::string::npos);
}

TEST(ResolverTest, SaysWhyThereIsNone) {
  test::Loop loop;
  // Too long for a name: refused before anybody is asked.
  Resolver resolver(loop.context(), loop.inbox(), std::string(300, 'x'), sources("", ""));
  resolver.resolve({4});
  const auto failed = loop.await_one<engine::Failed>();
  EXPECT_EQ(failed.op, engine::OpId{4});
  EXPECT_NE(failed.error, 0);
  EXPECT_FALSE(failed.text.empty());
}

}  // namespace
}  // namespace innduct::io
