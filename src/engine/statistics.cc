// statistics.cc: counters as lines of the log.
#include "engine/statistics.h"

#include <chrono>

#include "core/cat.h"
#include "core/escape.h"
#include "engine/status.h"

namespace innduct::engine {
namespace {

std::string of_file(std::string_view name, const core::Counters& counters, core::Duration time) {
  return core::cat("statistics of ", core::escaped(name), ": ",
                   render_statistics(counters, 0, time));
}

}  // namespace

std::string render_statistics(const core::Counters& counted, std::uint64_t carried,
                              core::Duration time) {
  return core::cat("seconds=", std::chrono::floor<std::chrono::seconds>(time).count(),
                   " carried=", carried, " ",
                   render_counters(counted, carried + counted.read - counted.left_core()));
}

void Statistics::begin(core::Now now, const Config& config) {
  began_ = logged_at_ = now.monotonic;
  next_ = now.monotonic + in_periods(config.stats_log_interval, config.period);
}

void Statistics::log(Turn& turn) {
  turn.note(Level::info, core::cat("statistics: ",
                                   render_statistics(turn.tally.all() - logged_, in_core(logged_),
                                                     turn.now.monotonic - logged_at_)));
  logged_ = turn.tally.all();
  logged_at_ = turn.now.monotonic;
  next_ = turn.now.monotonic + in_periods(turn.config.stats_log_interval, turn.config.period);
}

void Statistics::log_ended(Turn& turn, Sources& sources) {
  for (const Sources::Ended& file : sources.take_ended()) {
    turn.note(Level::info, of_file(file.name, file.counters, file.open_for));
  }
}

void Statistics::log_last(Turn& turn, Sources& sources) {
  log_ended(turn, sources);
  sources.each([&](const Source& source) {
    turn.note(Level::info, of_file(source.name(), turn.tally.of(source.slot()),
                                   turn.now.monotonic - turn.tally.begun(source.slot())));
  });
  log(turn);
  turn.note(Level::info,
            core::cat("statistics in all: ",
                      render_statistics(turn.tally.all(), 0, turn.now.monotonic - began_)));
}

}  // namespace innduct::engine
