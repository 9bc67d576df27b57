// plain_feeder.cc: read, offer, blank.
#include "plain_feeder.h"

#include <algorithm>

#include "core/cat.h"
#include "core/check.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using namespace engine;
using core::cat;

namespace {

constexpr core::Duration tick = 10s;
constexpr std::size_t token_size = 38;

bool is_graphic(char c) { return c > ' ' && c <= '~'; }

}  // namespace

core::Instant PlainFeeder::deadline() const {
  if (mistake_ == Mistake::spins) return now_.monotonic;
  if (mistake_ == Mistake::sleeps) return core::Instant::max();
  return next_tick_;
}

void PlainFeeder::start(core::Now now, Actions& actions) {
  now_ = now;
  actions_ = &actions;
  next_tick_ = now.monotonic + tick;
  if (mistake_ != Mistake::forgets_the_marks) actions_->add(ClearMarks{op()});
  open();
}

void PlainFeeder::turn(std::span<const Event> events, core::Now now, Actions& actions) {
  now_ = now;
  actions_ = &actions;
  for (const Event& event : events) on(event);
  if (now.monotonic < next_tick_) return;
  next_tick_ = now.monotonic + tick;
  core::check(mistake_ != Mistake::fails_a_check, "a mistake was planted");
  if (mistake_ == Mistake::exits) actions_->add(Exit{12, 0});
  if (mistake_ == Mistake::removes_feed) actions_->add(Unlink{op(), "peer"});
  if (!open_) open();
  make_durable();
  read();
  if (link_ == Link::none && !entries_.empty()) {
    link_ = Link::resolving;
    actions_->add(Resolve{op()});
  }
  if (link_ == Link::ready) offer();
}

void PlainFeeder::open() {
  if (file_) return;
  file_ = {++ids_};
  actions_->add(OpenFile{
      op(), file_, "peer",
      mistake_ == Mistake::creates_feed ? OpenMode::append_or_create : OpenMode::update, false});
}

// innd syncs neither its lines nor the name of their file.
void PlainFeeder::make_durable() {
  if (!open_) return;
  actions_->add(SyncDirectory{op()});
  if (mistake_ != Mistake::never_syncs) actions_->add(Sync{op(), file_});
}

void PlainFeeder::read() {
  if (!open_ || reading_) return;
  reading_ = true;
  actions_->add(Read{op(), file_, read_up_to_, 65536});
}

void PlainFeeder::on(const Event& event) {
  if (std::holds_alternative<Opened>(event)) {
    open_ = true;
    read();
  } else if (std::holds_alternative<Failed>(event)) {
    // Whatever it was is tried again at the next tick.
    reading_ = false;
    if (!open_) file_ = {};
    if (link_ == Link::resolving) link_ = Link::none;
  } else if (const auto* done = std::get_if<ReadDone>(&event)) {
    reading_ = false;
    find_entries(done->bytes, read_up_to_);
    read_up_to_ += done->bytes.size();
  } else if (const auto* resolved = std::get_if<Resolved>(&event)) {
    link_ = Link::connecting;
    conn_ = {++ids_};
    received_.clear();
    greeting_seen_ = false;
    actions_->add(Connect{conn_, actions_->keep(resolved->addresses.back())});
  } else if (const auto* received = std::get_if<Received>(&event)) {
    if (received->conn != conn_) return;
    received_ += received->bytes;
    for (std::size_t end; (end = received_.find("\r\n")) != std::string::npos;) {
      const std::string line = received_.substr(0, end);
      received_.erase(0, end + 2);
      on_reply(line);
    }
  } else if (const auto* lost = std::get_if<Lost>(&event)) {
    if (lost->conn != conn_) return;
    if (mistake_ == Mistake::forgets_when_lost && link_ == Link::busy) entries_.pop_front();
    link_ = Link::none;
  } else if (const auto* fetched = std::get_if<Fetched>(&event)) {
    if (fetched->article != article_ || link_ != Link::busy) return;
    if (fetched->outcome == FetchOutcome::ready) {
      send(cat("TAKETHIS ", entries_.front().id, "\r\n"), article_);
      if (mistake_ == Mistake::blanks_when_sent) settle();
    } else if (fetched->outcome == FetchOutcome::absent ||
               fetched->outcome == FetchOutcome::other) {
      settle();
      link_ = Link::ready;
    } else {
      put_off();
    }
  } else if (std::holds_alternative<Stop>(event) ||
             (std::holds_alternative<Asked>(event) && std::get<Asked>(event).line == "stop")) {
    actions_->add(Exit{0, 0});
  }
}

