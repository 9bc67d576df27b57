// outcome_log.cc: counting the lines, and comparing.
#include "sim/outcome_log.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/cat.h"
#include "sim/failure.h"

namespace innduct::sim {
namespace {

// The manual page has them.
constexpr std::array<std::string_view, 8> outcomes{"accepted", "unwanted", "rejected",
                                                   "deferred", "missing",  "quarantined",
                                                   "dropped",  "forgotten"};

// Cuts the first word off.
std::string_view next_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

}  // namespace

void OutcomeLog::asked_for(const std::vector<engine::Action>& actions) {
  constexpr std::string_view last_words = "statistics in all: ";
  for (const engine::Action& action : actions) {
    if (const auto* outcome = std::get_if<engine::Outcome>(&action)) {
      add(outcome->line);
    } else if (const auto* note = std::get_if<engine::Note>(&action);
               note != nullptr && note->text.starts_with(last_words)) {
      compare(note->text.substr(last_words.size()));
    }
  }
}

void OutcomeLog::add(std::string_view line) {
  const bool printable = std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; });
  std::array<std::string_view, 6> words;
  std::string_view rest = line;
  for (std::string_view& word : words) word = next_word(rest);
  const bool whole = !rest.empty() && std::ranges::find(words, "") == words.end();
  if (!printable || !whole || std::ranges::find(outcomes, words[2]) == outcomes.end()) {
    throw Failure(core::cat("C8: the outcome log has a line that makes no sense: ", line));
  }
  ++lines_[std::string(words[2])];
}

void OutcomeLog::compare(std::string_view statistics) const {
  while (!statistics.empty()) {
    const std::string_view pair = next_word(statistics);
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    if (std::ranges::find(outcomes, name) == outcomes.end()) continue;
    std::uint64_t said = 0;
    std::from_chars(pair.data() + equals + 1, pair.data() + pair.size(), said);
    const auto found = lines_.find(name);
    const std::uint64_t logged = found == lines_.end() ? 0 : found->second;
    if (said != logged) {
      throw Failure(core::cat("C8: the statistics say ", pair, ", but the outcome log has ", logged,
                              " of them"));
    }
  }
}

}  // namespace innduct::sim
