// steps.cc: running a list of file operations, one at a time.
#include "engine/steps.h"

#include <cerrno>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "engine/failure.h"

namespace innduct::engine {
namespace {

std::string describe(const Step& step, std::string_view error) {
  using Kind = Step::Kind;
  switch (step.kind) {
    case Kind::sync_file:
      return failure_text("sync", "a queue file", error);
    case Kind::sync_directory:
      return failure_text("sync", "the directory of the feed file", error);
    case Kind::link:
      return core::cat("cannot link ", step.name, " to ", step.to, ": ", error);
    case Kind::unlink:
      return failure_text("remove", step.name, error);
    case Kind::close:
      return failure_text("close", "a queue file", error);
    case Kind::expect_file:
    case Kind::expect_absent:
    case Kind::expect_size:
      return failure_text("look at", step.name, error);
    case Kind::prove_unwritten:
      return failure_text("make sure that nobody writes to", step.name, error);
  }
  return {};
}

bool is_sync(const Step& step) {
  return step.kind == Step::Kind::sync_file || step.kind == Step::Kind::sync_directory;
}

}  // namespace

void Steps::begin(Turn& turn, Room owner, std::vector<Step> steps) {
  std::erase_if(steps, [&](const Step& step) { return !turn.config.keeps(step.rule); });
  core::check(!running() && !steps.empty(), "one list of steps runs at a time");
  owner_ = owner;
  steps_ = std::move(steps);
  at_ = 0;
  ask(turn);
}

void Steps::ask(Turn& turn) {
  using Kind = Step::Kind;
  const Step& step = steps_[at_];
  op_ = turn.ids.op(owner_);
  const auto name = turn.actions.keep(step.name);
  switch (step.kind) {
    case Kind::sync_file:
      turn.actions.add(Sync{op_, step.file});
      break;
    case Kind::sync_directory:
      turn.actions.add(SyncDirectory{op_});
      break;
    case Kind::link:
      turn.actions.add(Link{op_, name, turn.actions.keep(step.to)});
      break;
    case Kind::unlink:
      turn.actions.add(Unlink{op_, name});
      break;
    case Kind::close:
      turn.actions.add(CloseFile{op_, step.file});
      break;
    case Kind::expect_file:
    case Kind::expect_absent:
      turn.actions.add(StatName{op_, name, false});
      break;
    case Kind::expect_size:
      turn.actions.add(StatName{op_, name, true});
      break;
    case Kind::prove_unwritten:
      turn.actions.add(ProveUnwritten{op_, name});
      break;
  }
  if (is_sync(step) && at_ + 1 < steps_.size() && !turn.config.keeps(Rule::await_sync)) {
    ++at_;
    ask(turn);
  }
}

std::optional<Steps::End> Steps::on(Turn& turn, const Event& event) {
  if (!running()) {
    return {};
  }
  const Step& step = steps_[at_];
  if (const auto* done = std::get_if<Done>(&event); done != nullptr && done->op == op_) {
    return advance(turn);
  }
  if (const auto* statted = std::get_if<Statted>(&event);
      statted != nullptr && statted->op == op_) {
    const bool met =
        step.kind == Step::Kind::expect_size
            ? statted->stat.size == step.expected.size
            : step.kind == Step::Kind::expect_file && statted->stat.same_file(step.expected);
    return met ? advance(turn) : failed(turn, 0, "it is not what was expected");
  }
  if (const auto* failure = std::get_if<Failed>(&event); failure != nullptr && failure->op == op_) {
    const bool absence_is_good =
        step.kind == Step::Kind::unlink || step.kind == Step::Kind::expect_absent;
    if (absence_is_good && failure->error == ENOENT) {
      return advance(turn);
    }
    return failed(turn, failure->error, failure->text);
  }
  return {};
}

std::optional<Steps::End> Steps::advance(Turn& turn) {
  turn.again = true;
  if (++at_ < steps_.size()) {
    ask(turn);
    return {};
  }
  return End{true, {}, 0, {}};
}

std::optional<Steps::End> Steps::failed(Turn& turn, int error, std::string_view text) {
  turn.again = true;
  const Step& step = steps_[at_];
  const bool is_close = step.kind == Step::Kind::close;
  if ((is_sync(step) && !turn.config.keeps(Rule::failed_sync_is_final)) ||
      (is_close && !turn.config.keeps(Rule::failed_close_is_final))) {
    return advance(turn);
  }
  End end{false, step, error, describe(step, text)};
  if (is_sync(step) || is_close) {
    // I9: the kernel may have dropped what could not be written, and says so once.
    turn.end(exit_code::world_trouble, Level::error,
             core::cat(end.text, ": ", cure(error), ", then restart"));
  }
  steps_.clear();
  at_ = 0;
  return end;
}

}  // namespace innduct::engine