void PlainFeeder::find_entries(std::string_view text, std::uint64_t offset) {
  offset -= partial_.size();
  partial_ += text;
  for (std::size_t end; (end = partial_.find('\n')) != std::string::npos;) {
    const std::string_view line = std::string_view(partial_).substr(0, end);
    for (std::size_t at = 0; (at = line.find("@ <", at)) != std::string_view::npos; at += 3) {
      const std::size_t close = line.find('>', at);
      if (at + 1 < token_size || close == std::string_view::npos) continue;
      if (!std::ranges::all_of(line.substr(at + 2, close - at), is_graphic)) continue;
      const std::size_t begin = at + 1 - token_size;
      entries_.push_back({offset + begin, std::string(line.substr(begin, token_size)),
                          std::string(line.substr(at + 2, close - at - 1))});
    }
    offset += end + 1;
    partial_.erase(0, end + 1);
  }
}

void PlainFeeder::on_reply(std::string_view line) {
  if (link_ == Link::connecting) {
    link_ = Link::greeted;
    send("MODE STREAM\r\n");
  } else if (link_ == Link::greeted) {
    link_ = Link::ready;
    offer();
  } else if (link_ == Link::busy) {
    const std::string_view code = line.substr(0, 3);
    if (code == "238") {
      if (mistake_ == Mistake::offers_twice) send(cat("CHECK ", entries_.front().id, "\r\n"));
      if (mistake_ == Mistake::offers_twice) send(cat("CHECK ", entries_.front().id, "\r\n"));
      const Entry& other =
          mistake_ == Mistake::sends_other_article ? entries_.back() : entries_.front();
      article_ = {++ids_};
      const std::string_view id = actions_->keep(other.id);
      actions_->add(Fetch{article_, actions_->keep(other.token), id, id});
    } else if (code == "438" || code == "439" || code == "239") {
      settle();
      link_ = Link::ready;
      offer();
    } else {
      if (mistake_ == Mistake::blanks_when_deferred) settle();
      put_off();
    }
  }
}

void PlainFeeder::put_off() {
  if (mistake_ == Mistake::quarantines && !entries_.empty()) {
    const FileId quarantine{++ids_};
    const Entry& entry = entries_.front();
    actions_->add(OpenFile{op(), quarantine, "peer_quarantine", OpenMode::append_or_create, false});
    actions_->add(Append{op(), quarantine, actions_->keep(cat(entry.token, ' ', entry.id, '\n'))});
    actions_->add(CloseFile{op(), quarantine});
  }
  if (!entries_.empty()) {
    entries_.push_back(entries_.front());
    entries_.pop_front();
  }
  link_ = Link::ready;
}

void PlainFeeder::offer() {
  if (entries_.empty()) return;
  link_ = Link::busy;
  send(cat("CHECK ", entries_.front().id, "\r\n"));
}

void PlainFeeder::send(std::string_view text, ArticleRef article) {
  actions_->add(Send{conn_, actions_->keep(text), article});
}

void PlainFeeder::settle() {
  if (entries_.empty()) return;
  const Entry entry = std::move(entries_.front());
  entries_.pop_front();
  std::string blanks(entry.token.size() + 1 + entry.id.size(), ' ');
  if (mistake_ == Mistake::blanks_newlines) blanks += ' ';
  actions_->add(Overwrite{op(), file_, entry.offset, actions_->keep(blanks)});
}

}  // namespace innduct::sim
