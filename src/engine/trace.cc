// trace.cc: who is told which lines, and when they are sent.
#include "engine/trace.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/escape.h"
#include "engine/connection.h"
#include "engine/turn.h"

namespace innduct::engine {
namespace {

std::string left_out(std::uint64_t lines) {
  return core::cat(lines, lines == 1 ? " line" : " lines", " left out");
}

}  // namespace

// ---------------------------------------------------------------- who is told

void Trace::begin(ClientId client, std::string_view message_id) {
  Listener* listener = find(client);
  if (listener == nullptr) {
    listener = &listeners_.emplace_back();
    listener->client = client;
  }
  listener->what = message_id.empty() ? What::dialogue : What::article;
  listener->message_id = message_id;
  listener->awaited.clear();
}

// What cannot be sent now would come behind the answer that says that it is over.
std::string Trace::end(Turn& turn, ClientId client) {
  Listener* const listener = find(client);
  if (listener == nullptr || listener->what == What::nothing) {
    return "nothing was traced";
  }
  if (!listener->under_way) {
    send(turn, *listener);
  }
  const std::uint64_t lost = listener->lines + listener->unkept;
  const OpId under_way = listener->under_way;
  *listener = {};
  listener->client = client;
  listener->under_way = under_way;  // until then nothing more is sent, whatever is begun
  if (!under_way) {
    left(client);
  }
  return core::cat("no more is traced", lost > 0 ? "; " : "", lost > 0 ? left_out(lost) : "");
}

void Trace::left(ClientId client) {
  std::erase_if(listeners_, [&](const Listener& each) { return each.client == client; });
}

bool Trace::runs_for(ClientId client) const {
  return std::ranges::any_of(listeners_, [&](const Listener& each) {
    return each.client == client && each.what != What::nothing;
  });
}

Trace::Listener* Trace::find(ClientId client) {
  const auto found = std::ranges::find(listeners_, client, &Listener::client);
  return found == listeners_.end() ? nullptr : &*found;
}

void Trace::on(const Event& event) {
  if (const auto* done = std::get_if<Done>(&event)) {
    const auto found = std::ranges::find(listeners_, done->op, &Listener::under_way);
    if (found == listeners_.end()) {
      return;  // it has left
    }
    found->under_way = {};
    if (found->what == What::nothing) {
      listeners_.erase(found);
    }
  }
}

void Trace::flush(Turn& turn) {
  for (Listener& each : listeners_) {
    if (!each.under_way) {
      send(turn, each);
    }
  }
}

void Trace::send(Turn& turn, Listener& listener) {
  if (listener.kept.empty()) {
    return;
  }
  if (listener.unkept > 0) {
    core::append(listener.kept, core::cat("... ", left_out(listener.unkept), "\n"));
  }
  listener.under_way = turn.ids.op(Room::trace);
  turn.actions.add(
      AnswerTrace{listener.under_way, listener.client, turn.actions.keep(listener.kept)});
  listener.kept.clear();
  listener.lines = listener.unkept = 0;
}

// ---------------------------------------------------------------- what they are told

bool Trace::follows(const Entry& entry) const {
  return std::ranges::any_of(listeners_, [&](const Listener& each) { return each.follows(entry); });
}

void Trace::tell_dialogue(const Connection& connection, char sign, std::string_view text,
                          std::string_view message_id) {
  for (Listener& each : listeners_) {
    if (each.concerns(message_id)) {
      tell(each, &connection, sign, text);
    }
  }
}

void Trace::tell_size(const Connection& connection, const Entry& entry) {
  for (Listener& each : listeners_) {
    if (each.concerns(entry.message_id())) {
      tell(each, &connection, '>', core::cat("article, ", entry.article_size, " bytes"));
    }
  }
}

void Trace::tell_article(const Entry& entry, const Connection* connection, std::string_view text) {
  for (Listener& each : listeners_) {
    if (each.follows(entry)) {
      tell(each, connection, happened, text);
    }
  }
}

void Trace::logged(std::string_view text) {
  for (Listener& each : listeners_) {
    if (each.what != What::nothing && begin_line(each, nullptr, happened)) {
      each.kept += "log: ";
      each.kept += text.substr(0, line_shown_max);
      each.kept += text.size() > line_shown_max ? "...\n" : "\n";
    }
  }
}

void Trace::await_blank(const Entry& entry) {
  for (Listener& each : listeners_) {
    if (each.follows(entry)) {
      if (each.awaited.size() == awaited_max) {
        each.awaited.erase(each.awaited.begin());
      }
      each.awaited.push_back({entry.source, entry.span.offset});
    }
  }
}

void Trace::blanked(std::string_view file, Slot slot, const Span& span) {
  for (Listener& each : listeners_) {
    const auto blanked = std::erase_if(each.awaited, [&](const Blank& blank) {
      return blank.slot == slot && blank.offset == span.offset;
    });
    if (blanked > 0) {
      tell(each, nullptr, happened, core::cat("blanked in ", file, ", byte ", span.offset));
    }
  }
}

void Trace::tell(Listener& listener, const Connection* connection, char sign,
                 std::string_view text) {
  if (begin_line(listener, connection, sign)) {
    core::append_escaped(listener.kept, text, line_shown_max);
    listener.kept += '\n';
  }
}

// False if there is no room for it.
bool Trace::begin_line(Listener& listener, const Connection* connection, char sign) {
  std::string& kept = listener.kept;
  if (listener.unkept > 0 || kept.size() >= kept_bytes_max) {
    ++listener.unkept;
    return false;
  }
  ++listener.lines;
  core::append_time(kept, now_);
  kept += ' ';
  if (connection == nullptr) {
    kept += '-';
  } else {
    if (connection->number == 0) {
      kept += "new";
    } else {
      core::append(kept, connection->number);
    }
    kept += '/';
    kept += connection->address;
  }
  kept += ' ';
  kept += sign;
  kept += ' ';
  return true;
}

}  // namespace innduct::engine
