// offers_trials.cc: suspects are tried alone.
//
// A suspect of the peer is offered on a fresh connection that has nothing else on it, one suspect
// after another. (Some peers close each connection after so many articles, or bytes: on a used one
// the article would pay for what came before.) To have one, the connection with the least
// outstanding is given nothing more until it is empty; then it is closed in good order, and made
// anew. When that dies, the article is the reason; but the connection is lost. So if there may be
// others, there should be a second one, and where there is only one, there is one trial a period.
// The peer should have shown that it is well since the suspicion: whatever else can be offered goes
// first.
//
// A suspect of a crash is offered like others, but is alone in our hands from its retrieval until
// its last byte has left. The others wait so long, but never longer than a period at a time.
#include <algorithm>
#include <utility>

#include "core/cat.h"
#include "engine/offers.h"

namespace innduct::engine {

// ---------------------------------------------------------------- alone on a connection

// Takes an article off the queue that is not to be offered in a crowd.
bool Offers::set_aside(Turn& turn, EntryId id) {
  if (!suspects_.any()) {
    return false;
  }
  Entry& entry = turn.entries[id];
  switch (suspects_.opinion(turn, entry)) {
    case Suspects::Opinion::harmless:
      return false;
    case Suspects::Opinion::suspect:
      turn.trace.article(entry, "is suspect: waits to be tried alone");
      turn.entries.move_back(id, suspects_.waiting());
      return true;
    case Suspects::Opinion::condemned:
      entry.why = suspects_.why(entry.mark());
      turn.entries.move_back(id, turn.to_quarantine);
      turn.again = true;
      return true;
  }
  return false;
}

void Offers::hold_trial(Turn& turn) {
  Connection* connection = find(trial_on_);
  if (connection != nullptr && connection->on_trial) {
    if (connection->outstanding() > 0) {
      return;
    }
    connection->on_trial = false;
    connection = nullptr;
  }
  if (suspects_.waiting().empty()) {
    trial_on_ = {};
    fresh_wanted_ = false;
    trial_waits_until_.reset();
    return;
  }
  if (connection == nullptr && !fresh_wanted_) {
    connection = choose_for_trial(turn);
    trial_on_ = connection != nullptr ? connection->id : ConnId{};
  }
  if (connection == nullptr || connection->outstanding() > 0 || !connection->session.ready()) {
    return;
  }
  if (connection->used) {
    fresh_wanted_ = true;
    quit(turn, *connection);
    return;
  }
  const EntryId id = suspects_.waiting().front();
  turn.entries[id].must_check = true;
  connection->on_trial = offer(turn, *connection, id);
}

// The connection for the next trial; none if it has to wait.
Connection* Offers::choose_for_trial(const Turn& turn) {
  Connection* least = nullptr;
  std::size_t usable = 0;
  for (const auto& connection : connections_) {
    if (connection->gone || !connection->session.ready()) {
      continue;
    }
    ++usable;
    if (least == nullptr || !connection->used ||
        (least->used && connection->outstanding() < least->outstanding())) {
      least = connection.get();
    }
  }
  // Without a proof that the peer is well the trial would prove nothing: others may bring one.
  const bool proven = suspects_.proven(turn.entries[suspects_.waiting().front()], false);
  if (usable == 0 || (!proven && (waiting() > 0 || in_flight() > 0))) {
    return nullptr;
  }
  if (usable > 1) {
    trial_waits_until_.reset();
    if (proven) {
      return least;
    }
  } else if (config_.connections_max > 1) {
    // The next attempt at a second one is made in so long at most.
    if (!trial_waits_until_) {
      trial_waits_until_ = turn.now.monotonic + config_.period +
                           in_periods(config_.reconnect_interval, config_.period);
    }
    if (turn.now.monotonic < *trial_waits_until_) {
      return nullptr;
    }
  }
  if (!std::exchange(tick_allows_trial_, false)) {
    return nullptr;
  }
  trial_waits_until_.reset();
  return least;
}

bool Offers::wants_second_connection() const {
  return !suspects_.waiting().empty() && (fresh_wanted_ || open_connections() < 2);
}

// ---------------------------------------------------------------- alone in our hands

// Whether any article is between its retrieval and its last byte accepted by a socket.
bool Offers::in_hand() const {
  return fetching_ > 0 || fetched_bytes_ > 0 ||
         std::ranges::any_of(connections_, [](const auto& connection) {
           return !connection->gone && connection->article_unsent > 0;
         });
}

void Offers::watch_alone(Turn& turn) {
  if (alone_ != no_entry && !in_hand()) {
    alone_ = no_entry;
    suspects_.survived(turn, alone_mark_);
  }
  const auto holds_one = [&](const auto& connection) {
    EntryId id = connection->wanted.front();
    while (id != no_entry && !suspects_.must_be_alone(turn.entries[id])) {
      id = turn.entries.next(id);
    }
    return id != no_entry;
  };
  const bool others_waited = alone_wanted_ || alone_ != no_entry;
  alone_wanted_ = suspects_.any_of_crash() && turn.now.monotonic >= alone_not_before_ &&
                  std::ranges::any_of(connections_, holds_one);
  if (alone_wanted_ && !others_waited) {
    alone_since_ = turn.now.monotonic;
  }
}

EntryId Offers::next_to_fetch(const Entries& entries, const Connection& connection) const {
  if (alone_ != no_entry) {
    return no_entry;
  }
  if (!suspects_.any_of_crash()) {
    return connection.wanted.front();
  }
  EntryId id = connection.wanted.front();
  while (id != no_entry && (suspects_.must_be_alone(entries[id]) ? in_hand() : alone_wanted_)) {
    id = entries.next(id);
  }
  return id;
}

// The others have waited for a period: now it is their turn for as long. Whoever is still in hand
// will not be seen through.
void Offers::end_long_solitude(Turn& turn) {
  const bool others_wait = alone_wanted_ || alone_ != no_entry;
  if (!others_wait || turn.now.monotonic - alone_since_ < config_.period) {
    return;
  }
  alone_wanted_ = false;
  alone_not_before_ = turn.now.monotonic + config_.period;
  if (alone_ == no_entry || turn.now.monotonic - alone_began_ < config_.period) {
    return;
  }
  for (const auto& connection : connections_) {
    if (!connection->gone && (!connection->fetching.empty() || connection->fetched_bytes > 0 ||
                              connection->article_unsent > 0)) {
      turn.note(Level::warning, core::cat("the connection to ", connection->address,
                                          " is too slow for an article that must be sent alone: "
                                          "closed"));
      turn.actions.add(Disconnect{connection->id, false});
      retire(turn, *connection, Parting::lost);
    }
  }
}

}  // namespace innduct::engine
