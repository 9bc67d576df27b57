// outcome_log_test.cc: proves that the simulator finds an outcome log that does not add up with the
// statistics, or whose lines make no sense.
#include "sim/outcome_log.h"

#include <gtest/gtest.h>

#include "sim/failure.h"

namespace innduct::sim {
namespace {

using engine::Level;
using engine::Note;
using engine::Outcome;

class SimOutcomeLogTest : public testing::Test {
 protected:
  void line(std::string_view text) { log.asked_for({Outcome{text}}); }
  void statistics(std::string_view text) { log.asked_for({Note{Level::info, text}}); }
  OutcomeLog log;
};

TEST_F(SimOutcomeLogTest, AddsUp) {
  line("2026-11-25T10:31:40.123Z <a@b> accepted 239 2/192.0.2.1 12 <a@b>");
  line("2026-11-25T10:31:40.123Z <c@d> missing - - - it is no longer in the spool");
  line("2026-11-25T10:31:40.123Z <e@f> accepted 239 2/192.0.2.1 12 <e@f>");
  EXPECT_NO_THROW(statistics("statistics in all: read=4 accepted=2 missing=1 in_core=1 offered=9"));
  EXPECT_NO_THROW(statistics("statistics: read=4 accepted=1")) << "not since the start";
  EXPECT_THROW(statistics("statistics in all: accepted=3 missing=1"), Failure);
  EXPECT_THROW(statistics("statistics in all: accepted=2 missing=0"), Failure);
  EXPECT_THROW(statistics("statistics in all: accepted=2 dropped=1 missing=1"), Failure);
}

TEST_F(SimOutcomeLogTest, TheNextProcessBeginsAtZero) {
  line("2026-11-25T10:31:40.123Z <a@b> accepted 239 2/192.0.2.1 12 <a@b>");
  log.process_started();
  EXPECT_NO_THROW(statistics("statistics in all: accepted=0"));
}

TEST_F(SimOutcomeLogTest, NonsenseIsFound) {
  EXPECT_THROW(line("2026-11-25T10:31:40.123Z <a@b> lost 239 2/192.0.2.1 12 <a@b>"), Failure);
  EXPECT_THROW(line("2026-11-25T10:31:40.123Z <a@b> accepted 239 2/192.0.2.1 12"), Failure);
  EXPECT_THROW(line("2026-11-25T10:31:40.123Z  accepted 239 2/192.0.2.1 12 x"), Failure);
  EXPECT_THROW(line("2026-11-25T10:31:40.123Z <a@b> accepted 239 2/192.0.2.1 12 a\nb"), Failure);
}

}  // namespace
}  // namespace innduct::sim
