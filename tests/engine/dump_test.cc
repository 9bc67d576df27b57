// dump_test.cc: proves that a dump is written whole or its failure told, to whom it was asked of.
#include "engine/dump.h"

#include <cerrno>

#include "desk.h"

namespace innduct::engine {
namespace {

struct DumpDesk : Desk {
  void take(Turn& turn, const Event& event) override {
    if (auto now_ended = dump.on(turn, event)) {
      end = now_ended;
    }
  }
  std::string write() {
    return turn([&](Turn& t) { dump.write(t, "the report\n", ClientId{3}); });
  }
  Names names{"F"};
  Dump dump{names};
  std::optional<Dump::End> end;
};
struct DumpTest : testing::Test, DumpDesk {};

TEST_F(DumpTest, IsWrittenAnew) {
  EXPECT_EQ(write(), "open F_dump replace");
  EXPECT_TRUE(dump.busy());
  EXPECT_EQ(opened(), "append F_dump \"the report\\n\"");
  EXPECT_EQ(done(), "close F_dump");
  EXPECT_FALSE(end);
  EXPECT_EQ(done(), "");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->client, ClientId{3});
  EXPECT_EQ(end->answer.text, "written to F_dump");
  EXPECT_TRUE(end->answer.good);
  EXPECT_FALSE(dump.busy());
}

TEST(DumpTableTest, AFailureIsToldAndNoMore) {
  for (int answers = 0; answers < 3; ++answers) {
    SCOPED_TRACE(answers);
    DumpDesk d;
    d.write();
    for (int answer = 0; answer < answers; ++answer) {
      answer == 0 ? d.opened() : d.done();
    }
    d.failed(ENOSPC);
    while (!d.all_answered()) {
      d.done();
    }
    ASSERT_TRUE(d.end);
    EXPECT_TRUE(d.end->answer.text.starts_with("cannot write F_dump: ")) << d.end->answer.text;
    EXPECT_FALSE(d.end->answer.good);
    EXPECT_FALSE(d.dump.busy());
    EXPECT_FALSE(d.exit);
  }
}

}  // namespace
}  // namespace innduct::engine
