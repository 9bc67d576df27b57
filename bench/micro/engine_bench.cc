// engine_bench.cc: what the engine costs for an article, from its line to the blank: events in,
// actions out.
#include <benchmark/benchmark.h>

#include "bench/micro/trivial_shell.h"

namespace innduct::bench {
namespace {

constexpr std::size_t batch = 1000;
constexpr std::size_t warm_up = 20;  // batches

// The argument: the window. A hundred percent or more of articles cannot be accepted, so that each
// is asked about.
void engine_per_article(benchmark::State& state, double no_check_percent) {
  engine::Config config;
  config.site = config.fqdn = "peer";
  config.feed_path = "/F";
  config.feed_name = "F";
  config.flush_size_bytes = std::uint64_t{1} << 60;
  config.no_check_percent = no_check_percent;
  config.queue_per_conn_max = static_cast<std::size_t>(state.range(0));
  config.queue_per_file_max = 2 * config.queue_per_conn_max;
  TrivialShell shell(config);
  const auto feed_batch = [&shell] {
    shell.arrive(batch);
    shell.run();
  };
  for (std::size_t i = 0; i < warm_up; ++i) {
    feed_batch();
  }
  const std::size_t taken = shell.taken();
  const std::size_t allocations = shell.allocations();
  const std::size_t turns = shell.turns();
  for (auto _ : state) {
    feed_batch();
  }
  const std::size_t articles = static_cast<std::size_t>(state.iterations()) * batch;
  if (shell.taken() - taken != articles) {
    state.SkipWithError("not every article was taken");
    return;
  }
  using benchmark::Counter;
  state.SetItemsProcessed(static_cast<std::int64_t>(articles));
  state.counters["s/article"] =
      Counter(static_cast<double>(articles), Counter::kIsRate | Counter::kInvert);
  state.counters["new/article"] =
      static_cast<double>(shell.allocations() - allocations) / static_cast<double>(articles);
  state.counters["articles/turn"] =
      static_cast<double>(articles) / static_cast<double>(shell.turns() - turns);
}

void engine_without_check(benchmark::State& state) { engine_per_article(state, -1); }
void engine_with_check(benchmark::State& state) { engine_per_article(state, 100); }
BENCHMARK(engine_without_check)->Arg(200)->Arg(2000);
BENCHMARK(engine_with_check)->Arg(200)->Arg(2000);

}  // namespace
}  // namespace innduct::bench
