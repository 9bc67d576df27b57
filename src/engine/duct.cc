// duct.cc: events to rooms, entries between rooms, and what must hold after every turn.
#include "engine/duct.h"

#include <algorithm>
#include <utility>

#include "core/cat.h"
#include "core/check.h"
#include "core/escape.h"

namespace innduct::engine {

Duct::Duct(const Config& config, std::uint64_t seed)
    : config_(config),
      names_(config_.feed_name),
      outcomes_(config_.outcome_log),
      headline_(config_.headline),
      bad_lines_(names_),
      defer_(names_),
      backlog_(names_),
      suspects_(names_),
      offers_(config_, suspects_),
      quarantine_(names_),
      quarantine_order_(names_),
      house_{sources_, bad_lines_, defer_, backlog_, offers_, quarantine_},
      startup_(names_),
      feed_(names_),
      dialer_(seed),
      dump_(names_),
      clients_(config_.site) {}

Turn Duct::begin_turn(core::Now now, Actions& actions) {
  trace_.begin_turn(now.wall);
  return Turn{now,         actions,         config_,          ids_,
              entries_,    tally_,          last_errors_,     outcomes_,
              trace_,      to_settle_,      defer_.waiting(), quarantine_.waiting(),
              to_requeue_, to_requeue_last_};
}

void Duct::start(core::Now now, Actions& actions) {
  Turn turn = begin_turn(now, actions);
  began_ = now.monotonic;
  next_tick_ = now.monotonic + config_.period;
  statistics_.begin(now, config_);
  history_.begin(now.monotonic);
  headline_.begin(now.monotonic);
  turn.note(Level::info, core::cat("starting, feeding ", config_.feed_path, " to ", config_.fqdn));
  startup_.begin(turn);
}

void Duct::turn(std::span<const Event> events, core::Now now, Actions& actions) {
  for (std::size_t ended = history_.advance(now.monotonic, counted()); ended > 0; --ended) {
    tally_.begin_minute();
  }
  Turn turn = begin_turn(now, actions);
  for (const Event& event : events) {
    route(turn, event);
    if (turn.exit) {
      break;
    }
  }
  if (!turn.exit && now.monotonic >= next_tick_) {
    turn.tick = true;
    next_tick_ = now.monotonic + config_.period;
    sources_.on_tick(turn);
    offers_.on_tick(turn);
  }
  if (!turn.exit) {
    work(turn);
  }
  if (turn.exit) {
    if (!config_.keeps(Rule::blank_nothing_at_the_end)) {
      settle(turn);
      sources_.write_blanks(turn);
    }
    statistics_.log_last(turn, sources_);
    trace_.flush(turn);
    actions.add(*turn.exit);
    return;
  }
  sources_.write_blanks(turn);
  offers_.flush_sends(turn);
  if (headline_.due(now.monotonic)) {
    headline_.tell(turn, status(now));
  }
  trace_.flush(turn);
  check_invariants(turn);
}

// ---------------------------------------------------------------- events to rooms

void Duct::route(Turn& turn, const Event& event) {
  std::visit(
      [&]<class E>(const E& e) {
        if constexpr (requires { e.op; }) {
          route_op(turn, e.op, event);
        } else if constexpr (std::is_same_v<E, Grew>) {
          feed_.grew(e.file);
        } else if constexpr (std::is_same_v<E, Fetched>) {
          offers_.fetched(turn, e, spool_);
        } else if constexpr (requires { e.conn; }) {
          if (dialer_.has(e.conn)) {
            dialer_.on(turn, event);
          } else if constexpr (std::is_same_v<E, Received>) {
            offers_.received(turn, e.conn, e.bytes);
          } else if constexpr (std::is_same_v<E, Sent>) {
            offers_.sent(turn, e.conn, e.bytes);
          } else if constexpr (std::is_same_v<E, Lost>) {
            offers_.lost(turn, e);
          }
        } else if constexpr (std::is_same_v<E, Joined>) {
          clients_.joined(turn, e.client);
        } else if constexpr (std::is_same_v<E, Left>) {
          clients_.left(e.client);
          trace_.left(e.client);
        } else if constexpr (std::is_same_v<E, Asked>) {
          obey(turn, e);
        } else if constexpr (std::is_same_v<E, Stop>) {
          stop(turn, core::cat("signal ", e.signal), Exit{exit_code::stopped, e.signal});
        }
      },
      event);
}

void Duct::route_op(Turn& turn, OpId op, const Event& event) {
  const auto number = Ids::room_number(op);
  if (number >= static_cast<std::uint8_t>(Room::source)) {
    sources_.on(turn, op, event);
    return;
  }
  switch (static_cast<Room>(number)) {
    case Room::startup:
      return startup_.on(turn, event);
    case Room::feed:
      return feed_.on(turn, house_, event);
    case Room::defer:
      return defer_.on(turn, event);
    case Room::backlog:
      return backlog_.on(turn, event);
    case Room::bad_lines:
      return bad_lines_.on(turn, event);
    case Room::spool:
      return spool_.on(turn, event);
    case Room::dialer:
      return dialer_.on(turn, event);
    case Room::dump:
      if (const auto end = dump_.on(turn, event)) {
        clients_.answer(turn, end->client, end->answer);
      }
      return;
    case Room::suspects:
    case Room::charges:
      return suspects_.on(turn, event);
    case Room::quarantine:
      return quarantine_.on(turn, event);
    case Room::quarantine_order:
      return quarantine_order_.on(turn, event);
    case Room::trace:
      return trace_.on(event);
    case Room::source:
      return;
  }
}

// ---------------------------------------------------------------- work

void Duct::work(Turn& turn) {
  // A room that changes something lets the others look again; each look only moves things
  // forward, so a few are enough, and what is left is for the next turn.
  constexpr int looks_max = 16;
  for (int look = 0; look < looks_max; ++look) {
    turn.again = false;
    work_once(turn);
    if (turn.exit || !turn.again) {
      break;
    }
    turn.tick = false;  // every room has had it
  }
  wake_again_ = turn.again;
  if (turn.exit) {
    return;
  }
  statistics_.log_ended(turn, sources_);
  if (statistics_.due(turn.now.monotonic)) {
    statistics_.log(turn);
  }
  if (progress_.due(turn.now.monotonic, feed_.state()) && knows_what_is_left()) {
    progress_.work(turn, status(turn.now));
  }
}

// Backlog files were looked for, and how long the others are is known.
bool Duct::knows_what_is_left() const {
  bool all_open = true;
  sources_.each([&](const Source& source) {
    all_open = all_open && source.stage() != Source::Stage::opening;
  });
  return started_ && backlog_.next_scan() && all_open;
}

void Duct::work_once(Turn& turn) {
  suspects_.work(turn);
  if (!started_ && !start_up(turn)) {
    settle(turn);  // start-up may be done again, with articles in core
    return;
  }
  spool_.work(turn);
  offers_.work(turn, spool_);
  dialer_.parted(turn, offers_.take_parting());
  settle(turn);
  defer_.work(turn);
  offers_.put_off(turn, defer_.returned());
  quarantine_.work(turn);
  quarantine_order_.work(turn, sources_, suspects_);
  if (const auto end = quarantine_order_.take_end()) {
    quarantine_.count_again();
    clients_.answer(turn, end->client, end->answer);
  }
  settle(turn);
  if (defer_.take_moved()) {
    backlog_.rescan();
  }
  feed_.work(turn, house_);
  if (turn.exit) {
    return;
  }
  if (feed_.take_restart()) {
    started_ = false;
    startup_.begin_at_tick();
    return;
  }
  if (turn.tick && backlog_.idle() && defer_.size() > 0) {
    defer_.move_to_backlog(turn);
  }
  if (!feed_.leaving_for_good()) {
    backlog_.work(turn, sources_, bad_lines_, offers_.backlog(), offers_.holds_input(turn.now));
  }
  dialer_.work(turn, offers_);
}

// Nothing is read before what the last run left is durable, and nothing is fetched before it is
// known who may have killed it.
bool Duct::start_up(Turn& turn) {
  startup_.work(turn);
  if (const auto found = startup_.take_found()) {
    found_ = found;
    if (!suspects_.ready()) {
      suspects_.begin(turn, found->suspects);
      turn.again = true;
    }
  }
  if (!found_ || !suspects_.ready()) {
    return false;
  }
  started_ = true;
  if (found_->defer) {
    defer_.adopt(turn);
  }
  feed_.start(turn, sources_, found_->feed, found_->flushing);
  found_.reset();
  return false;
}

void Duct::settle(Turn& turn) {
  while (!to_settle_.empty()) {
    const EntryId id = to_settle_.front();
    if (suspects_.any() && entries_[id].fate != Fate::deferred) {
      suspects_.forget(turn, entries_[id].mark());
    }
    sources_.settle(turn, id);
  }
}

core::Instant Duct::deadline() const {
  if (wake_again_) {
    return core::Instant::min();
  }
  if (!started_) {
    return next_tick_;  // the rooms wait for start-up, which waits for answers or the next period
  }
  return std::min({next_tick_, feed_.deadline(), offers_.deadline(), dialer_.deadline(),
                   spool_.deadline(), headline_.deadline(feed_.state())});
}

// I5, I12: every entry that was read and is not settled is in exactly one place, and counted.
void Duct::check_invariants(const Turn& turn) const {
  core::check(tally_.all().add_up(sources_.in_core()), "the counters add up (I12)");
  sources_.each([&](const Source& source) {
    core::check(tally_.of(source.slot()).add_up(source.in_core()),
                "the counters of each file add up (I12)");
  });
  core::check(entries_.size() == offers_.queued() + offers_.in_flight() + defer_.in_core() +
                                     quarantine_.in_core() + spool_.in_core() + to_requeue_.size() +
                                     to_requeue_last_.size(),
              "every entry is in exactly one place (I5)");
  core::check(turn.entries.size() >= sources_.in_core(),
              "no entry of an input file is lost in core (I5)");
}

// ---------------------------------------------------------------- people

void Duct::obey(Turn& turn, const Asked& asked) {
  const auto order = parse_command(asked.line);
  if (!order) {
    return clients_.answer(turn, asked.client, {order.error(), false});
  }
  const auto answer = [&](std::string_view text, bool good = true) {
    clients_.answer(turn, asked.client, {std::string(text), good});
  };
  switch (order->command) {
    case Command::none:
      return answer({});
    case Command::help:
      return answer(command_help());
    case Command::flush:
      return clients_.answer(turn, asked.client, feed_.flush(turn));
    case Command::stop:
      answer("stopping");
      return stop(turn, "stop command", Exit{exit_code::stopped, 0});
    case Command::logstats:
      statistics_.log(turn);
      return answer("statistics logged");
    case Command::show:
      return answer(render_text(status(turn.now)));
    case Command::show_json:
      return clients_.answer_json(turn, asked.client, status(turn.now));
    case Command::batch:
      return clients_.batch(turn, asked.client);
    case Command::dump_summary:
    case Command::dump_all:
      if (dump_.busy()) {
        return answer("another dump is being written", false);
      }
      return dump_.write(turn, report(turn, order->command == Command::dump_all), asked.client);
    case Command::next_backlog_scan:
      backlog_.rescan();
      return answer("backlog files are looked for at the next period");
    case Command::next_connection:
      dialer_.hurry();
      turn.again = true;
      return answer("the next connection need not wait");
    case Command::quarantine_list:
    case Command::quarantine_retry:
    case Command::quarantine_drop:
      return judge_quarantine(turn, asked.client, *order);
    case Command::trace_dialogue:
      trace_.begin_dialogue(asked.client);
      return answer("what is said on the connections is traced");
    case Command::trace_article:
      return answer(begin_trace(asked.client, order->whom));
    case Command::trace_off:
      return answer(trace_.end(turn, asked.client));
  }
}

std::string Duct::begin_trace(ClientId client, const std::string& message_id) {
  trace_.begin_article(client, message_id);
  bool found = false;
  for (EntryId id = 0; id < entries_.bound(); ++id) {
    if (entries_.alive(id) && entries_[id].message_id() == message_id) {
      found = true;
      trace_.article(entries_[id], "in memory: ", offers_.place_name(entries_, id));
    }
  }
  return core::cat("what becomes of ", message_id, " is traced",
                   found ? "" : "; it is not in memory now");
}

void Duct::judge_quarantine(Turn& turn, ClientId client, const Order& order) {
  using Deed = QuarantineOrder::Deed;
  if (!started_ || quarantine_order_.busy()) {
    return clients_.answer(turn, client,
                           {started_ ? "another order about the quarantine is being carried out"
                                     : "the feed is just being started: try again",
                            false});
  }
  const Deed deed = order.command == Command::quarantine_list    ? Deed::list
                    : order.command == Command::quarantine_retry ? Deed::retry
                                                                 : Deed::drop;
  quarantine_order_.begin(turn, sources_, client, deed, order.whom);
  turn.again = true;
}

void Duct::stop(Turn& turn, std::string_view why, Exit exit) {
  dialer_.abandon(turn);
  offers_.close_all(turn);
  offers_.flush_sends(turn);
  settle(turn);
  sources_.write_blanks(turn);
  turn.note(Level::notice, core::cat("stopping: ", why));
  turn.exit = exit;
}

Status Duct::status(core::Now now) const {
  Status status;
  status.site = config_.site;
  status.fqdn = config_.fqdn;
  status.state = feed_.state();
  status.running_for = now.monotonic - began_;
  if (const auto finish = feed_.finish_at()) {
    status.finish_in = std::max(*finish - now.monotonic, core::Duration::zero());
  }
  status.counters = tally_.all();
  status.queued = offers_.queued() + spool_.in_core();
  status.suspects = suspects_.count();
  status.charged = suspects_.charged();
  status.in_quarantine = quarantine_.articles();
  status.in_flight = offers_.in_flight();
  status.deferring = defer_.in_core() + quarantine_.in_core();
  status.defer_bytes = defer_.size();
  status.backlog_files = backlog_.waiting();
  status.backlog_bytes = backlog_.waiting_bytes();
  status.backlog_unreadable = backlog_.unreadable();
  if (const auto scan = backlog_.next_scan()) {
    status.backlog_scan_in = std::max(*scan - now.monotonic, core::Duration::zero());
  }
  tell_backlog(status, now);
  const auto minute = history_.lately(History::steps_of_a_minute, now.monotonic, counted());
  status.minute = minute.counted.counters;
  status.minute_took = minute.time;
  status.accepted_in_each = history_.in_each(&core::Counters::accepted);
  status.bytes_in_each = history_.in_each(&core::Counters::bytes);
  status.delays = {tally_.delays().recent(), tally_.delays().in_all()};
  status.answers = {tally_.answers().recent(), tally_.answers().in_all()};
  for (const LastErrors::Error& error : last_errors_.all()) {
    status.errors.push_back({error.level, error.text, error.count, now.monotonic - error.first,
                             now.monotonic - error.last});
  }
  status.warnings_noted = last_errors_.count(Level::warning);
  status.errors_noted = last_errors_.count(Level::error) + last_errors_.count(Level::critical);
  status.accepted_percent = offers_.accepted_proportion() * 100;
  status.no_check = offers_.no_check();
  status.store_in_trouble = spool_.resting();
  status.connect_failures = dialer_.failures();
  status.connect_failure = dialer_.last_failure();
  sources_.each([&](const Source& source) {
    const std::string role = &source == feed_.feed()         ? "feed"
                             : &source == feed_.flushing()   ? "flushing"
                             : &source == backlog_.reading() ? "backlog"
                                                             : "other";
    status.files.push_back({role, source.name(), source.read_to(), source.opened_as().size,
                            source.in_core(), tally_.of(source.slot()), source.size()});
  });
  for (const auto& connection : offers_.connections()) {
    status.connections.push_back(
        {connection->address, connection->session.streaming(), connection->checking.size(),
         connection->wanted.size() + connection->fetching.size(), connection->ready.size(),
         connection->taking.size(), connection->unsent_bytes, now.monotonic - connection->opened,
         now.monotonic - connection->active});
  }
  return status;
}

void Duct::tell_backlog(Status& status, core::Now now) const {
  status.backlog_left = backlog_.bytes_left();
  if (const auto oldest = backlog_.oldest()) {
    status.backlog_age = std::max(now.wall - *oldest, core::Duration::zero());
  }
  // It is done when it goes on as in the last five minutes.
  constexpr std::size_t steps = 5 * History::steps_of_a_minute;
  const auto lately = history_.lately(steps, now.monotonic, counted());
  if (lately.time >= History::step) {
    status.backlog_done_in = done_in(status.backlog_left, lately.counted.backlog_read, lately.time);
  }
}

std::string Duct::report(const Turn& turn, bool all) const {
  std::string text = render_text(status(turn.now));
  for (EntryId id = 0; all && id < entries_.bound(); ++id) {
    if (entries_.alive(id)) {
      const Entry& entry = entries_[id];
      core::append(text, core::cat("article offset=", entry.span.offset,
                                   " place=", offers_.place_name(entries_, id), " ",
                                   core::escaped(entry.text, 400), "\n"));
    }
  }
  return text;
}

}  // namespace innduct::engine
