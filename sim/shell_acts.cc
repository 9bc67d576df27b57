// shell_acts.cc: what each action does to the false world.
#include <algorithm>
#include <cerrno>

#include "core/cat.h"
#include "sim/failure.h"
#include "sim/names.h"
#include "sim/shell.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using namespace engine;
using core::cat;

namespace {

// More files than that are never needed at once (C6).
constexpr std::size_t files_max = 24;
// Fetched articles that were not sent yet: the limit and one large article (C6).
constexpr std::size_t held_bytes_max = (4 << 20) + (1 << 19);
constexpr int name_resolution_failed = -3;  // EAI_AGAIN

}  // namespace

// ---------------------------------------------------------------- files

Shell::Handle& Shell::handle(FileId file) {
  const auto found = handles_.find(file);
  if (found == handles_.end()) {
    throw Failure(cat("the program uses file ", file.value, ", which is not open"));
  }
  return found->second;
}

void Shell::stat(OpId op, FileKey file) { tell({.event = Statted{op, world_.disk.stat(file)}}); }

void Shell::act(const OpenFile& a, const Task& task) {
  Disk& disk = world_.disk;
  const std::string& name = task.text;
  const bool may_create = a.mode == OpenMode::append_or_create ||
                          a.mode == OpenMode::append_exclusive || a.mode == OpenMode::replace;
  FileKey key = a.follow ? disk.follow(name) : disk.find(name);
  const bool there = disk.find(name) != 0;
  if (const int error =
          world_.faults.strike(may_create && !there ? FileAct::create : FileAct::open)) {
    return failed(a.op, error);
  }
  if (there && a.mode == OpenMode::append_exclusive) return failed(a.op, EEXIST);
  if (key != 0 && disk.file(key).type == FileType::symlink) return failed(a.op, ELOOP);
  if (key == 0 && !may_create) return failed(a.op, ENOENT);
  if (key != 0 && disk.file(key).locked) return failed(a.op, EACCES);
  if (key != 0 && disk.file(key).type == FileType::directory) return failed(a.op, EISDIR);
  if (key != 0 && disk.file(key).type == FileType::other) return failed(a.op, ENXIO);
  if (key == 0) {
    world_.judge.creating(name);
    key = disk.create(name);
    disk.claim(key);
    at_moves_();
  }
  if (a.mode == OpenMode::replace) {
    if (name != names::dump) throw Failure(cat("C3: the program empties ", name));
    disk.truncate(key, 0);
  }
  const bool writing = a.mode != OpenMode::read;
  disk.hold(key, writing);
  handles_[a.file] = {key, writing, false, name != names::dump};
  if (handles_.size() > files_max) {
    throw Failure(cat("C6: the program has ", handles_.size(), " files open"));
  }
  tell({.event = Opened{a.op, disk.stat(key)}});
}

void Shell::act(const CloseFile& a, const Task&) {
  const Handle closed = handle(a.file);
  handles_.erase(a.file);
  if (watched_ == a.file) watched_ = {};
  if (closed.written) {
    if (const int error = world_.faults.strike(FileAct::close)) {
      world_.disk.lose(closed.file, world_.disk.now());
      world_.disk.release(closed.file, closed.writing);
      return closed.matters ? failed_finally(a.op, error) : failed(a.op, error);
    }
  }
  world_.disk.release(closed.file, closed.writing);
  done(a.op);
}

void Shell::act(const StatName& a, const Task& task) {
  if (const int error = world_.faults.strike(FileAct::look)) return failed(a.op, error);
  const FileKey key = a.follow ? world_.disk.follow(task.text) : world_.disk.find(task.text);
  world_.judge.looked_at(task.text);
  if (key == 0) return failed(a.op, ENOENT);
  stat(a.op, key);
}

void Shell::act(const StatFile& a, const Task&) { stat(a.op, handle(a.file).file); }

void Shell::act(const Read& a, const Task&) {
  const Handle& h = handle(a.file);
  if (const int error = world_.faults.strike(FileAct::read)) return failed(a.op, error);
  const std::string& image = world_.disk.file(h.file).image;
  std::string bytes;
  if (a.offset < image.size()) bytes = image.substr(a.offset, a.length);
  tell({.event = ReadDone{a.op, {}}, .bytes = std::move(bytes)});
}

void Shell::act(const Overwrite& a, const Task& task) {
  Handle& h = handle(a.file);
  if (!h.writing) return failed(a.op, EBADF);
  if (a.offset + task.text.size() > world_.disk.file(h.file).image.size()) {
    return failed(a.op, ERANGE);
  }
  std::string_view bytes = task.text;
  const int error = world_.faults.strike(FileAct::overwrite);
  if (error != 0) bytes = bytes.substr(0, world_.faults.part_of(bytes.size()));
  if (!bytes.empty()) {
    world_.judge.overwriting(h.file, a.offset, bytes);
    world_.disk.overwrite(h.file, a.offset, bytes);
    h.written = true;
  }
  error != 0 ? failed(a.op, error) : done(a.op);
}

