// network.h: connections between the program and the peer: bytes take time, come in pieces, or not.
//
// What the program hands over waits until the socket accepts it (Sent); what was accepted reaches
// the peer even if the program is killed. Replies reach the program in order, in any pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/ids.h"
#include "sim/arrival.h"
#include "sim/peer.h"
#include "sim/stage.h"

namespace innduct::sim {

class Network {
 public:
  // `tell`: what the program is told.
  Network(Stage& stage, Peer& peer, std::function<void(Arrival)> tell)
      : stage_(stage), peer_(peer), tell_(std::move(tell)), dice_(stage.dice(Actor::network)) {}

  void connect(engine::ConnId conn, std::string_view address);
  // `article` in wire format, behind `text`.
  void send(engine::ConnId conn, std::string_view text, std::string_view article);
  void disconnect(engine::ConnId conn, bool gracefully);
  // The process is gone, and with it what no socket had accepted.
  void process_ended();
  // Whoever was stuck is so no longer: silent connections break.
  void heal();

 private:
  // Names a connection for ever: a ConnId is used again by the next process.
  using LinkNumber = std::uint64_t;
  struct Link {
    Link(engine::ConnId its_conn, Peer& peer)
        : conn(its_conn), session(peer), era(peer.departures()) {}
    engine::ConnId conn;
    PeerSession session;
    unsigned era;
    bool established = false;
    bool told = true;        // the program still listens
    bool closing = false;    // it wants what it handed over to leave, then the end
    bool accepting = false;  // the next acceptance is planned
    std::string outgoing;    // not accepted yet, from `accepted` on
    std::size_t accepted = 0;
    core::Instant replies_until{};  // when the last reply planned so far arrives
  };
  Link* find(LinkNumber number);
  void end(LinkNumber number);
  void accept_some(LinkNumber number);
  void plan_acceptance(LinkNumber number, Link& link);
  // Plans the arrival of what the peer has to say.
  void carry_replies(LinkNumber number, Link& link);
  void carry(LinkNumber number, core::Instant when, std::string bytes,
             std::optional<Reply> completes);
  void lose(LinkNumber number, core::Instant when, int error, std::string_view why);

  Stage& stage_;
  Peer& peer_;
  std::function<void(Arrival)> tell_;
  Dice dice_;
  std::map<LinkNumber, Link> links_;
  std::map<engine::ConnId, LinkNumber> numbers_;  // of the living process
  LinkNumber last_number_ = 0;
};

}  // namespace innduct::sim
