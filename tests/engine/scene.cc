// scene.cc: the stage: each action done at once, unless it is held or fails.
#include "scene.h"

#include <algorithm>
#include <cerrno>

#include "core/cat.h"
#include "engine/status.h"

namespace innduct::engine {

// ---------------------------------------------------------------- the peer

std::string Peer::said() { return std::exchange(heard_, {}); }

void Peer::says(std::string_view bytes) {
  scene_->events_.push_back(Received{id_, scene_->keep(bytes)});
  scene_->run();
}

void Peer::hangs_up(int error) {
  open_ = false;
  scene_->events_.push_back(Lost{id_, error, scene_->keep(error_text(error))});
  scene_->run();
}

void Peer::drains() {
  scene_->events_.push_back(Sent{id_, std::exchange(unsent_, 0)});
  scene_->run();
}

std::size_t Scene::open_peers() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(peers_, [](const auto& peer) { return peer->open_; }));
}

void Scene::answer_by_itself(Peer& peer, std::string_view text) {
  if (text.starts_with("CAPABILITIES")) {
    const bool streams = text.find("MODE STREAM") != text.npos;
    events_.push_back(
        Received{peer.id_, keep(streams ? set_up_answer : set_up_answer.substr(0, 5))});
    return;
  }
  for (std::size_t at = 0, end; (end = text.find("\r\n", at)) != text.npos; at = end + 2) {
    const std::string_view command = text.substr(at, end - at);
    const auto space = std::min(command.find(' '), command.size());
    const auto found = answers.find(std::string(command.substr(0, space)));
    if (found != answers.end()) {
      events_.push_back(
          Received{peer.id_, keep(core::cat(found->second, command.substr(space), "\r\n"))});
    }
  }
}

void Scene::act(const Resolve& a) {
  if (resolve_error != 0) {
    events_.push_back(Failed{a.op, resolve_error, "unknown name"});
    return;
  }
  address_lists_.emplace_back(addresses.begin(), addresses.end());
  events_.push_back(Resolved{a.op, address_lists_.back()});
}

void Scene::act(const Connect& a) {
  auto& peer = peers_.emplace_back(std::make_unique<Peer>());
  peer->scene_ = this;
  peer->id_ = a.conn;
  peer->address_ = a.address;
  if (dead_addresses.contains(peer->address_)) {
    peer->open_ = false;
    events_.push_back(Lost{a.conn, ECONNREFUSED, keep(error_text(ECONNREFUSED))});
    return;
  }
  events_.push_back(Connected{a.conn});
  if (!greeting.empty()) {
    events_.push_back(Received{a.conn, greeting});
  }
}

void Scene::act(const Send& a) {
  const auto peer = std::ranges::find(peers_, a.conn, [](const auto& p) { return p->id_; });
  const std::size_t size = a.text.size() + (a.article ? article_size : 0);
  for (std::size_t at = 0, end; (end = a.text.find("\r\n", at)) != a.text.npos; at = end + 2) {
    const auto command = a.text.substr(at, end - at);
    if (command != "CAPABILITIES" && command != "MODE STREAM") {
      (*peer)->heard_ += ((*peer)->heard_.empty() ? "" : "; ");
      (*peer)->heard_ += command;
    }
  }
  if (a.article) {
    (*peer)->heard_ += (*peer)->heard_.empty() ? "(article)" : " (article)";
  }
  if (slow_sockets) {
    (*peer)->unsent_ += size;
  } else {
    events_.push_back(Sent{a.conn, size});
  }
  answer_by_itself(**peer, a.text);
  if (a.article && a.text.empty() && answers.contains("article")) {
    events_.push_back(Received{a.conn, keep(answers["article"] + "\r\n")});
  }
}

void Scene::act(const Disconnect& a) {
  const auto peer = std::ranges::find(peers_, a.conn, [](const auto& p) { return p->id_; });
  (*peer)->open_ = false;
}

// ---------------------------------------------------------------- the directory

void Scene::file(const std::string& name, std::string_view bytes) {
  auto made = std::make_shared<File>();
  made->bytes = bytes;
  made->stat.device = 1;
  made->stat.inode = ++last_inode_;
  made->stat.links = 1;
  made->stat.modified = now_.wall - std::chrono::hours(1);
  names_[name] = made;
}

void Scene::append(const std::string& name, std::string_view bytes) {
  names_.at(name)->bytes += bytes;
  changed(*names_.at(name));
}

void Scene::remove(const std::string& name) { names_.erase(name); }

