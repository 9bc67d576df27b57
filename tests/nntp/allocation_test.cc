// allocation_test.cc: proves that a session that has warmed up allocates nothing, whatever the peer
// answers and wherever its bytes are cut. Counts the calls of this program's operator new.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include "nntp/session.h"

namespace {

std::size_t allocations = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace innduct::nntp {
namespace {

// Offers a window of articles and has it answered, cut into pieces of `piece` bytes.
void one_window(Session& session, const std::string& replies, std::size_t piece, std::string& out) {
  constexpr std::string_view id = "<an-id-that-is-too-long-to-be-kept-in-place@news.example.com>";
  for (Tag tag = 0; tag < 200; ++tag) {
    if (tag % 2 == 0) {
      session.check(tag, id, out);
    } else {
      session.take_this(tag, id, false, out);
    }
  }
  std::string_view rest = replies;
  while (!rest.empty()) {
    session.receive(rest.substr(0, piece), out);
    rest.remove_prefix(std::min(piece, rest.size()));
    while (session.next_event()) {
    }
  }
  out.clear();
}

TEST(AllocationTest, NoneOnceWarm) {
  std::string replies;
  for (int i = 0; i < 50; ++i) {
    replies +=
        "438 <an-id-that-is-too-long-to-be-kept-in-place@news.example.com> have it\r\n"
        "239 <an-id-that-is-too-long-to-be-kept-in-place@news.example.com>\r\n"
        "431\r\n"
        "439 <an-id-that-is-too-long-to-be-kept-in-place@news.example.com> not that one\r\n";
  }
  Session session(true);
  std::string out;
  session.receive("200\r\n500\r\n203\r\n", out);
  for (int warm = 0; warm < 10; ++warm) {
    one_window(session, replies, replies.size(), out);
  }
  const std::size_t before = allocations;
  for (const std::size_t piece :
       {replies.size(), std::size_t{4096}, std::size_t{1448}, std::size_t{7}, std::size_t{1}}) {
    one_window(session, replies, piece, out);
    EXPECT_EQ(allocations, before) << "in pieces of " << piece << " bytes";
  }
  EXPECT_EQ(session.unanswered(), 0U);
}

TEST(AllocationTest, ALineWithoutEndCostsNoMoreThanItsLimit) {
  const std::string megabyte(1 << 20, '4');
  Session session(true);
  std::string out;
  session.receive("200\r\n500\r\n203\r\n", out);
  const std::size_t before = allocations;
  for (const char digit : megabyte) {
    session.receive(std::string_view(&digit, 1), out);
  }
  EXPECT_TRUE(session.ended());
  EXPECT_LE(allocations - before, 1U) << "the text of Ended, of 512 octets";
}

}  // namespace
}  // namespace innduct::nntp
