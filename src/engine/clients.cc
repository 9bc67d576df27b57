// clients.cc: answers, with what ends them.
#include "engine/clients.h"

#include "core/cat.h"

namespace innduct::engine {

void Clients::joined(Turn& turn, ClientId client) {
  turn.actions.add(Answer{client, turn.actions.keep(end(turn, client, true))});
}

void Clients::batch(Turn& turn, ClientId client) {
  programs_.insert(client);
  answer(turn, client, {});
}

void Clients::answer(Turn& turn, ClientId client, const CommandAnswer& what) {
  std::string whole = what.text;
  if (!whole.empty() && !whole.ends_with('\n')) {
    whole += '\n';
  }
  whole += end(turn, client, what.good);
  turn.actions.add(Answer{client, turn.actions.keep(whole)});
}

void Clients::answer_json(Turn& turn, ClientId client, Status status) {
  shown_ = std::move(status);
  turn.actions.add(AnswerJson{client, &shown_});
  turn.actions.add(Answer{client, turn.actions.keep(end(turn, client, true))});
}

std::string Clients::end(const Turn& turn, ClientId client, bool good) const {
  if (programs_.contains(client)) {
    return good ? "ok\n" : "failed\n";
  }
  return turn.trace.runs_for(client) ? std::string() : core::cat(site_, '|');
}

}  // namespace innduct::engine