void Scene::rename(const std::string& from, const std::string& to) {
  names_[to] = names_.at(from);
  names_.erase(from);
}

void Scene::cut(const std::string& name, std::size_t size) {
  names_.at(name)->bytes.resize(size);
  changed(*names_.at(name));
}

void Scene::symlink(const std::string& name, const std::string& target) {
  file(name, {});
  names_.at(name)->stat.type = FileType::symlink;
  names_.at(name)->target = target;
}

const std::string& Scene::text(const std::string& name) const { return names_.at(name)->bytes; }

FileStat& Scene::stat(const std::string& name) { return names_.at(name)->stat; }

std::vector<std::string> Scene::backlog() const {
  std::vector<std::string> all;
  for (const auto& [name, file] : names_) {
    if (name.starts_with("F_backlog")) {
      all.push_back(name);
    }
  }
  return all;
}

void Scene::changed(File& file) {
  file.stat.modified = now_.wall;
  if (watched_ && open_.contains(watched_) && open_.at(watched_).get() == &file) {
    events_.push_back(Grew{watched_});
  }
}

FileStat Scene::stat_of(const File& file) const {
  FileStat stat = file.stat;
  stat.size = file.bytes.size();
  return stat;
}

Scene::File* Scene::find(std::string_view name, bool follow) {
  const auto found = names_.find(name);
  if (found == names_.end()) {
    return nullptr;
  }
  File* file = found->second.get();
  return follow && file->stat.type == FileType::symlink ? find(file->target, true) : file;
}

void Scene::done_or(OpId op, int error) {
  if (error == 0) {
    events_.push_back(Done{op});
  } else {
    events_.push_back(Failed{op, error, keep(error_text(error))});
  }
}

void Scene::act(const OpenFile& a) {
  File* found = find(a.name, a.follow);
  const bool may_create = a.mode == OpenMode::append_or_create ||
                          a.mode == OpenMode::append_exclusive || a.mode == OpenMode::replace;
  if (found == nullptr && !may_create) {
    return done_or(a.op, ENOENT);
  }
  if (found != nullptr && a.mode == OpenMode::append_exclusive) {
    return done_or(a.op, EEXIST);
  }
  if (found != nullptr && found->stat.type == FileType::symlink) {
    return done_or(a.op, ELOOP);
  }
  if (found == nullptr) {
    file(std::string(a.name), {});
    found = find(a.name, false);
    found->stat.modified = now_.wall;
  }
  if (a.mode == OpenMode::replace) {
    found->bytes.clear();
  }
  for (const auto& [name, pointer] : names_) {
    if (pointer.get() == found) {
      open_[a.file] = pointer;
    }
  }
  events_.push_back(Opened{a.op, stat_of(*found)});
}

void Scene::act(const CloseFile& a) {
  open_.erase(a.file);
  done_or(a.op, 0);
}

void Scene::act(const StatName& a) {
  if (const File* found = find(a.name, a.follow)) {
    events_.push_back(Statted{a.op, stat_of(*found)});
  } else {
    done_or(a.op, ENOENT);
  }
}

void Scene::act(const StatFile& a) { events_.push_back(Statted{a.op, stat_of(*open_.at(a.file))}); }

void Scene::act(const Read& a) {
  const std::string& bytes = open_.at(a.file)->bytes;
  const auto from = std::min<std::size_t>(a.offset, bytes.size());
  events_.push_back(ReadDone{a.op, keep(std::string_view(bytes).substr(from, a.length))});
}

void Scene::act(const Overwrite& a) {
  File& file = *open_.at(a.file);
  if (a.offset + a.bytes.size() > file.bytes.size()) {
    return done_or(a.op, ERANGE);
  }
  file.bytes.replace(a.offset, a.bytes.size(), a.bytes);
  file.stat.modified = now_.wall;
  done_or(a.op, 0);
}

void Scene::act(const Append& a) {
  File& file = *open_.at(a.file);
  file.bytes += a.bytes;
  file.stat.modified = now_.wall;
  done_or(a.op, 0);
}

void Scene::act(const Truncate& a) {
  open_.at(a.file)->bytes.resize(a.size);
  done_or(a.op, 0);
}

void Scene::act(const Sync& a) { done_or(a.op, 0); }
void Scene::act(const SyncDirectory& a) { done_or(a.op, 0); }

void Scene::act(const Link& a) {
  const auto from = names_.find(a.from);
  if (from == names_.end()) {
    return done_or(a.op, ENOENT);
  }
  done_or(a.op, names_.emplace(a.to, from->second).second ? 0 : EEXIST);
}

