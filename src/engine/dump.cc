// dump.cc: open, append, close.
#include "engine/dump.h"

#include <utility>

#include "core/cat.h"
#include "engine/failure.h"

namespace innduct::engine {

void Dump::write(Turn& turn, std::string report, ClientId client) {
  report_ = std::move(report);
  client_ = client;
  failure_.clear();
  busy_ = true;
  opened_ = closing_ = false;
  file_ = turn.ids.file();
  op_ = turn.ids.op(Room::dump);
  turn.actions.add(OpenFile{op_, file_, turn.actions.keep(names_.dump), OpenMode::replace, false});
}

std::optional<Dump::End> Dump::on(Turn& turn, const Event& event) {
  const auto close = [&] {
    closing_ = true;
    op_ = turn.ids.op(Room::dump);
    turn.actions.add(CloseFile{op_, file_});
  };
  const auto end = [&]() -> End {
    busy_ = false;
    return {
        client_,
        {failure_.empty() ? core::cat("written to ", names_.dump) : failure_, failure_.empty()}};
  };
  if (const auto* opened = std::get_if<Opened>(&event); opened != nullptr && opened->op == op_) {
    opened_ = true;
    op_ = turn.ids.op(Room::dump);
    turn.actions.add(Append{op_, file_, turn.actions.keep(report_)});
  } else if (const auto* done = std::get_if<Done>(&event); done != nullptr && done->op == op_) {
    if (closing_) {
      return end();
    }
    close();
  } else if (const auto* failed = std::get_if<Failed>(&event);
             failed != nullptr && failed->op == op_) {
    failure_ = failure_text("write", names_.dump, failed->text);
    if (!opened_ || closing_) {
      return end();
    }
    close();
  }
  return {};
}

}  // namespace innduct::engine
