// runner.cc: seeds and the reports on them.
#include "sim/runner.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <source_location>
#include <span>

#include "core/cat.h"
#include "core/check.h"
#include "sim/failure.h"

namespace innduct::sim {
namespace {

using core::cat;

constexpr std::size_t lines_shown = 100;
constexpr std::size_t history_shown = 200;

[[noreturn]] void check_failed(std::string_view what, std::source_location where) {
  throw Failure(cat("a check of the program failed: ", what, " (", where.file_name(), ":",
                    where.line(), ", ", where.function_name(), ")"));
}

void add_lines(std::string& text, std::span<const std::string> lines) {
  for (const std::string& line : lines) text += cat(line, '\n');
}

}  // namespace

Options options_of(std::uint64_t seed) {
  Dice dice = Stage(seed, Trace::off).dice(Actor::options);
  return Options::draw(dice);
}

Verdict run_seed(std::uint64_t seed, const MakeSubject& make, Trace trace,
                 const std::optional<Options>& options, Landmarks* landmarks) {
  core::on_check_failed(check_failed);
  Verdict verdict;
  World world(seed, trace, make, options, landmarks);
  try {
    world.run();
  } catch (const Failure& failure) {
    verdict.failure = failure.what();
    verdict.about = failure.about;
  } catch (const std::exception& exception) {
    verdict.failure = cat("an exception: ", exception.what());
  }
  verdict.tally = world.tally();
  verdict.options = world.options().text();
  if (trace != Trace::off) {
    verdict.directory = world.directory();
    verdict.trace = world.record().lines();
  }
  return verdict;
}

std::string report(std::uint64_t seed, const Verdict& failed, const MakeSubject& make,
                   const std::optional<Options>& options) {
  const Verdict again = run_seed(seed, make, Trace::kept, options);
  std::string text = cat("seed ", seed, " FAILED: ", *failed.failure, "\n\n", failed.options);
  if (again.tally.hash != failed.tally.hash || again.failure != failed.failure) {
    text += "\nIt was run again and went ANOTHER WAY: something is not deterministic.\n";
  }
  const std::vector<std::string>& trace = again.trace;
  if (!failed.about.empty()) {
    std::vector<std::string> history;
    std::ranges::copy_if(trace, std::back_inserter(history), [&](const std::string& line) {
      return line.find(failed.about) != std::string::npos ||
             line.find(" world ") != std::string::npos;
    });
    const std::size_t shown = std::min(history.size(), history_shown);
    text += cat("\nwhat befell ", failed.about, ":\n");
    add_lines(text, std::span(history).last(shown));
  }
  const std::size_t shown = std::min(trace.size(), lines_shown);
  text += cat("\nthe last ", shown, " of ", trace.size(), " lines of its history:\n");
  add_lines(text, std::span(trace).last(shown));
  text += cat("\nthe feed directory:\n", again.directory, "\nreplay with: sim --seed ", seed,
              " --trace\n");
  return text;
}

}  // namespace innduct::sim
