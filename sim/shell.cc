// shell.cc: when actions happen, and what the program is told. What they do is in shell_acts.cc.
#include "sim/shell.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "core/cat.h"
#include "sim/describe.h"
#include "sim/failure.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using namespace engine;

namespace {

// Whether it is about files or names, not about innd, articles, the peer or people.
bool is_file_action(const Action& action) {
  return std::visit(
      [](const auto& a) {
        using A = std::remove_cvref_t<decltype(a)>;
        return requires { a.file; }
        || requires { a.name; }
        || requires { a.prefix; }
        || requires { a.from; }
        || std::is_same_v<A, SyncDirectory>;
      },
      action);
}

// What a kill right before it may leave undone on the disk.
bool changes_disk(const Action& action) {
  if (const auto* open = std::get_if<OpenFile>(&action)) {
    return open->mode > OpenMode::append;
  }
  return std::holds_alternative<Overwrite>(action) || std::holds_alternative<Append>(action) ||
         std::holds_alternative<Truncate>(action) || std::holds_alternative<Sync>(action) ||
         std::holds_alternative<SyncDirectory>(action) || std::holds_alternative<Link>(action) ||
         std::holds_alternative<Unlink>(action);
}

}  // namespace

// ---------------------------------------------------------------- the process

void Shell::process_started() {
  ++process_;
  alive_ = true;
  exit_.reset();
  last_error_.clear();
  outcome_log_.process_started();
  world_.faults.process_started();
  world_.judge.process_started();
  world_.spool.process_started();
}

void Shell::process_ended(bool by_crash) {
  ++process_;
  alive_ = false;
  inbox_.clear();
  lanes_.clear();
  for (const auto& [id, open] : handles_) world_.disk.release(open.file, open.writing);
  handles_.clear();
  connections_.clear();
  held_.clear();
  held_bytes_ = 0;
  flushes_.clear();
  final_failures_.clear();
  watched_ = {};
  kill_ = nullptr;
  world_.network.process_ended();
  world_.wire.process_ended();
  world_.in_hand.process_ended(by_crash);
}

void Shell::kill_after(unsigned actions, std::function<void()> then) {
  kill_in_ = actions;
  kill_ = std::move(then);
  only_changes_count_ = false;
}

void Shell::kill_at_change(unsigned changes, std::function<void()> then) {
  kill_after(changes, std::move(then));
  only_changes_count_ = true;
}

// ---------------------------------------------------------------- events

void Shell::tell(Arrival arrival) {
  if (!alive_) return;
  if (const auto* sent = std::get_if<Sent>(&arrival.event)) {
    world_.in_hand.accepted(sent->conn, sent->bytes);
  }
  inbox_.push_back(std::move(arrival));
}

std::vector<Arrival> Shell::take() {
  std::vector<Arrival> taken;
  if (inbox_.size() > 1 && dice_.one_in(10)) {
    const auto count = static_cast<std::ptrdiff_t>(1 + dice_.below(inbox_.size() - 1));
    std::move(inbox_.begin(), inbox_.begin() + count, std::back_inserter(taken));
    inbox_.erase(inbox_.begin(), inbox_.begin() + count);
  } else {
    taken.swap(inbox_);
  }
  for (const Arrival& arrival : taken) {
    if (const auto* failed = std::get_if<Failed>(&arrival.event);
        failed != nullptr && final_failures_.contains(failed->op)) {
      world_.judge.told_of_failed_sync();
    }
    if (const auto* lost = std::get_if<Lost>(&arrival.event)) {
      connections_.erase(lost->conn);
      world_.wire.lost(lost->conn);
      world_.in_hand.closed(lost->conn);  // and what was sent on it before this was known
    }
    if (arrival.completes) {
      world_.wire.answered(std::get<Received>(arrival.event).conn, *arrival.completes);
    }
  }
  return taken;
}

void Shell::failed(OpId op, int error) {
  tell({.event = Failed{op, error, {}}, .bytes = std::strerror(error)});
}

void Shell::failed_finally(OpId op, int error) {
  final_failures_.insert(op);
  failed(op, error);
}

void Shell::grew(FileKey file) {
  const auto watched = handles_.find(watched_);
  if (watched == handles_.end() || watched->second.file != file) return;
  if (!stage_.mercy && dice_.permille(stage_.options.hints_lost)) return;
  stage_.time.after(dice_.widely(1us, 10ms), [this, id = watched_, process = process_] {
    if (process == process_ && id == watched_) tell({.event = Grew{id}});
  });
}

// ---------------------------------------------------------------- order

std::uint64_t Shell::lane_of(const Action& action) {
  // Files and connections are counted in one sequence by the engine, but need not be: odd and even.
  return std::visit(
      [](const auto& a) -> std::uint64_t {
        using A = std::remove_cvref_t<decltype(a)>;
        if constexpr (requires { a.file; }) return a.file.value * 2;
        if constexpr (requires { a.conn; }) return a.conn.value * 2 + 1;
        // A flush and its forgetting, a retrieval and its release: the same operation.
        if constexpr (std::is_same_v<A, Flush> || std::is_same_v<A, ForgetFlush>) return ~0ULL;
        if constexpr (std::is_same_v<A, Fetch> || std::is_same_v<A, Release> ||
                      std::is_same_v<A, ReopenStore>) {
          return ~1ULL;
        }
        if constexpr (std::is_same_v<A, Answer> || std::is_same_v<A, AnswerJson> ||
                      std::is_same_v<A, AnswerTrace> || std::is_same_v<A, Hangup>) {
          return ~2ULL;
        }
        return 0;
      },
      action);
}