void Scene::act(const Unlink& a) {
  const auto found = names_.find(a.name);
  if (found == names_.end()) {
    return done_or(a.op, ENOENT);
  }
  names_.erase(found);
  done_or(a.op, 0);
}

void Scene::act(const List& a) {
  auto& all = listings_.emplace_back();
  for (const auto& [name, file] : names_) {
    if (name.starts_with(a.prefix)) {
      ListedName& listed = all.emplace_back(ListedName{keep(name), stat_of(*file), {}});
      if (const File* target = find(name, true); target != nullptr && target != file.get()) {
        listed.target = stat_of(*target);
      }
    }
  }
  events_.push_back(Listed{a.op, all});
}

void Scene::act(const ProveUnwritten& a) {
  done_or(a.op, cannot_prove != 0 ? cannot_prove : somebody_writes ? EAGAIN : 0);
}

void Scene::act(const Watch& a) { watched_ = a.file; }

// ---------------------------------------------------------------- innd, the store, people

void Scene::act(const Flush& a) {
  flush_ = a.op;
  ++flushes;
}

void Scene::act(const ForgetFlush&) { flush_ = {}; }

void Scene::innd(FlushOutcome outcome, std::string_view text) {
  events_.push_back(Flushed{std::exchange(flush_, {}), outcome, text});
  run();
}

void Scene::innd_flushes() {
  if (!exists("F")) {
    file("F", {});
  }
  innd(FlushOutcome::ok);
}

void Scene::act(const Fetch& a) {
  const auto found = store.find(readable(a.locator));
  const FetchOutcome outcome = found == store.end() ? FetchOutcome::ready : found->second;
  events_.push_back(Fetched{a.article, outcome, outcome == FetchOutcome::ready ? article_size : 0,
                            a.message_id.empty() ? keep("<found@x>") : keep(a.message_id),
                            "the store says so"});
}

void Scene::act(const ReadMarks& a) { events_.push_back(Marks{a.op, crashed, run_number, marks}); }
void Scene::act(const ClearMarks& a) {
  crashed = false;
  marks.clear();
  events_.push_back(Done{a.op});
}
void Scene::act(const ReopenStore& a) { done_or(a.op, 0); }

void Scene::act(const Answer& a) { answered_ += a.text; }
void Scene::act(const AnswerJson& a) { answered_ += core::cat("json of ", a.status->site, "\n"); }

std::string Scene::ask(std::string_view command) {
  answered_.clear();
  event(Asked{ClientId{1}, command});
  return answered_;
}

void Scene::note(const Note& note) {
  if (note.level >= Level::warning) {
    warnings_.emplace_back(note.text);
  }
  constexpr std::string_view move = "feed: ";
  if (note.level == Level::debug && note.text.starts_with(move)) {
    const auto words = note.text.substr(move.size());
    moves_.emplace_back(words.substr(0, words.find(':')));
  }
}

// ---------------------------------------------------------------- time

Scene::Scene() {
  config.site = "site";
  config.fqdn = "peer.example";
  config.feed_path = "/feeds/F";
  config.feed_name = "F";
}

void Scene::start() {
  duct_ = std::make_unique<Duct>(config, 1);
  duct_->start(now_, actions_);
  run();
}

void Scene::restart() {
  duct_.reset();
  actions_.clear();
  events_.clear();
  open_.clear();
  held_.clear();
  held_prefixes_.clear();
  failures_.clear();
  watched_ = {};
  flush_ = {};
  exit_.reset();
  for (const auto& peer : peers_) {
    peer->open_ = false;
    peer->id_ = {};
  }
  known_ = {};
  start();
}

void Scene::event(const Event& event) {
  events_.push_back(event);
  run();
}

void Scene::run() {
  constexpr int turns_max = 10'000;
  for (int turns = 0; !exit_ && duct_; ++turns) {
    take_actions();
    if (exit_ || (events_.empty() && duct_->deadline() > now_.monotonic)) {
      return;
    }
    core::check(turns < turns_max, "an engine comes to rest");
    turn();
  }
}

void Scene::turn() {
  const std::vector<Event> events = std::exchange(events_, {});
  const std::size_t before = allocations != nullptr ? *allocations : 0;
  duct_->turn(events, now_, actions_);
  allocations_in_turns += allocations != nullptr ? *allocations - before : 0;
  arena_.clear();
  listings_.clear();
  address_lists_.clear();
}

