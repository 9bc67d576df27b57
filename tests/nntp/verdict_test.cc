// verdict_test.cc: proves what every code from 000 to 999 means to every verb. The expectation is
// written a second time, as a list per verb over a default per class of codes, and every cell is
// compared.
#include "nntp/verdict.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace innduct::nntp {
namespace {

struct Expected {
  const char* name;
  Verb verb;
  std::map<int, Verdict> listed;  // what is said of single codes
  Verdict preliminary;            // 1xx, 2xx and 3xx not listed
  Verdict later;                  // 4xx not listed
  Verdict failed;                 // 5xx not listed
  Verdict none;                   // no reply code, 0xx and 6xx to 9xx
};

const std::vector<Expected>& expectations() {
  using enum Verdict;
  static const std::vector<Expected> all{
      {"nothing", Verb::nothing, {{400, closing}}, nonsense, nonsense, nonsense, nonsense},
      {"greeting",
       Verb::greeting,
       {{200, welcome}, {201, welcome}},
       unusable,
       unusable,
       unusable,
       unusable},
      {"CAPABILITIES",
       Verb::capabilities,
       {{101, list_follows}, {400, unusable}},
       passed_over,
       passed_over,
       passed_over,
       unusable},
      {"MODE STREAM",
       Verb::mode_stream,
       {{203, streaming},
        {400, unusable},
        {401, unusable},
        {480, unusable},
        {483, unusable},
        {502, unusable}},
       not_streaming,
       not_streaming,
       not_streaming,
       unusable},
      {"CHECK",
       Verb::check,
       {{238, granted},
        {400, closing},
        {401, configuration},
        {435, unwanted},
        {437, unwanted},
        {438, unwanted},
        {439, unwanted},
        {480, configuration},
        {483, configuration},
        {500, check_unknown},
        {502, configuration}},
       nonsense,
       deferred,
       suspicious,
       nonsense},
      {"TAKETHIS",
       Verb::take_this,
       {{239, accepted},
        {400, closing},
        {401, configuration},
        {435, unwanted},
        {437, unwanted},
        {438, unwanted},
        {439, rejected},
        {480, configuration},
        {483, configuration},
        {502, configuration}},
       nonsense,
       deferred,
       nonsense,
       nonsense},
      {"IHAVE",
       Verb::ihave,
       {{335, granted},
        {400, closing},
        {401, configuration},
        {435, unwanted},
        {437, rejected},
        {438, unwanted},
        {439, unwanted},
        {480, configuration},
        {483, configuration},
        {502, configuration}},
       nonsense,
       deferred,
       suspicious,
       nonsense},
      {"IHAVE's article",
       Verb::ihave_body,
       {{235, accepted},
        {400, closing},
        {401, configuration},
        {435, unwanted},
        {437, rejected},
        {438, unwanted},
        {439, unwanted},
        {480, configuration},
        {483, configuration},
        {502, configuration}},
       nonsense,
       deferred,
       suspicious,
       nonsense},
      {"QUIT", Verb::quit, {}, goodbye, goodbye, goodbye, goodbye},
  };
  return all;
}

Verdict expected_for(const Expected& row, int code) {
  if (const auto listed = row.listed.find(code); listed != row.listed.end()) {
    return listed->second;
  }
  switch (code / 100) {
    case 1:
    case 2:
    case 3:
      return row.preliminary;
    case 4:
      return row.later;
    case 5:
      return row.failed;
    default:
      return row.none;
  }
}

TEST(VerdictTest, EveryCodeToEveryVerb) {
  ASSERT_EQ(expectations().size(), static_cast<std::size_t>(verb_count));
  for (const Expected& row : expectations()) {
    for (int code = 0; code <= 999; ++code) {
      EXPECT_EQ(verdict(row.verb, code), expected_for(row, code)) << code << " to " << row.name;
    }
  }
}

TEST(VerdictDeathTest, ACodeHasThreeDigits) {
  EXPECT_DEATH(verdict(Verb::check, 1000), "");
  EXPECT_DEATH(verdict(Verb::check, -1), "");
}

}  // namespace
}  // namespace innduct::nntp