void Shell::act(const Append& a, const Task& task) {
  Handle& h = handle(a.file);
  if (!h.writing) return failed(a.op, EBADF);
  world_.judge.appending(h.file, task.text);
  std::string_view bytes = task.text;
  const int error = world_.faults.strike(FileAct::append);
  if (error != 0) bytes = bytes.substr(0, world_.faults.part_of(bytes.size()));
  if (!bytes.empty()) {
    const std::uint64_t from = world_.disk.file(h.file).image.size();
    world_.disk.append(h.file, bytes);
    h.written = true;
    world_.ledger.look(h.file);
    if (h.file == world_.disk.find(names::quarantine)) {
      for (const Ledger::Found& found : world_.ledger.found_in(h.file, from, from + bytes.size())) {
        world_.evidence.demand(found.number);
      }
    }
    at_moves_();
  }
  error != 0 ? failed(a.op, error) : done(a.op);
}

void Shell::act(const Truncate& a, const Task&) {
  Handle& h = handle(a.file);
  if (const int error = world_.faults.strike(FileAct::truncate)) return failed(a.op, error);
  world_.judge.cutting(h.file, a.size);
  world_.disk.truncate(h.file, a.size);
  world_.ledger.cut(h.file, a.size);
  h.written = true;
  at_moves_();
  done(a.op);
}

void Shell::act(const Sync& a, const Task& task) {
  const Handle& h = handle(a.file);
  if (const int error = world_.faults.strike(FileAct::sync)) {
    world_.disk.lose(h.file, task.begun);
    return failed_finally(a.op, error);
  }
  world_.disk.sync(h.file, task.begun);
  done(a.op);
}

void Shell::act(const SyncDirectory& a, const Task& task) {
  if (const int error = world_.faults.strike(FileAct::sync_names)) {
    return failed_finally(a.op, error);
  }
  world_.disk.sync_names(task.begun);
  done(a.op);
}

void Shell::act(const Link& a, const Task& task) {
  const std::string& from = task.text;
  const std::string& to = task.more;
  if (const int error = world_.faults.strike(FileAct::link)) return failed(a.op, error);
  before_link_(to);
  if (world_.disk.find(from) == 0) return failed(a.op, ENOENT);
  if (world_.disk.find(to) != 0) {
    if (from == names::defer) stage_.reach(Landmark::name_of_defer_taken);
    if (from == names::flushing) stage_.reach(Landmark::name_of_flushing_taken);
    return failed(a.op, EEXIST);
  }
  world_.judge.linking(from, to);
  world_.disk.link(from, to);
  at_moves_();
  done(a.op);
}

void Shell::act(const Unlink& a, const Task& task) {
  if (world_.disk.find(task.text) == 0) return failed(a.op, ENOENT);
  if (const int error = world_.faults.strike(FileAct::unlink)) return failed(a.op, error);
  world_.judge.unlinking(task.text);
  if (task.text == names::flushing &&
      world_.disk.find(names::feed) == world_.disk.find(names::flushing)) {
    stage_.reach(Landmark::link_undone);
  }
  world_.disk.unlink(task.text);
  at_moves_();
  done(a.op);
}

void Shell::act(const List& a, const Task& task) {
  if (const int error = world_.faults.strike(FileAct::list)) return failed(a.op, error);
  const Disk& disk = world_.disk;
  last_listed_ = stage_.time.now().monotonic;
  for (const auto& [name, key] : disk.names()) world_.judge.looked_at(name);
  Arrival arrival{.event = Listed{a.op, {}}};
  for (const auto& [name, key] : disk.names()) {
    if (!name.starts_with(task.text) || name.find('/') != std::string::npos) continue;
    ArrivalName listed{.name = name, .self = disk.stat(key)};
    const FileKey target = disk.follow(name);
    if (target != 0 && target != key) listed.target = disk.stat(target);
    arrival.names.push_back(std::move(listed));
  }
  // A directory is listed in any order.
  dice_.shuffle(arrival.names);
  tell(std::move(arrival));
}

void Shell::act(const ProveUnwritten& a, const Task& task) {
  const FileKey key = world_.disk.find(task.text);
  if (key == 0) return failed(a.op, ENOENT);
  if (stage_.options.disk.no_leases) return failed(a.op, EINVAL);
  world_.disk.file(key).writers > 0 ? failed(a.op, EAGAIN) : done(a.op);
}

void Shell::act(const Watch& a, const Task&) { watched_ = a.file; }

// ---------------------------------------------------------------- innd

