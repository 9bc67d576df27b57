// offers.h: which article goes to which connection, and what the peer's answers mean for it.
//
// Entries wait in two queues, new ones and those from backlog files; as long as both have
// some, every fourth article is from the backlog. A connection is filled up to its window;
// nothing waits for the answer to anything else (RFC 4644 2.2), but for IHAVE. An article whose
// answer never came is offered again elsewhere, before others, and with CHECK, because it may have
// arrived. Suspects (suspects.h) are tried alone, as offers_trials.cc says.
//
// What is bounded here, and by what, is struct Limits (I7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/rate.h"
#include "core/time.h"
#include "engine/connection.h"
#include "engine/entries.h"
#include "engine/spool.h"
#include "engine/suspects.h"
#include "engine/turn.h"

namespace innduct::engine {

class Offers {
 public:
  struct Limits {
    // A real innd remembers the last 128 CHECKs of a connection, for five seconds.
    static constexpr std::size_t checks = 127;
    static constexpr std::size_t unsent_bytes = 256 * 1024;    // per connection
    static constexpr std::size_t fetched_bytes = 1024 * 1024;  // per connection
    static constexpr std::size_t fetched_bytes_in_all = 4096 * 1024;
    // What an article counts at least while it is being fetched, because a large one may follow
    // many small ones: no more than 64 are under way for a connection, 256 in all.
    static constexpr std::size_t unknown_bytes = 16 * 1024;
    static constexpr std::uint64_t backlog_share = 4;  // one of so many
    static constexpr int deferrals_in_a_row = 100;
    static constexpr int rejections_in_a_row = 20;
    static constexpr int nonsense_in_a_row = 10;
  };

  Offers(const Config& config, Suspects& suspects);

  // ---- the queues
  Place& fresh() { return fresh_; }
  Place& backlog() { return backlog_; }
  std::size_t queued() const {
    return fresh_.size() + backlog_.size() + later_.size() + suspects_.waiting().size();
  }
  // Entries that wait and could be offered now.
  std::size_t waiting() const { return fresh_.size() + backlog_.size(); }
  // Takes entries that could not be recorded as deferred: they wait for their time in core.
  void put_off(Turn& turn, Place& entries);
  bool is_put_off(const Entries& entries, EntryId id) const { return entries.is_in(id, later_); }

  // ---- connections
  // Takes over a connection of which the session is ready.
  void add(Turn& turn, std::unique_ptr<Connection> connection);
  std::size_t open_connections() const { return connections_.size(); }
  const std::vector<std::unique_ptr<Connection>>& connections() const { return connections_; }
  bool has(ConnId conn) const { return find(conn) != nullptr; }
  // Whether the open connections cannot take what waits.
  bool short_of_connections() const { return short_; }
  bool peer_streams() const { return peer_streams_; }

  void received(Turn& turn, ConnId conn, std::string_view bytes);
  void sent(Turn& turn, ConnId conn, std::size_t bytes);
  void lost(Turn& turn, const Lost& lost);
  void fetched(Turn& turn, const Fetched& fetched, Spool& spool);

  // Why connections ended since this was last asked, for whoever decides when the next one is made.
  // Of several reasons the last in this list stands.
  enum class Parting : std::uint8_t {
    none,
    lost,     // without an answer, or not in good order: wait before the next one
    ours,     // idle or low volume: the next one is made when an article comes
    plain,    // the peer closed in good order after it had given a final answer: at once
    trouble,  // the peer said that it is going away or misconfigured, or talked nonsense: wait
  };
  Parting take_parting() { return std::exchange(parting_, Parting::none); }

  // ---- level-triggered
  // Gives out articles, asks for them, sends them.
  void work(Turn& turn, Spool& spool);
  // Idle connections, low volume, waiting entries; at each period.
  void on_tick(Turn& turn);
  // Hands this turn's commands to the shell, one send per connection.
  void flush_sends(Turn& turn);
  // When work() has something to do though nothing happened.
  core::Instant deadline() const;
  // The peer defers everything: no new input is to be read.
  bool holds_input(core::Now now) const { return now.monotonic < input_held_until_; }

  // ---- files that go away
  // Takes all entries of `source` off the connections, back to the queue: connections on which one
  // of them is unanswered are closed.
  void withdraw(Turn& turn, Slot source);
  // Calls `visit` for every entry that is on a connection.
  template <class Visit>
  void each_on_connections(const Entries& entries, Visit visit) const {
    for (const auto& connection : connections_) {
      for (const Place* place : connection->places()) {
        for (EntryId id = place->front(); id != no_entry; id = entries.next(id)) {
          visit(id);
        }
      }
    }
  }
  // Says QUIT where nothing is unanswered, and closes all.
  void close_all(Turn& turn);

