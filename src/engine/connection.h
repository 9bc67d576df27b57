// connection.h: one connection to the peer: its session, and where each article on it stands.
//
//             +-- checking --238--+
//   queue ----+                   +--> wanted --> fetching --> ready --> taking --> answered
//             +-- (no-check) -----+
//
// Streaming: CHECK, then the article is fetched and sent; in no-check mode it is fetched at
// once. With IHAVE it is fetched first, then offered (ready -> checking -> taking), one at a
// time. Each name above is a Place (I5); when the connection dies, whatever is in them goes
// back to the queue in the order in which it was (I6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/time.h"
#include "engine/entries.h"
#include "engine/turn.h"
#include "nntp/session.h"

namespace innduct::engine {

struct Connection {
  Connection(ConnId conn, std::string peer_address, bool may_stream, core::Instant now)
      : id(conn), address(std::move(peer_address)), session(may_stream), opened(now), active(now) {}

  ConnId id;
  std::uint64_t number = 0;  // counted from the start, for people
  std::string address;       // likewise
  nntp::Session session;
  std::string out;  // commands of this turn that are not yet handed to the shell

  Place checking;
  Place wanted;
  Place fetching;
  Place ready;
  Place taking;

  std::size_t checks = 0;          // CHECKs that are asked, or granted and not yet sent
  std::size_t fetched_bytes = 0;   // fetched and not yet handed to the socket
  std::size_t unsent_bytes = 0;    // handed to the socket and not yet accepted by it
  std::size_t article_unsent = 0;  // of those, up to the end of the last article
  core::Instant opened;
  core::Instant active;       // a byte was received, or accepted by the socket
  bool final_answer = false;  // it has given one
  bool used = false;          // an article was offered on it
  bool on_trial = false;      // the one article on it is a suspect of the peer
  bool gone = false;          // closed or lost; forgotten at the end of the turn

  // Every place on it, oldest articles first.
  std::array<Place*, 5> places() { return {&taking, &ready, &fetching, &wanted, &checking}; }
  std::array<const Place*, 5> places() const {
    return {&taking, &ready, &fetching, &wanted, &checking};
  }
  // Articles on it that have no outcome yet.
  std::size_t outstanding() const {
    return checking.size() + wanted.size() + fetching.size() + ready.size() + taking.size();
  }
  // Commands that wait for their answer.
  std::size_t unanswered() const { return checking.size() + taking.size(); }
};

}  // namespace innduct::engine
