// dialer.cc: attempts, addresses, and time limits.
#include "engine/dialer.h"

#include <algorithm>
#include <utility>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"

namespace innduct::engine {

core::Duration Dialer::interval(const Turn& turn) {
  // splitmix64: the jitter needs no better dice.
  std::uint64_t value = dice_ += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  const auto whole = in_periods(turn.config.reconnect_interval, turn.config.period);
  return whole - whole / 1000 * static_cast<std::int64_t>((value >> 32) % 101);  // -0..10 %
}

void Dialer::parted(Turn& turn, Offers::Parting parting) {
  switch (parting) {
    case Offers::Parting::none:
      break;
    case Offers::Parting::ours:
    case Offers::Parting::plain:
      hurry();
      break;
    case Offers::Parting::lost:
    case Offers::Parting::trouble:
      next_attempt_ = std::max(next_attempt_, turn.now.monotonic + interval(turn));
      break;
  }
}

void Dialer::work(Turn& turn, Offers& offers) {
  may_stream_ = turn.config.streaming && offers.peer_streams();
  if (ready_) {
    ready_ = attempting_ = false;
    failures_ = 0;
    last_noted_.clear();
    offers.add(turn, std::move(trying_));
  }
  if (attempting_ && turn.now.monotonic >= (resolve_op_ ? give_up_at_ : address_until_)) {
    if (resolve_op_) {
      resolve_op_ = {};
      attempt_failed(turn, core::cat("the look-up of ", turn.config.fqdn, " took too long"));
    } else {
      turn.actions.add(Disconnect{trying_->id, false});
      address_failed(turn, "no usable answer in time");
    }
  }
  wanted_ = !attempting_ && offers.short_of_connections() &&
            offers.open_connections() < turn.config.connections_max;
  if (wanted_ && turn.now.monotonic >= next_attempt_) {
    begin(turn);
  }
}

core::Instant Dialer::deadline() const {
  if (attempting_) {
    return resolve_op_ ? give_up_at_ : address_until_;
  }
  return wanted_ ? next_attempt_ : core::Instant::max();
}

void Dialer::begin(Turn& turn) {
  wanted_ = false;
  attempting_ = true;
  next_attempt_ = turn.now.monotonic + interval(turn);
  give_up_at_ = turn.now.monotonic + turn.config.connection_timeout;
  resolve_op_ = turn.ids.op(Room::dialer);
  turn.actions.add(Resolve{resolve_op_});
}

void Dialer::try_next(Turn& turn) {
  if (tried_ == addresses_.size()) {
    attempt_failed(turn, last_failure_);
    return;
  }
  const auto left = std::max(give_up_at_ - turn.now.monotonic, core::Duration::zero());
  address_until_ =
      turn.now.monotonic + left / static_cast<std::int64_t>(addresses_.size() - tried_);
  trying_ = std::make_unique<Connection>(turn.ids.conn(), addresses_[tried_], may_stream_,
                                         turn.now.monotonic);
  ++tried_;
  trying_->session.watch([&trace = turn.trace, &connection = *trying_](
                             bool we, std::string_view line, std::string_view message_id) {
    trace.dialogue(connection, we ? '>' : '<', line, message_id);
  });
  turn.trace.connection(*trying_, "connecting");
  turn.actions.add(Connect{trying_->id, turn.actions.keep(trying_->address)});
}

void Dialer::address_failed(Turn& turn, std::string_view why) {
  turn.trace.connection(*trying_, "no connection: ", why);
  last_bad_address_ = trying_->address;
  last_failure_ = core::cat(trying_->address, ": ", why);
  trying_.reset();
  turn.again = true;
  try_next(turn);
}

void Dialer::attempt_failed(Turn& turn, std::string_view why) {
  attempting_ = false;
  ++failures_;
  last_failure_ = why;
  turn.again = true;
  // The wait is never void after a failed set-up.
  next_attempt_ = std::max(next_attempt_, turn.now.monotonic + turn.config.period);
  const bool said = last_noted_ == last_failure_ &&
                    turn.now.monotonic - noted_at_ < turn.config.stats_log_interval;
  if (!said) {
    last_noted_ = last_failure_;
    noted_at_ = turn.now.monotonic;
    turn.note(Level::warning,
              core::cat("cannot connect to the peer ", turn.config.fqdn, ": ", last_failure_,
                        "; trying again every ", core::to_text(turn.config.reconnect_interval)));
  }
}

void Dialer::abandon(Turn& turn) {
  if (trying_) {
    turn.actions.add(Disconnect{trying_->id, false});
    trying_.reset();
  }
  attempting_ = ready_ = false;
  resolve_op_ = {};
}

void Dialer::on(Turn& turn, const Event& event) {
  if (const auto* resolved = std::get_if<Resolved>(&event);
      resolved != nullptr && resolved->op == resolve_op_) {
    resolve_op_ = {};
    addresses_.assign(resolved->addresses.begin(), resolved->addresses.end());
    const auto bad = std::ranges::find(addresses_, last_bad_address_);
    if (bad != addresses_.end()) {
      std::ranges::rotate(addresses_, bad + 1);
    }
    tried_ = 0;
    last_failure_ = core::cat("the name ", turn.config.fqdn, " has no address");
    try_next(turn);
  } else if (const auto* failed = std::get_if<Failed>(&event);
             failed != nullptr && failed->op == resolve_op_) {
    resolve_op_ = {};
    attempt_failed(turn,
                   core::cat("the name ", turn.config.fqdn, " does not resolve: ", failed->text));
  } else if (const auto* lost = std::get_if<Lost>(&event); lost != nullptr && has(lost->conn)) {
    ready_ = false;
    address_failed(turn, lost->text);
  } else if (const auto* connected = std::get_if<Connected>(&event);
             connected != nullptr && has(connected->conn)) {
    trying_->active = turn.now.monotonic;
  } else if (const auto* bytes = std::get_if<Received>(&event);
             bytes != nullptr && has(bytes->conn)) {
    received(turn, bytes->bytes);
  } else if (const auto* sent = std::get_if<Sent>(&event); sent != nullptr && has(sent->conn)) {
    trying_->unsent_bytes -= std::min(sent->bytes, trying_->unsent_bytes);
  }
}

void Dialer::received(Turn& turn, std::string_view bytes) {
  Connection& connection = *trying_;
  connection.active = turn.now.monotonic;
  connection.session.receive(bytes, connection.out);
  if (!connection.out.empty()) {
    connection.unsent_bytes += connection.out.size();
    turn.actions.add(Send{connection.id, turn.actions.keep(connection.out), {}});
    connection.out.clear();
  }
  while (const auto event = connection.session.next_event()) {
    if (std::holds_alternative<nntp::Ready>(*event)) {
      ready_ = true;
      turn.again = true;
    } else if (const auto* end = std::get_if<nntp::Ended>(&*event)) {
      ready_ = false;
      turn.actions.add(Disconnect{connection.id, false});
      address_failed(turn, core::cat("the peer said: ", core::escaped(end->text)));
      return;
    }
  }
}

}  // namespace innduct::engine
