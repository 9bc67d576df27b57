// charges.cc: F_suspects, line by line.
#include "engine/charges.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "core/cat.h"
#include "core/escape.h"
#include "engine/failure.h"

namespace innduct::engine {
namespace {

// Cuts the first word off.
std::string_view next_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::string seconds(core::WallTime when) {
  return core::cat(std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count());
}

}  // namespace

// ---------------------------------------------------------------- what is known

const Charges::Charged* Charges::find(std::string_view mark) const {
  const auto found = all_.find(mark);
  return found == all_.end() ? nullptr : &found->second;
}

Charges::Charged& Charges::remember(std::string_view mark, Charged charged) {
  charged.order = ++charged_so_far_;
  Charged& known = all_[std::string(mark)] = std::move(charged);
  if (all_.size() > articles_max) {
    const auto order = [](const auto& each) { return each.second.order; };
    all_.erase(std::ranges::min_element(all_, {}, order));
  }
  return known;
}

unsigned Charges::charge(Turn& turn, std::string_view mark, bool by_crash, std::string_view words) {
  const Charged* const before = find(mark);
  const unsigned times = before != nullptr ? before->times + 1 : 1;
  add_line(turn, mark, remember(mark, {times, by_crash, std::string(words)}));
  turn.again = true;
  return times;
}

void Charges::clear(Turn& turn, std::string_view mark) {
  const auto found = all_.find(mark);
  if (found != all_.end()) {
    all_.erase(found);
    core::append(lines_, core::cat(seconds(turn.now.wall), " cleared ", mark, "\n"));
    turn.again = true;
  }
}

// ---------------------------------------------------------------- reading

void Charges::load(Turn& turn, bool there) {
  there_ = there;
  if (there) {
    walk_.begin(turn, names_.suspects);
  }
}

void Charges::take_line(std::string_view line) {
  next_word(line);  // when: for people
  const std::string_view verb = next_word(line);
  if (verb == "cleared") {
    const auto found = all_.find(next_word(line));
    if (found != all_.end()) {
      all_.erase(found);
    }
  } else if (verb == "charge") {
    const std::string_view count = next_word(line);
    const std::string_view whose = next_word(line);
    const std::string_view mark = next_word(line);
    unsigned times = 0;
    const auto [end, error] = std::from_chars(count.begin(), count.end(), times);
    // Half a line might name another crash.
    const bool whole = whose == "peer" || (whose == "crash" && line.ends_with('.'));
    const bool makes_sense = error == std::errc{} && end == count.end() && times > 0 && whole &&
                             !mark.empty() && mark.size() <= mark_size_max;
    if (makes_sense) {
      remember(mark, {times, whose == "crash", std::string(line)});
    }
  }
}

// ---------------------------------------------------------------- events

void Charges::on(Turn& turn, const Event& event) {
  turn.again = true;
  if (walk_.busy()) {
    const auto end = walk_.on(turn, event, [&](const core::Piece& piece, const auto&) {
      if (piece.starts_line && piece.ends_line) {
        take_line(piece.text);
      }
    });
    if (end && end->error != 0) {
      there_ = end->error != ENOENT;
      trouble(turn, "read", end->text);
    }
  } else if (removal_.running()) {
    if (const auto end = removal_.on(turn, event)) {
      there_ = false;
      if (!end->ok) {
        turn.end(exit_code::world_trouble, Level::error,
                 core::cat(end->text, ": see to the directory of the feed file, then restart"));
      }
    }
  } else if (const auto news = file_.on(turn, event)) {
    heard(turn, *news);
  }
}

void Charges::heard(Turn& turn, const RecordFile::News& news) {
  switch (news.what) {
    case RecordFile::Came::opened:
      there_ = true;
      return;
    case RecordFile::Came::not_opened:
    case RecordFile::Came::refused:
      blocked_ = true;
      trouble(turn, "write", news.text);
      return;
    case RecordFile::Came::recorded:
    case RecordFile::Came::closed:
      return;
  }
}

void Charges::trouble(Turn& turn, std::string_view what, std::string_view why) {
  turn.note(Level::warning,
            core::cat(failure_text(what, names_.suspects, why),
                      ": what articles were charged with may be forgotten at a restart"));
}

// ---------------------------------------------------------------- writing

void Charges::work(Turn& turn) {
  if (turn.tick) {
    blocked_ = false;
  }
  if (loading() || removal_.running() || !file_.idle() || turn.exit) {
    return;
  }
  if (all_.empty() || file_.size() > file_size_max) {
    lines_.clear();
    if (there_) {
      remove(turn);
    }
    for (const auto& [mark, charged] : all_) {
      add_line(turn, mark, charged);
    }
    return;
  }
  if (blocked_) {
    lines_.clear();
  }
  if (lines_.empty()) {
    return;
  }
  if (!file_.is_open()) {
    file_.open(turn, OpenMode::append_or_create);
    return;
  }
  writing_ = std::exchange(lines_, {});
  file_.append(turn, turn.actions.keep(writing_));
}

void Charges::add_line(const Turn& turn, std::string_view mark, const Charged& charged) {
  core::append(lines_, core::cat(seconds(turn.now.wall), " charge ", charged.times,
                                 charged.by_crash ? " crash " : " peer ", mark,
                                 charged.words.empty() ? "" : " ", charged.words, "\n"));
}

void Charges::remove(Turn& turn) {
  std::vector<Step> steps;
  if (file_.is_open()) {
    steps.push_back(Step::close(file_.hand_over()));
  }
  steps.push_back(Step::unlink(names_.suspects));
  removal_.begin(turn, Room::charges, std::move(steps));
}

}  // namespace innduct::engine
