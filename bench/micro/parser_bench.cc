// parser_bench.cc: what those cost that look at every byte of what others have written: lines of
// the feed file, answers of the peer, and articles.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/micro/allocations.h"
#include "core/line_reader.h"
#include "io/inn/wire_check.h"
#include "nntp/session.h"

namespace innduct::bench {
namespace {

constexpr std::size_t batch = 1000;
constexpr int warm_up = 10;  // batches

void count(benchmark::State& state, std::size_t allocations_before) {
  const auto made = static_cast<double>(allocations() - allocations_before);
  using benchmark::Counter;
  const auto pieces = static_cast<double>(state.iterations()) * batch;
  state.counters["s/piece"] = Counter(pieces, Counter::kIsRate | Counter::kInvert);
  state.counters["new/piece"] = made / pieces;
}

void line_reader(benchmark::State& state) {
  std::string text;
  for (std::size_t i = 0; i < batch; ++i) {
    text += "@050000000123000000456000000000000000@ <" + std::to_string(i) + ".a@test.invalid>\n";
  }
  core::LineReader reader(core::Dialect::feed);
  std::vector<core::Record> records;
  const auto read = [&] {
    std::size_t pieces = 0;
    reader.feed(text);
    while (reader.next(records)) {
      ++pieces;
    }
    return pieces;
  };
  for (int i = 0; i < warm_up; ++i) {
    read();
  }
  const std::size_t before = allocations();
  for (auto _ : state) {
    if (read() != batch) {
      state.SkipWithError("not every line was cut");
    }
  }
  count(state, before);
}
BENCHMARK(line_reader);

// TAKETHIS and its answer.
void session(benchmark::State& state) {
  std::vector<std::string> ids;
  std::string answers;
  for (std::size_t i = 0; i < batch; ++i) {
    ids.push_back("<" + std::to_string(i) + ".bench@source.test.invalid>");
    answers += "239 " + ids.back() + "\r\n";
  }
  nntp::Session session(true);
  std::string out;
  session.receive("200 hello\r\n500 what?\r\n203 yes\r\n", out);
  while (session.next_event()) {
  }
  const auto take = [&] {
    std::size_t answered = 0;
    out.clear();
    for (std::size_t i = 0; i < batch; ++i) {
      session.take_this(static_cast<nntp::Tag>(i), ids[i], false, out);
    }
    session.receive(answers, out);
    while (const auto event = session.next_event()) {
      answered += std::size_t{std::holds_alternative<nntp::Answered>(*event)};
    }
    return answered;
  };
  for (int i = 0; i < warm_up; ++i) {
    take();
  }
  const std::size_t before = allocations();
  for (auto _ : state) {
    if (take() != batch) {
      state.SkipWithError("not every command was answered");
    }
  }
  count(state, before);
}
BENCHMARK(session);

// The argument: bytes of an article.
void wire_check(benchmark::State& state) {
  std::string article = "Path: source.test.invalid\r\nMessage-ID: <a@test.invalid>\r\n\r\n";
  const auto bytes = static_cast<std::size_t>(state.range(0));
  for (int line = 1; article.size() < bytes; ++line) {
    article += line % 40 == 0 ? "..a line that begins with a dot\r\n"
                              : "The quick brown fox jumps over the lazy dog.\r\n";
  }
  article += ".\r\n";
  for (auto _ : state) {
    const io::WireCheck check = io::check_wire(article, "<a@test.invalid>");
    if (!check.damage.empty() || check.message_id.empty()) {
      state.SkipWithError("a good article is called damaged");
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(article.size()));
}
BENCHMARK(wire_check)->Arg(2500)->Arg(30'000)->Arg(700'000);

}  // namespace
}  // namespace innduct::bench