void Shell::act(const Flush& a, const Task&) {
  flushes_[a.op] = true;
  world_.innd.ask_flush(
      [this, op = a.op, process = process_](FlushOutcome outcome, std::string_view text) {
        if (process != process_ || flushes_.erase(op) == 0) return;
        tell({.event = Flushed{op, outcome, {}}, .bytes = std::string(text)});
      });
}

void Shell::act(const ForgetFlush& a, const Task&) { flushes_.erase(a.op); }

// ---------------------------------------------------------------- articles

void Shell::act(const Fetch& a, const Task& task) {
  held_[a.article] = {};
  world_.in_hand.mark(a.article, task.third, a.probe);
  const core::Instant when =
      std::max(store_closed_until_, stage_.time.now().monotonic + world_.spool.latency());
  store_busy_until_ = std::max(store_busy_until_, when);
  stage_.time.at(
      when, [this, ref = a.article, locator = task.text, id = task.more, process = process_] {
        const auto held = held_.find(ref);
        if (process != process_ || held == held_.end()) return;
        const Spool::Found found = world_.spool.fetch(locator, id);
        world_.evidence.fetched(found.number, found.outcome);
        if (found.outcome == FetchOutcome::ready &&
            world_.spool.poison(found.number) == Spool::Poison::when_read) {
          return crash_();
        }
        Arrival arrival{.event = {}, .bytes = std::string(found.text)};
        Fetched fetched{.article = ref, .outcome = found.outcome};
        if (found.outcome == FetchOutcome::ready) {
          fetched.size = world_.articles.wire(found.number).size();
          held->second = {true, found.number, fetched.size};
          held_bytes_ += fetched.size;
          if (held_bytes_ > held_bytes_max) {
            throw Failure(cat("C6: the program holds ", held_bytes_, " bytes of articles"));
          }
          if (id.empty()) arrival.id = world_.articles[found.number].message_id;
        } else {
          held_.erase(held);
          world_.in_hand.unmark(ref);
        }
        arrival.event = fetched;
        tell(std::move(arrival));
      });
}

void Shell::act(const Release& a, const Task&) {
  world_.in_hand.unmark(a.article);
  const auto held = held_.find(a.article);
  if (held == held_.end()) return;
  held_bytes_ -= held->second.size;
  held_.erase(held);
}

void Shell::act(const ReopenStore& a, const Task&) {
  const core::Instant when =
      std::max(store_busy_until_, stage_.time.now().monotonic) + dice_.widely(1ms, 100ms);
  store_busy_until_ = when;
  store_closed_until_ = when;
  stage_.time.at(when, [this, op = a.op, process = process_] {
    if (process != process_) return;
    world_.spool.reopen();
    done(op);
  });
}

void Shell::act(const ReadMarks& a, const Task&) {
  tell({.event = Marks{a.op, world_.in_hand.after_crash(), world_.in_hand.run(), {}},
        .marks = world_.in_hand.marks()});
}

void Shell::act(const ClearMarks& a, const Task&) {
  world_.in_hand.clear();
  done(a.op);
}

// ---------------------------------------------------------------- the peer

void Shell::act(const Resolve& a, const Task&) {
  const bool fails = !stage_.mercy && dice_.permille(stage_.options.peer.unresolved);
  stage_.time.after(dice_.widely(1ms, 5s), [this, op = a.op, fails, process = process_] {
    if (process != process_) return;
    if (fails) {
      tell({.event = Failed{op, name_resolution_failed, {}}, .bytes = "try again"});
    } else {
      tell({.event = Resolved{op, {}}, .addresses = world_.peer.addresses()});
    }
  });
}

void Shell::act(const Connect& a, const Task& task) { world_.network.connect(a.conn, task.text); }

void Shell::act(const Send& a, const Task& task) {
  std::string article;
  if (const auto held = held_.find(a.article); held != held_.end()) {
    if (world_.spool.poison(held->second.number) == Spool::Poison::when_sent) return crash_();
    article = world_.articles.wire(held->second.number);
    held_bytes_ -= held->second.size;
    held_.erase(held);
  }
  world_.network.send(a.conn, task.text, article);
}

void Shell::act(const Disconnect& a, const Task&) {
  world_.network.disconnect(a.conn, a.gracefully);
}

// ---------------------------------------------------------------- people

void Shell::act(const Answer& a, const Task& task) {
  // What says nothing is the prompt for somebody who has come.
  if (task.text.find('\n') != std::string::npos) world_.judge.program_answered(a.client);
}
void Shell::act(const AnswerJson& a, const Task&) { world_.judge.program_answered(a.client); }
void Shell::act(const Hangup&, const Task&) {}
void Shell::act(const Note& a, const Task& task) {
  if (a.level >= Level::error) last_error_ = task.text;
  if (stage_.landmarks != nullptr) stage_.landmarks->said(task.text);
}
void Shell::act(const Exit& a, const Task&) { exit_ = a; }

}  // namespace innduct::sim