  // Where an entry is, in a word.
  std::string_view place_name(const Entries& entries, EntryId id) const;
  std::size_t in_flight() const;
  double accepted_proportion() const { return accepted_.value(); }
  bool no_check() const;

 private:
  Connection* find(ConnId conn) const;

  // What the peer said (offers_answers.cc).
  void take_events(Turn& turn, Connection& connection);
  void granted(Turn& turn, Connection& connection, const nntp::Granted& grant);
  void answered(Turn& turn, Connection& connection, const nntp::Answered& answer);
  void judge(Turn& turn, EntryId id, const nntp::Answered& answer);
  void ended(Turn& turn, Connection& connection, const nntp::Ended& end);
  void blame(Turn& turn, EntryId id, bool at_text, bool alone, std::string_view words);
  void carry_out(Turn& turn, EntryId id, Suspects::Sentence sentence, std::string_view words);
  void end_by_death(Turn& turn, Connection& connection, Parting parting, std::string_view words);
  void count_against_peer(Turn& turn, std::string_view message_id, std::string_view words);
  void leave_wire(Turn& turn, Connection& connection, EntryId id);

  // What we say.
  void requeue(Turn& turn);
  EntryId next_entry() const;
  void give_out(Turn& turn, Connection& connection);
  bool set_aside(Turn& turn, EntryId id);
  bool offer(Turn& turn, Connection& connection, EntryId id);
  static void count_offer(Turn& turn, EntryId id);
  void fetch(Turn& turn, Connection& connection, Spool& spool);
  void send_ready(Turn& turn, Connection& connection);
  void send_article(Turn& turn, Connection& connection, EntryId id);
  void flush(Turn& turn, Connection& connection);
  void quit(Turn& turn, Connection& connection);
  // Sends its entries back to the queue, and marks the connection as gone.
  void retire(Turn& turn, Connection& connection, Parting parting);
  void give_back(Turn& turn, Connection& connection, EntryId id, Rule rule);
  void release_article(Turn& turn, Connection& connection, EntryId id);

  // Who is tried alone (offers_trials.cc).
  void hold_trial(Turn& turn);
  Connection* choose_for_trial(const Turn& turn);
  bool on_trial(const Connection& connection) const { return connection.id == trial_on_; }
  bool wants_second_connection() const;
  bool in_hand() const;
  void watch_alone(Turn& turn);
  EntryId next_to_fetch(const Entries& entries, const Connection& connection) const;
  void end_long_solitude(Turn& turn);

  const Config& config_;
  Suspects& suspects_;
  Place fresh_;
  Place backlog_;
  Place later_;  // put off, the ones that are ripe first in front
  core::Instant first_ripe_at_ = core::Instant::max();
  std::uint64_t given_out_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::uint64_t numbered_ = 0;
  bool short_ = false;
  bool peer_streams_;
  Parting parting_ = Parting::none;
  core::AcceptedProportion accepted_;
  core::RecentVolume volume_;
  std::size_t fetched_bytes_ = 0;  // of all connections
  std::size_t fetching_ = 0;       // articles asked for, of all connections
  // A fetched article is likely not larger than this. Before sizes are known few are asked for.
  std::size_t likely_size_ = 65536;
  core::Instant input_held_until_{};
  std::optional<core::Instant> offers_held_until_;
  int deferrals_ = 0;                  // in a row, without another verdict
  int rejections_ = 0;                 // 439 after 238 in a row
  std::vector<std::string> nonsense_;  // message-ids that got nonsense since the last final answer

  // A suspect of the peer: it is alone on this connection, which otherwise gets nothing.
  ConnId trial_on_;
  bool fresh_wanted_ = false;  // the next connection that is made is for a trial
  bool tick_allows_trial_ = false;
  std::optional<core::Instant> trial_waits_until_;  // for a second connection

  // A suspect of a crash: it is alone in our hands.
  EntryId alone_ = no_entry;
  std::string alone_mark_;
  bool alone_wanted_ = false;    // one waits until nothing else is in hand
  core::Instant alone_since_{};  // the others wait
  core::Instant alone_began_{};  // the one in hand came there
  core::Instant alone_not_before_{};
};

}  // namespace innduct::engine
