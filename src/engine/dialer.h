// dialer.h: when a connection to the peer is made, and to which of its addresses.
//
// One attempt per reconnect interval, with a jitter so that the feeders of a restarted server
// do not come back together. The wait is void at start, after `next conn`, after a close of our
// own, and after the peer's plain end of file on a connection that had answered; never after
// trouble.
//
//   resting -> resolving -> trying an address (connect, greeting, MODE STREAM) -> resting
//                                  ^-- the next address --'
//
// All addresses share the connection timeout; the next attempt begins with the address after
// the one that failed last.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/connection.h"
#include "engine/offers.h"
#include "engine/turn.h"

namespace innduct::engine {

class Dialer {
 public:
  // `seed` drives the jitter.
  explicit Dialer(std::uint64_t seed) : dice_(seed) {}

  // Makes the wait void (`next conn`).
  void hurry() { next_attempt_ = {}; }
  // Learns how connections ended.
  void parted(Turn& turn, Offers::Parting parting);

  void on(Turn& turn, const Event& event);
  // Whether `conn` is the one being set up.
  bool has(ConnId conn) const { return trying_ && trying_->id == conn; }

  // Level-triggered: begins an attempt if one is wanted and allowed, gives up on what takes too
  // long, and hands over to `offers` what is ready.
  void work(Turn& turn, Offers& offers);
  // When work() has something to do though nothing happened; `wanted` as work() saw it.
  core::Instant deadline() const;
  bool busy() const { return attempting_; }
  core::Instant next_attempt() const { return next_attempt_; }
  // Attempts that failed since the last success, and why the last one did.
  std::uint64_t failures() const { return failures_; }
  const std::string& last_failure() const { return last_failure_; }
  void abandon(Turn& turn);

 private:
  void begin(Turn& turn);
  void try_next(Turn& turn);
  void address_failed(Turn& turn, std::string_view why);
  void attempt_failed(Turn& turn, std::string_view why);
  void received(Turn& turn, std::string_view bytes);
  core::Duration interval(const Turn& turn);

  std::uint64_t dice_;
  core::Instant next_attempt_{};
  bool attempting_ = false;
  bool may_stream_ = true;
  bool wanted_ = false;
  OpId resolve_op_;
  core::Instant give_up_at_{};     // the whole attempt
  core::Instant address_until_{};  // the present address
  std::vector<std::string> addresses_;
  std::size_t tried_ = 0;  // of addresses_, in this attempt
  std::string last_bad_address_;
  std::unique_ptr<Connection> trying_;
  bool ready_ = false;  // trying_ may be handed over
  std::uint64_t failures_ = 0;
  std::string last_failure_;
  std::string last_noted_;
  core::Instant noted_at_{};
};

}  // namespace innduct::engine
