// flush_request_test.cc: proves that one request is under way at a time, that it ends in its time,
// and that the answer to another is never taken for its own.
#include "engine/flush_request.h"

#include "desk.h"

namespace innduct::engine {
namespace {

struct FlushRequestTest : testing::Test, Desk {
  void take(Turn&, const Event& event) override { answer = request.on(event); }
  void look(Turn& turn) override {
    if (const auto late = request.timed_out(turn)) {
      answer = late;
    }
  }
  std::string ask() {
    return turn([&](Turn& t) { request.ask(t); });
  }
  FlushRequest request;
  std::optional<FlushRequest::Answer> answer;
};

TEST_F(FlushRequestTest, AsksOnceUntilItIsAnswered) {
  EXPECT_EQ(ask(), "flush");
  EXPECT_EQ(ask(), "");
  EXPECT_TRUE(request.under_way());
  tell(Flushed{unanswered.front(), FlushOutcome::refused, "1 no"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, FlushOutcome::refused);
  EXPECT_EQ(answer->text, "1 no");
  EXPECT_FALSE(request.under_way());
  EXPECT_EQ(ask(), "flush");
}

TEST_F(FlushRequestTest, EndsInItsTime) {
  EXPECT_EQ(request.deadline(), core::Instant::max());
  ask();
  EXPECT_EQ(request.deadline(), now.monotonic + config.stuck_flush_timeout);
  pass(config.stuck_flush_timeout - core::Duration(1));
  EXPECT_EQ(turn(), "");
  pass(core::Duration(1));
  EXPECT_EQ(turn(), "forget flush");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, FlushOutcome::unknown) << "it may still happen";
  EXPECT_EQ(request.deadline(), core::Instant::max());
}

TEST_F(FlushRequestTest, ALateAnswerIsNotThatOfTheNext) {
  ask();
  const OpId first = unanswered.front();
  turn([&](Turn& t) { request.forget(t); });
  ask();
  tell(Flushed{first, FlushOutcome::ok, {}});
  EXPECT_FALSE(answer);
  EXPECT_TRUE(request.under_way());
}

TEST_F(FlushRequestTest, NothingIsForgottenThatWasNotAsked) {
  EXPECT_EQ(turn([&](Turn& t) { request.forget(t); }), "");
}

}  // namespace
}  // namespace innduct::engine
