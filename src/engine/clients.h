// clients.h: who asks on the control line, and in which form each is answered.
//
// A person has the prompt behind each answer. A program says `batch` first; from then on a line
// `ok` or `failed` ends each answer, and there is no prompt. Nor is there one while a trace runs,
// whose lines would come behind it:
//
//   site|flush                       site|batch
//   the feed is being flushed        ok
//   site|                            flush
//                                    the feed is being flushed
//                                    ok
#pragma once

#include <set>
#include <string>
#include <utility>

#include "engine/command.h"
#include "engine/status.h"
#include "engine/turn.h"

namespace innduct::engine {

class Clients {
 public:
  explicit Clients(std::string site) : site_(std::move(site)) {}

  void joined(Turn& turn, ClientId client);
  void left(ClientId client) { programs_.erase(client); }
  // The client is a program: so it is answered from now on.
  void batch(Turn& turn, ClientId client);

  void answer(Turn& turn, ClientId client, const CommandAnswer& what);
  // Answers with the state, as JSON.
  void answer_json(Turn& turn, ClientId client, Status status);

 private:
  // What is behind an answer.
  std::string end(const Turn& turn, ClientId client, bool good) const;

  std::string site_;
  std::set<ClientId> programs_;
  Status shown_;  // by the last answer_json()
};

}  // namespace innduct::engine