void Scene::pass(core::Duration duration) {
  const core::Instant end = now_.monotonic + duration;
  while (!exit_ && now_.monotonic < end) {
    const auto step = std::clamp(duct_->deadline(), now_.monotonic, end) - now_.monotonic;
    now_.monotonic += step;
    now_.wall += step;
    run();
  }
}

// An open file is called by a name that still leads to it, if there is one.
void Scene::learn_names() {
  for (const auto& [id, file] : open_) {
    std::string& known = known_.files[id];
    const auto found = names_.find(known);
    if (found != names_.end() && found->second == file) {
      continue;
    }
    for (const auto& [name, other] : names_) {
      known = other == file ? name : known;
    }
  }
}

void Scene::take_actions() {
  learn_names();
  const std::vector<Action> all = actions_.list();
  for (const Action& action : all) {
    std::string line = printed(action, known_);
    if (const auto error = takes_failure(line)) {
      if (const auto* fetch = std::get_if<Fetch>(&action)) {
        events_.push_back(Fetched{fetch->article, FetchOutcome::trouble, 0, {}, "it failed"});
      } else {
        done_or(*op_of(action), *error);
      }
    } else if (is_held(line)) {
      Held& held = held_.emplace_back(Held{line, action, {}});
      if (auto* write = std::get_if<Append>(&held.action)) {
        write->bytes = held.texts.emplace_back(write->bytes);
      } else if (auto* blank = std::get_if<Overwrite>(&held.action)) {
        blank->bytes = held.texts.emplace_back(blank->bytes);
      } else if (auto* fetch = std::get_if<Fetch>(&held.action)) {
        fetch->locator = held.texts.emplace_back(fetch->locator);
        fetch->message_id = held.texts.emplace_back(fetch->message_id);
      } else if (auto* link = std::get_if<Link>(&held.action)) {
        link->from = held.texts.emplace_back(link->from);
        link->to = held.texts.emplace_back(link->to);
      } else if (auto* unlink = std::get_if<Unlink>(&held.action)) {
        unlink->name = held.texts.emplace_back(unlink->name);
      } else if (auto* look = std::get_if<StatName>(&held.action)) {
        look->name = held.texts.emplace_back(look->name);
      } else if (auto* open = std::get_if<OpenFile>(&held.action)) {
        open->name = held.texts.emplace_back(open->name);
      } else if (auto* connect = std::get_if<Connect>(&held.action)) {
        connect->address = held.texts.emplace_back(connect->address);
      }
    } else {
      perform(action);
    }
    printed_.push_back(std::move(line));
  }
  actions_.clear();
}

void Scene::perform(const Action& action) {
  std::visit([this](const auto& a) { act(a); }, action);
}

// ---------------------------------------------------------------- what goes badly

bool Scene::is_held(const std::string& line) const {
  return std::ranges::any_of(held_prefixes_,
                             [&](const std::string& prefix) { return line.starts_with(prefix); });
}

bool Scene::holding(std::string_view prefix) const {
  return std::ranges::any_of(held_,
                             [&](const Held& held) { return held.line.starts_with(prefix); });
}

void Scene::let_go(const std::string& prefix) {
  held_prefixes_.erase(prefix);
  std::deque<Held> others;
  std::deque<Held> freed;
  for (Held& held : held_) {
    (held.line.starts_with(prefix) ? freed : others).push_back(std::move(held));
  }
  held_ = std::move(others);
  for (const Held& held : freed) {
    perform(held.action);
  }
  run();
}

void Scene::fail(const std::string& prefix, int error, int times) {
  failures_.insert(failures_.end(), static_cast<std::size_t>(times), {prefix, error});
}

std::optional<int> Scene::takes_failure(const std::string& line) {
  const auto found =
      std::ranges::find_if(failures_, [&](const auto& f) { return line.starts_with(f.first); });
  if (found == failures_.end()) {
    return {};
  }
  const int error = found->second;
  failures_.erase(found);
  return error;
}

std::vector<std::string> Scene::asked(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (const std::string& line : std::exchange(printed_, {})) {
    if (std::ranges::any_of(words, [&](const auto& word) { return line.starts_with(word); })) {
      all.push_back(line);
    }
  }
  return all;
}

std::ptrdiff_t Scene::said(std::string_view words) const {
  return std::ranges::count_if(
      warnings_, [&](const std::string& text) { return text.find(words) != text.npos; });
}

}  // namespace innduct::engine
