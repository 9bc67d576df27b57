// landmarks.cc: the list of landmarks.
#include "sim/landmarks.h"

#include <algorithm>
#include <array>

#include "core/cat.h"
#include "engine/feed_table.h"

namespace innduct::sim {
namespace {

constexpr std::array<std::string_view, 39> seen_by_the_world{
    "found at start: neither F nor F_flushing",
    "found at start: F alone",
    "found at start: F_flushing alone",
    "found at start: F and F_flushing",
    "found at start: a flush cut between link and unlink",
    "found at start: a move of F_flushing cut between link and unlink",
    "found at start: a move of F_defer cut between link and unlink",
    "found at start: F_defer",
    "found at start: F_defer with half a record at its end",
    "found at start: F_bad",
    "killed while starting",
    "power cut while starting",
    "power cut while starting, after a kill",
    "a link to the wrong file undone",
    "the backlog name for F_defer was taken",
    "the backlog name for F_flushing was taken",
    "open: resources are scarce",
    "create: no space",
    "create: resources are scarce",
    "stat: resources are scarce",
    "list: resources are scarce",
    "read: error",
    "overwrite: no space",
    "overwrite: error",
    "append: no space",
    "append: error",
    "truncate: error",
    "close: error",
    "sync: error",
    "sync of the directory: error",
    "link: denied",
    "link: no space",
    "link: resources are scarce",
    "unlink: denied",
    "exit 0",
    "exit 4",
    "exit 12",
    "exit 16",
    "end by a signal",
};
static_assert(seen_by_the_world.size() == static_cast<std::size_t>(Landmark::signal) + 1);

// Parts of log lines.
constexpr std::array<std::string_view, 46> said_by_the_program{
    "a line that was cut between ",
    "takes too long, and the rest of its last line has not come",
    "takes too long: what is left of it becomes backlog",
    "the flush was finished by force",
    "was taken away: only innduct may do that",
    "was replaced by another file: only innduct may do that",
    "was made shorter",
    "cannot blank lines of ",
    "cannot read peer",
    "cannot open peer",
    "cannot look at peer",
    "cannot list the backlog files",
    "cannot link ",
    "cannot sync ",
    "cannot close ",
    "cannot remove ",
    "cannot write peer_defer",
    "cannot make durable ",
    "cannot keep bad lines in ",
    "cannot flush the feed: ",
    "cannot record deferred articles in ",
    "cannot make sure that nobody writes to ",
    "too many bad lines",
    "bad lines are left in it, since ",
    "bad lines: more in ",
    "finishing a move of a queue file that was cut short",
    "cut a half-written record of ",
    "the feed was begun again: going on",
    "the dropped feed is done but for backlog file ",
    "was taken away: finishing what is in hand of it",
    "cannot be read: ",
    "the article store is in trouble: ",
    "cannot retrieve ",
    "article quarantined: ",
    "the last innduct of this feed crashed, with ",
    "articles in hand: each is tried alone",
    "dropped from the quarantine by command: ",
    "wait to be quarantined, trying again each period",
    "is too slow for an article that must be sent alone",
    "may be forgotten at a restart",
    "missing: ",
    "the peer defers everything",
    "the peer asks for articles and then rejects them",
    "the peer makes no sense",
    "was silent for too long with ",
    "cannot connect to the peer ",
};

}  // namespace

Landmarks::Landmarks() {
  names_.assign(seen_by_the_world.begin(), seen_by_the_world.end());
  names_.insert(names_.end(), said_by_the_program.begin(), said_by_the_program.end());
  for (const engine::FeedRow& row : engine::feed_table) {
    names_.push_back(
        core::cat("feed: ", to_text(row.from), " -> ", to_text(row.to), ": ", row.why));
  }
  reached_.assign(names_.size(), false);
}

void Landmarks::said(std::string_view text) {
  for (std::size_t i = seen_by_the_world.size(); i < names_.size(); ++i) {
    if (!reached_[i] && text.find(names_[i]) != std::string_view::npos) reached_[i] = true;
  }
}

std::vector<std::string> Landmarks::unreached() const {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!reached_[i]) result.push_back(names_[i]);
  }
  return result;
}

void Landmarks::add(const Landmarks& others) {
  for (std::size_t i = 0; i < reached_.size(); ++i) {
    if (others.reached_[i]) reached_[i] = true;
  }
}

std::string Landmarks::packed() const {
  std::string text;
  for (const bool reached : reached_) text += reached ? '1' : '0';
  return text;
}

void Landmarks::add_packed(std::string_view text) {
  for (std::size_t i = 0; i < std::min(text.size(), reached_.size()); ++i) {
    if (text[i] == '1') reached_[i] = true;
  }
}

}  // namespace innduct::sim