Shell::Task Shell::task_of(const Action& action) {
  Task task{.action = action};
  std::visit(
      [&](const auto& a) {
        if constexpr (requires { a.name; }) task.text = a.name;
        if constexpr (requires { a.bytes; }) task.text = a.bytes;
        if constexpr (requires { a.text; }) task.text = a.text;
        if constexpr (requires { a.address; }) task.text = a.address;
        if constexpr (requires { a.prefix; }) task.text = a.prefix;
        if constexpr (requires {
                        a.from;
                        a.to;
                      }) {
          task.text = a.from;
          task.more = a.to;
        }
        if constexpr (requires {
                        a.locator;
                        a.message_id;
                      }) {
          task.text = a.locator;
          task.more = a.message_id;
          task.third = a.mark;
        }
      },
      action);
  return task;
}

core::Duration Shell::latency_of(const Action& action) {
  const DiskOptions& o = stage_.options.disk;
  if (std::holds_alternative<Sync>(action) || std::holds_alternative<SyncDirectory>(action)) {
    return o.slow_syncs && !stage_.mercy ? dice_.widely(1ms, 30s) : dice_.widely(10us, 50ms);
  }
  if (is_file_action(action) && o.slow_files && !stage_.mercy) return dice_.widely(1us, 1s);
  return dice_.coin() ? core::Duration{} : dice_.widely(1us, 2ms);
}

void Shell::perform(const std::vector<Action>& actions) {
  for (const Action& action : actions) {
    const bool at_work =
        std::holds_alternative<Watch>(action) || std::holds_alternative<Flush>(action) ||
        std::holds_alternative<Fetch>(action) || std::holds_alternative<Resolve>(action);
    if (at_work) world_.faults.start_is_over();
    if (stage_.record.on()) stage_.say("  action", to_text(action));
    mix(stage_.record, action);
    watch_connections(action);
  }
  world_.wire.turn_ended();
  world_.judge.asked_for(actions);
  outcome_log_.asked_for(actions);
  if (!actions.empty() && std::holds_alternative<Exit>(actions.back())) {
    perform_at_once(actions);
    return;
  }
  // Which lane goes next is left to chance; within a lane the order stays.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    // (A line of the outcome log does nothing to the world.)
    if (!std::holds_alternative<Outcome>(actions[i])) order.push_back(i);
  }
  std::map<std::uint64_t, std::deque<std::size_t>> lanes;
  for (const std::size_t i : order) lanes[lane_of(actions[i])].push_back(i);
  dice_.shuffle(order);
  for (const std::size_t i : order) {
    const std::uint64_t lane = lane_of(actions[i]);
    if (lane == 0) {
      begin(0, task_of(actions[i]));
    } else {
      std::deque<std::size_t>& waiting = lanes[lane];
      queue(lane, task_of(actions[waiting.front()]));
      waiting.pop_front();
    }
  }
}

void Shell::watch_connections(const Action& action) {
  const std::size_t most = stage_.options.config.connections_max;
  if (const auto* gone = std::get_if<Disconnect>(&action)) {
    connections_.erase(gone->conn);
    world_.wire.gone(gone->conn);
    world_.in_hand.closed(gone->conn);
  } else if (const auto* sent = std::get_if<Send>(&action)) {
    std::optional<ArticleNumber> article;
    std::size_t size = sent->text.size();
    if (sent->article) {
      const auto held = held_.find(sent->article);
      if (held == held_.end() || !held->second.ready) {
        throw Failure(core::cat("the program sends article ", sent->article.value,
                                ", which it does not hold"));
      }
      article = held->second.number;
      size += held->second.size;
    }
    world_.in_hand.sent(sent->conn, size, sent->article);
    world_.wire.sent(sent->conn, sent->text, article);
  } else if (const auto* made = std::get_if<Connect>(&action)) {
    connections_.insert(made->conn);
    if (connections_.size() > most) {
      throw Failure(
          core::cat("C6: ", connections_.size(), " connections, where ", most, " are allowed"));
    }
  }
}

void Shell::perform_at_once(const std::vector<Action>& actions) {
  for (const Action& action : actions) {
    Task task = task_of(action);
    task.begun = world_.disk.now();
    happen(task);
  }
}

void Shell::queue(std::uint64_t lane, Task task) {
  std::deque<Task>& waiting = lanes_[lane];
  waiting.push_back(std::move(task));
  if (waiting.size() == 1) begin(lane, std::move(waiting.front()));
}

void Shell::begin(std::uint64_t lane, Task task) {
  task.begun = world_.disk.now();
  const core::Duration latency = latency_of(task.action);
  stage_.time.after(latency, [this, lane, task = std::move(task), process = process_] {
    if (process != process_) return;
    const bool counts = !only_changes_count_ || changes_disk(task.action);
    if (kill_ && counts && kill_in_-- == 0) {
      const auto then = std::move(kill_);
      kill_ = nullptr;
      then();
      return;
    }
    happen(task);
    if (lane == 0 || process != process_) return;
    const auto waiting = lanes_.find(lane);
    waiting->second.pop_front();
    if (waiting->second.empty()) {
      lanes_.erase(waiting);
    } else {
      begin(lane, std::move(waiting->second.front()));
    }
  });
}

void Shell::happen(const Task& task) {
  std::visit([&](const auto& a) { act(a, task); }, task.action);
}

}  // namespace innduct::sim
