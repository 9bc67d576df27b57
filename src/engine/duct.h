// duct.h: one site: the rooms of the engine, and the way of events and entries between them.
//
// A table of contents, on purpose: what a thing means is decided in its room; here is only who
// is told, in which order, and what must hold after every turn.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/clients.h"
#include "engine/command.h"
#include "engine/dialer.h"
#include "engine/dump.h"
#include "engine/feed.h"
#include "engine/headline.h"
#include "engine/history.h"
#include "engine/house.h"
#include "engine/progress.h"
#include "engine/quarantine_order.h"
#include "engine/spool.h"
#include "engine/startup.h"
#include "engine/statistics.h"
#include "engine/status.h"
#include "engine/trace.h"

namespace innduct::engine {

class Duct {
 public:
  Duct(const Config& config, std::uint64_t seed);

  void start(core::Now now, Actions& actions);
  void turn(std::span<const Event> events, core::Now now, Actions& actions);
  core::Instant deadline() const;
  Status status(core::Now now) const;

 private:
  Turn begin_turn(core::Now now, Actions& actions);
  void route(Turn& turn, const Event& event);
  void route_op(Turn& turn, OpId op, const Event& event);
  void obey(Turn& turn, const Asked& asked);
  std::string begin_trace(ClientId client, const std::string& message_id);
  void judge_quarantine(Turn& turn, ClientId client, const Order& order);
  void work(Turn& turn);
  void work_once(Turn& turn);
  bool start_up(Turn& turn);
  void settle(Turn& turn);
  void stop(Turn& turn, std::string_view why, Exit exit);
  Counted counted() const { return {tally_.all(), backlog_.bytes_read()}; }
  bool knows_what_is_left() const;
  void tell_backlog(Status& status, core::Now now) const;
  std::string report(const Turn& turn, bool all) const;
  void check_invariants(const Turn& turn) const;

  const Config config_;
  const Names names_;
  Ids ids_;
  Entries entries_;
  Tally tally_;
  Outcomes outcomes_;
  Trace trace_;
  Statistics statistics_;
  History history_;
  Headline headline_;
  Progress progress_;
  LastErrors last_errors_;
  Place to_settle_;
  Place to_requeue_;
  Place to_requeue_last_;

  Sources sources_;
  BadLines bad_lines_;
  Defer defer_;
  Backlog backlog_;
  Suspects suspects_;
  Offers offers_;
  Quarantine quarantine_;
  QuarantineOrder quarantine_order_;
  House house_;
  Startup startup_;
  std::optional<Startup::Found> found_;
  Feed feed_;
  Spool spool_;
  Dialer dialer_;
  Dump dump_;
  Clients clients_;

  bool started_ = false;     // start-up is done
  bool wake_again_ = false;  // the last turn left something to look at
  core::Instant began_{};
  core::Instant next_tick_{};
};

}  // namespace innduct::engine
