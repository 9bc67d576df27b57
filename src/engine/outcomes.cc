// outcomes.cc: what became of each entry, as a line.
#include "engine/outcomes.h"

#include <algorithm>

#include "core/cat.h"
#include "core/escape.h"
#include "engine/connection.h"

namespace innduct::engine {
namespace {

constexpr std::string_view nothing = "-";

// The code has a column of its own.
std::string_view without_code(std::string_view reply, int code) {
  return code == 0 ? reply : reply.substr(std::min<std::size_t>(4, reply.size()));
}

}  // namespace

void Outcomes::forget(EntryId id) {
  if (id >= stories_.size()) {
    stories_.resize(id + 1);
  }
  stories_[id].connection = 0;
  stories_[id].text.clear();
}

void Outcomes::keep(EntryId id, core::Duration after, const Connection& connection, int code,
                    std::string_view text) {
  Story& story = stories_[id];
  story.connection = connection.number;
  story.address = connection.address;
  story.code = code;
  story.milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(after).count();
  story.text = without_code(text, code);
}

void Outcomes::tell(Actions& actions, core::WallTime now, EntryId id, const Entry& entry,
                    std::string_view outcome) {
  const Story& story = stories_[id];
  const std::string_view message_id = entry.message_id();
  line_.clear();
  core::append_time(line_, now);
  line_ += ' ';
  core::append_escaped(line_, message_id.empty() ? entry.locator() : message_id, line_.npos);
  line_ += ' ';
  line_ += outcome;
  line_ += ' ';
  if (story.connection != 0 && story.code != 0) {
    core::append(line_, story.code);
  } else {
    line_ += nothing;
  }
  if (story.connection != 0) {
    line_ += ' ';
    core::append(line_, story.connection);
    line_ += '/';
    line_ += story.address;
    line_ += ' ';
    core::append(line_, story.milliseconds);
  } else {
    line_ += " - -";
  }
  line_ += ' ';
  if (entry.fate == Fate::quarantined) {
    line_ += entry.why;
  } else if (story.text.empty()) {
    line_ += nothing;
  } else {
    core::append_escaped(line_, story.text, line_.npos);
  }
  actions.add(Outcome{actions.keep(line_)});
}

}  // namespace innduct::engine
