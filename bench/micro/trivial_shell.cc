// trivial_shell.cc: each action done at once.
#include "bench/micro/trivial_shell.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <variant>

#include "bench/micro/allocations.h"
#include "core/check.h"

namespace innduct::bench {

using namespace engine;

namespace {

constexpr std::string_view feed = "F";
constexpr std::size_t article_size = 2500;

std::string_view second_word(std::string_view line) { return line.substr(line.find(' ') + 1); }

}  // namespace

TrivialShell::TrivialShell(const Config& config) : engine_(config, 1) {
  engine_.start(now_, actions_);
  perform();
  run();
}

void TrivialShell::arrive(std::size_t lines) {
  core::check(blanked_ == unread_.size(), "all that arrived earlier is settled");
  begin_ += unread_.size();
  blanked_ = 0;
  unread_.clear();
  for (const std::size_t end = next_ + lines; next_ < end; ++next_) {
    std::array<char, 128> line{};
    const int size = std::snprintf(line.data(), line.size(),
                                   "@05000000%08zX00000000000000000000@ <%zu.bench@test.invalid>\n",
                                   next_, next_);
    unread_.append(line.data(), static_cast<std::size_t>(size));
  }
  blanked_ += lines;  // newlines stay
  if (watched_) {
    events_.push_back(Grew{watched_});
  }
}

void TrivialShell::run() {
  while (!events_.empty() || engine_.deadline() <= now_.monotonic) {
    turn();
    perform();
  }
}

void TrivialShell::turn() {
  std::swap(events_, told_);
  std::swap(answers_, told_answers_);
  if (!told_answers_.empty()) {
    told_.push_back(Received{conn_, told_answers_});
  }
  const std::size_t before = bench::allocations();
  engine_.turn(told_, now_, actions_);
  allocations_ += bench::allocations() - before;
  ++turns_;
  told_.clear();
  told_answers_.clear();
}

void TrivialShell::perform() {
  for (const Action& action : actions_.list()) {
    std::visit([this](const auto& each) { act(each); }, action);
  }
  actions_.clear();
  if (!answers_.empty() && events_.empty()) {
    events_.push_back(Sent{conn_, 0});
  }
}

// What has an OpId succeeds; the rest needs no answer.
template <class Action>
void TrivialShell::act(const Action& a) {
  if constexpr (requires { a.op; }) {
    events_.push_back(Done{a.op});
  }
}

FileStat TrivialShell::stat() const {
  FileStat stat;
  stat.inode = stat.links = 1;
  stat.size = begin_ + unread_.size();
  return stat;
}

void TrivialShell::act(const OpenFile& a) {
  if (a.name == feed) {
    events_.push_back(Opened{a.op, stat()});
  } else {
    events_.push_back(Failed{a.op, ENOENT, "no such file"});
  }
}

void TrivialShell::act(const StatName& a) {
  if (a.name == feed) {
    events_.push_back(Statted{a.op, stat()});
  } else {
    events_.push_back(Failed{a.op, ENOENT, "no such file"});
  }
}

void TrivialShell::act(const StatFile& a) { events_.push_back(Statted{a.op, stat()}); }

void TrivialShell::act(const Read& a) {
  core::check(a.offset >= begin_, "what is settled is not read again");
  const auto from = std::min<std::size_t>(a.offset - begin_, unread_.size());
  events_.push_back(ReadDone{a.op, std::string_view(unread_).substr(from, a.length)});
}

void TrivialShell::act(const Overwrite& a) {
  blanked_ += a.bytes.size() - static_cast<std::size_t>(std::ranges::count(a.bytes, '\n'));
  events_.push_back(Done{a.op});
}

void TrivialShell::act(const List& a) {
  names_[0] = {feed, stat(), {}};
  events_.push_back(Listed{a.op, names_});
}

void TrivialShell::act(const Fetch& a) {
  events_.push_back(Fetched{a.article, FetchOutcome::ready, article_size, a.message_id, {}});
}

void TrivialShell::act(const ReadMarks& a) { events_.push_back(Marks{a.op, false, 0, {}}); }

void TrivialShell::act(const Resolve& a) { events_.push_back(Resolved{a.op, addresses_}); }

void TrivialShell::act(const Connect& a) {
  conn_ = a.conn;
  events_.push_back(Connected{a.conn});
  answers_ += "200 hello\r\n";
}

void TrivialShell::act(const Send& a) {
  events_.push_back(Sent{a.conn, a.text.size() + (a.article ? article_size : 0)});
  answer(a.conn, a.text);
}

void TrivialShell::answer(ConnId conn, std::string_view text) {
  core::check(conn == conn_, "there is one connection");
  for (std::size_t end = 0; (end = text.find("\r\n")) != text.npos; text.remove_prefix(end + 2)) {
    const std::string_view line = text.substr(0, end);
    if (line.starts_with("CHECK ")) {
      answers_.append("238 ").append(second_word(line)).append("\r\n");
    } else if (line.starts_with("TAKETHIS ")) {
      answers_.append("239 ").append(second_word(line)).append("\r\n");
      ++taken_;
    } else {
      answers_ += line == "MODE STREAM" ? "203 yes\r\n" : "500 what?\r\n";
    }
  }
}

}  // namespace innduct::bench
