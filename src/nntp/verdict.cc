// verdict.cc: the table, written by ranges and kept by code.
#include "nntp/verdict.h"

#include <array>
#include <cstddef>

#include "core/check.h"

namespace innduct::nntp {
namespace {

constexpr std::size_t codes = 1000;

constexpr unsigned only(Verb verb) { return 1U << static_cast<unsigned>(verb); }

constexpr unsigned nothing = only(Verb::nothing);
constexpr unsigned greeting = only(Verb::greeting);
constexpr unsigned capabilities = only(Verb::capabilities);
constexpr unsigned mode_stream = only(Verb::mode_stream);
constexpr unsigned check = only(Verb::check);
constexpr unsigned take_this = only(Verb::take_this);
constexpr unsigned offer = only(Verb::ihave);
constexpr unsigned body = only(Verb::ihave_body);
constexpr unsigned ihave = offer | body;
constexpr unsigned any_article = check | take_this | ihave;
constexpr unsigned quit = only(Verb::quit);

struct Row {
  unsigned verbs;
  std::size_t first;
  std::size_t last;
  Verdict verdict;
};

// The first row that fits decides.
constexpr Row rows[] = {
    // RFC 3977 3.2.1: a peer that goes away may say so at any time.
    {nothing, 400, 400, Verdict::closing},
    {nothing, 0, 999, Verdict::nonsense},

    // RFC 3977 5.1. A 201 forbids posting, which is not what a feeder does.
    {greeting, 200, 201, Verdict::welcome},
    {greeting, 0, 999, Verdict::unusable},

    {capabilities | mode_stream, 400, 400, Verdict::unusable},
    {capabilities, 101, 101, Verdict::list_follows},
    {capabilities, 100, 599, Verdict::passed_over},
    {mode_stream, 203, 203, Verdict::streaming},
    {mode_stream, 401, 401, Verdict::unusable},
    {mode_stream, 480, 480, Verdict::unusable},
    {mode_stream, 483, 483, Verdict::unusable},
    {mode_stream, 502, 502, Verdict::unusable},
    {mode_stream, 100, 599, Verdict::not_streaming},
    {capabilities | mode_stream, 0, 999, Verdict::unusable},

    // RFC 3977 3.2.1: these may answer any command, and say nothing about the article.
    {any_article, 400, 400, Verdict::closing},
    {any_article, 401, 401, Verdict::configuration},
    {any_article, 480, 480, Verdict::configuration},
    {any_article, 483, 483, Verdict::configuration},
    {any_article, 502, 502, Verdict::configuration},

    // RFC 4644 2.4, 2.5 and RFC 3977 6.3.2: what the verbs are there for.
    {check, 238, 238, Verdict::granted},
    {check, 438, 438, Verdict::unwanted},
    {take_this, 239, 239, Verdict::accepted},
    {take_this, 439, 439, Verdict::rejected},
    {offer, 335, 335, Verdict::granted},
    {body, 235, 235, Verdict::accepted},
    {ihave, 435, 435, Verdict::unwanted},
    {ihave, 437, 437, Verdict::rejected},

    // A refusal in another verb's place is a refusal: some peers mix them up.
    {any_article, 435, 435, Verdict::unwanted},
    {any_article, 437, 439, Verdict::unwanted},

    // 431, 436, 403 and whatever else is temporary by its first digit.
    {any_article, 400, 499, Verdict::deferred},

    {check, 500, 500, Verdict::check_unknown},
    // After a refused TAKETHIS line the peer may be reading the article as commands.
    {take_this, 500, 599, Verdict::nonsense},
    {check | ihave, 500, 599, Verdict::suspicious},

    {any_article, 0, 999, Verdict::nonsense},

    {quit, 0, 999, Verdict::goodbye},
};

using Table = std::array<std::array<Verdict, codes>, verb_count>;

constexpr Table make_table() {
  Table table{};
  for (std::size_t verb = 0; verb < verb_count; ++verb) {
    std::array<bool, codes> decided{};
    for (const Row& row : rows) {
      if ((row.verbs >> verb & 1U) == 0) {
        continue;
      }
      for (std::size_t code = row.first; code <= row.last; ++code) {
        if (!decided[code]) {
          decided[code] = true;
          table[verb][code] = row.verdict;
        }
      }
    }
  }
  return table;
}

constexpr Table table = make_table();

}  // namespace

Verdict verdict(Verb verb, int code) {
  core::check(code >= 0 && code < static_cast<int>(codes), "a reply code has three digits");
  return table[static_cast<std::size_t>(verb)][static_cast<std::size_t>(code)];
}

}  // namespace innduct::nntp
