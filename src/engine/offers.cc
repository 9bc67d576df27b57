// offers.cc: the queues, and what is said to the peer.
#include "engine/offers.h"

#include <algorithm>

#include "core/cat.h"
#include "core/check.h"

namespace innduct::engine {

Offers::Offers(const Config& config, Suspects& suspects)
    : config_(config),
      suspects_(suspects),
      peer_streams_(config.streaming),
      accepted_(config.no_check_response_articles),
      volume_(config.low_volume_window, config.period) {}

// ---------------------------------------------------------------- connections

Connection* Offers::find(ConnId conn) const {
  for (const auto& connection : connections_) {
    if (connection->id == conn && !connection->gone) {
      return connection.get();
    }
  }
  return nullptr;
}

void Offers::add(Turn& turn, std::unique_ptr<Connection> connection) {
  turn.note(Level::info,
            core::cat("connected to ", connection->address,
                      connection->session.streaming() ? ", streaming" : ", not streaming"));
  if (std::exchange(fresh_wanted_, false)) {
    trial_on_ = connection->id;
  }
  connection->number = ++numbered_;
  turn.trace.connection(*connection, "ready, was new");
  connections_.push_back(std::move(connection));
  turn.again = true;
}

void Offers::sent(Turn& turn, ConnId conn, std::size_t bytes) {
  if (Connection* connection = find(conn)) {
    connection->unsent_bytes -= std::min(bytes, connection->unsent_bytes);
    connection->article_unsent -= std::min(bytes, connection->article_unsent);
    connection->active = turn.now.monotonic;
    turn.again = true;
  }
}

void Offers::retire(Turn& turn, Connection& connection, Parting parting) {
  turn.trace.connection(connection, "closed, ", connection.outstanding(), " outstanding");
  const Rule rule =
      parting == Parting::trouble ? Rule::requeue_after_goodbye : Rule::requeue_after_loss;
  for (const Place* place : connection.places()) {
    while (!place->empty()) {
      give_back(turn, connection, place->front(), rule);
    }
  }
  core::check(connection.fetched_bytes == 0, "a connection that is gone holds no article");
  connection.gone = true;
  parting_ = std::max(parting_, parting);
  turn.again = true;
}

void Offers::give_back(Turn& turn, Connection& connection, EntryId id, Rule rule) {
  Entry& entry = turn.entries[id];
  const bool sent = turn.entries.is_in(id, connection.taking);
  entry.must_check = entry.must_check || sent;
  if (id == alone_) {
    alone_ = no_entry;  // it was not seen through
  }
  leave_wire(turn, connection, id);
  if (!turn.config.keeps(rule) || (sent && !turn.config.keeps(Rule::sending_is_no_answer))) {
    entry.fate = Fate::accepted;
    turn.entries.move_back(id, turn.to_settle);
    return;
  }
  turn.trace.article_on(connection, entry, "taken back from the connection, without an answer",
                        sent ? "; it may have arrived" : "");
  turn.tally.count(entry.source, &core::Counters::returned);
  turn.entries.move_back(id, turn.to_requeue);
}

// The entry is about to leave the connection: nothing of it is left there.
void Offers::leave_wire(Turn& turn, Connection& connection, EntryId id) {
  Entry& entry = turn.entries[id];
  const bool check_asked =
      connection.session.streaming() && turn.entries.is_in(id, connection.checking);
  if ((check_asked || entry.granted) && !turn.entries.is_in(id, connection.taking)) {
    --connection.checks;
  }
  entry.granted = false;
  release_article(turn, connection, id);
}

void Offers::release_article(Turn& turn, Connection& connection, EntryId id) {
  Entry& entry = turn.entries[id];
  if (!entry.article) {
    return;
  }
  turn.actions.add(Release{entry.article});
  entry.article = {};
  if (turn.entries.is_in(id, connection.fetching)) {
    --fetching_;
  } else {
    connection.fetched_bytes -= entry.article_size;
    fetched_bytes_ -= entry.article_size;
  }
}

void Offers::quit(Turn& turn, Connection& connection) {
  connection.session.quit(connection.out);
  flush(turn, connection);
  turn.actions.add(Disconnect{connection.id, true});
  retire(turn, connection, Parting::ours);
}

void Offers::close_all(Turn& turn) {
  for (const auto& connection : connections_) {
    if (!connection->gone && connection->unanswered() == 0) {
      quit(turn, *connection);
    } else if (!connection->gone) {
      turn.actions.add(Disconnect{connection->id, false});
      retire(turn, *connection, Parting::ours);
    }
  }
}

void Offers::withdraw(Turn& turn, Slot source) {
  const auto is_of_source = [&](EntryId id) {
    return turn.entries[id].source == source || turn.entries[id].tail_source == source;
  };
  const auto holds_one = [&](const Place& place) {
    EntryId id = place.front();
    while (id != no_entry && !is_of_source(id)) {
      id = turn.entries.next(id);
    }
    return id != no_entry;
  };
  for (const auto& connection : connections_) {
    if (!connection->gone && (holds_one(connection->checking) || holds_one(connection->taking))) {
      turn.actions.add(Disconnect{connection->id, false});
      retire(turn, *connection, Parting::lost);
    } else if (!connection->gone) {
      for (const Place* place : {&connection->ready, &connection->fetching, &connection->wanted}) {
        for (EntryId id = place->front(); id != no_entry;) {
          const EntryId next = turn.entries.next(id);
          if (is_of_source(id)) {
            give_back(turn, *connection, id, Rule::requeue_withdrawn);
          }
          id = next;
        }
      }
    }
  }
}

void Offers::on_tick(Turn& turn) {
  volume_.tick();
  tick_allows_trial_ = true;
  end_long_solitude(turn);
  const bool low_volume =
      volume_.in_window() < config_.low_volume_thresh && volume_.in_last_period() == 0;
  for (const auto& connection : connections_) {
    const bool idle =
        turn.now.monotonic - connection->active >= in_periods(config_.idle_timeout, config_.period);
    if (connection->gone) {
      continue;
    }
    if (idle && connection->unanswered() > 0) {
      turn.note(Level::warning,
                core::cat("the connection to ", connection->address,
                          " was silent for too long with ", connection->unanswered(),
                          " articles unanswered: closed; they are offered again"));
      turn.actions.add(Disconnect{connection->id, false});
      end_by_death(turn, *connection, Parting::lost, "no answer");
    } else if (idle || (low_volume && connections_.size() == 1 && connection->outstanding() == 0 &&
                        suspects_.waiting().empty())) {
      quit(turn, *connection);
    }
  }
}

std::size_t Offers::in_flight() const {
  std::size_t sum = 0;
  for (const auto& connection : connections_) {
    sum += connection->outstanding();
  }
  return sum;
}

std::string_view Offers::place_name(const Entries& entries, EntryId id) const {
  if (entries.is_in(id, fresh_) || entries.is_in(id, backlog_) || entries.is_in(id, later_)) {
    return "queued";
  }
  if (entries.is_in(id, suspects_.waiting())) {
    return "suspect";
  }
  for (const auto& connection : connections_) {
    if (entries.is_in(id, connection->checking)) {
      return "checking";
    }
    if (entries.is_in(id, connection->wanted) || entries.is_in(id, connection->fetching)) {
      return "fetching";
    }
    if (entries.is_in(id, connection->ready)) {
      return "ready";
    }
    if (entries.is_in(id, connection->taking)) {
      return "taking";
    }
  }
  return "waiting";
}

bool Offers::no_check() const { return accepted_.value() * 100 > config_.no_check_percent; }

// ---------------------------------------------------------------- giving out

void Offers::work(Turn& turn, Spool& spool) {
  requeue(turn);
  std::erase_if(connections_, [](const auto& connection) { return connection->gone; });
  const bool held = offers_held_until_ && turn.now.monotonic < *offers_held_until_;
  if (!held) {
    offers_held_until_.reset();
  }
  watch_alone(turn);
  if (!held) {
    hold_trial(turn);
  }
  for (const auto& connection : connections_) {
    if (!held && !on_trial(*connection)) {
      give_out(turn, *connection);
    }
    fetch(turn, *connection, spool);
    send_ready(turn, *connection);
  }
  short_ = !held && !spool.resting() && (waiting() > 0 || wants_second_connection());
}

void Offers::requeue(Turn& turn) {
  while (!turn.to_requeue.empty()) {
    const EntryId id = turn.to_requeue.back();
    turn.trace.article(turn.entries[id], "queued again, before others");
    turn.entries.move_front(id, turn.entries[id].backlog ? backlog_ : fresh_);
  }
  while (!turn.to_requeue_last.empty()) {
    const EntryId id = turn.to_requeue_last.front();
    turn.trace.article(turn.entries[id], "queued again, behind others");
    turn.entries.move_back(id, turn.entries[id].backlog ? backlog_ : fresh_);
  }
  while (!later_.empty() && turn.entries[later_.front()].ripe_at <= turn.now.monotonic &&
         turn.config.keeps(Rule::offer_put_back)) {
    const EntryId id = later_.front();
    turn.trace.article(turn.entries[id], "queued again, its time has come");
    turn.entries.move_back(id, turn.entries[id].backlog ? backlog_ : fresh_);
  }
  first_ripe_at_ = later_.empty() ? core::Instant::max() : turn.entries[later_.front()].ripe_at;
}

void Offers::put_off(Turn& turn, Place& entries) {
  while (!entries.empty()) {
    const EntryId id = entries.front();
    turn.entries[id].ripe_at = turn.now.monotonic + config_.earliest_deferred_retry;
    turn.trace.article(turn.entries[id], "its deferral could not be recorded: waits in memory");
    turn.entries.move_back(id, later_);
    turn.again = true;
  }
}

EntryId Offers::next_entry() const {
  if (fresh_.empty() || backlog_.empty()) {
    return fresh_.empty() ? backlog_.front() : fresh_.front();
  }
  return given_out_ % Limits::backlog_share == 0 ? backlog_.front() : fresh_.front();
}

void Offers::give_out(Turn& turn, Connection& connection) {
  const nntp::Session& session = connection.session;
  if (connection.gone || !session.ready()) {
    return;
  }
  const std::size_t window = session.streaming() ? config_.queue_per_conn_max : 1;
  for (EntryId id = next_entry(); id != no_entry && connection.outstanding() < window;
       id = next_entry()) {
    if (set_aside(turn, id)) {
      continue;
    }
    if (!offer(turn, connection, id)) {
      break;
    }
    ++given_out_;
  }
}

// Offers an article on a connection; false if that has to wait.
bool Offers::offer(Turn& turn, Connection& connection, EntryId id) {
  nntp::Session& session = connection.session;
  const Entry& entry = turn.entries[id];
  connection.used = true;
  const bool fetch_first = entry.fetch_first || entry.message_id().empty();
  const bool check_first = session.streaming() && !fetch_first && (entry.must_check || !no_check());
  if (!check_first) {
    turn.entries.move_back(id, connection.wanted);
    return true;
  }
  if (connection.checks >= Limits::checks) {
    return false;
  }
  session.check(id, entry.message_id(), connection.out);
  ++connection.checks;
  count_offer(turn, id);
  turn.entries.move_back(id, connection.checking);
  return true;
}

void Offers::count_offer(Turn& turn, EntryId id) {
  Entry& entry = turn.entries[id];
  entry.offered_at = turn.now.monotonic;
  turn.tally.count(entry.source, &core::Counters::offered);
  turn.outcomes.begin(id);
}

void Offers::fetch(Turn& turn, Connection& connection, Spool& spool) {
  while (!connection.gone && !connection.wanted.empty() && spool.fetches_allowed(fetching_) > 0) {
    // Sizes are known only afterwards: the articles asked for count as what is likely.
    const std::size_t here = connection.fetched_bytes + connection.fetching.size() * likely_size_;
    const std::size_t in_all = fetched_bytes_ + fetching_ * likely_size_;
    if (here > 0 && (here + likely_size_ > Limits::fetched_bytes ||
                     in_all + likely_size_ > Limits::fetched_bytes_in_all)) {
      return;
    }
    const EntryId id = next_to_fetch(turn.entries, connection);
    if (id == no_entry) {
      return;
    }
    Entry& entry = turn.entries[id];
    const bool alone = suspects_.must_be_alone(entry);
    if (alone) {
      alone_ = id;
      alone_mark_ = entry.mark();
      alone_began_ = turn.now.monotonic;
    }
    entry.article = turn.ids.article(id);
    ++fetching_;
    turn.trace.article_on(connection, entry, "asked for from the spool");
    turn.entries.move_back(id, connection.fetching);
    turn.actions.add(Fetch{entry.article, turn.actions.keep(entry.locator()),
                           turn.actions.keep(entry.message_id()), turn.actions.keep(entry.mark()),
                           alone});
  }
}

void Offers::fetched(Turn& turn, const Fetched& fetched, Spool& spool) {
  const EntryId id = Ids::entry(fetched.article);
  if (!turn.entries.alive(id) || turn.entries[id].article != fetched.article) {
    return;  // it was released in the meantime
  }
  Entry& entry = turn.entries[id];
  Connection* holder = nullptr;
  for (const auto& connection : connections_) {
    if (turn.entries.is_in(id, connection->fetching)) {
      holder = connection.get();
    }
  }
  core::check(holder != nullptr, "an article that is being fetched belongs to a connection");
  turn.again = true;
  if (fetched.outcome != FetchOutcome::ready) {
    entry.article = {};  // the shell holds nothing for it
    --fetching_;
    leave_wire(turn, *holder, id);
    spool.failed(turn, id, fetched.outcome, fetched.text);
    return;
  }
  spool.succeeded();
  likely_size_ = std::max(
      {fetched.size, likely_size_ - likely_size_ / 16, std::size_t{Limits::unknown_bytes}});
  if (entry.fetch_first || entry.message_id().empty()) {
    // From now on the entry is offered like any other.
    leave_wire(turn, *holder, id);
    entry.fetch_first = false;
    if (entry.message_id().empty()) {
      entry.text += ' ';
      entry.text += fetched.message_id;
    }
    turn.trace.article(entry, "the spool has it: ", entry.text);
    turn.entries.move_back(id, turn.to_requeue);
    return;
  }
  --fetching_;
  turn.trace.article_on(*holder, entry, "the spool gave it, ", fetched.size, " bytes");
  entry.article_size = fetched.size;
  holder->fetched_bytes += fetched.size;
  fetched_bytes_ += fetched.size;
  turn.entries.move_back(id, holder->ready);
}

// ---------------------------------------------------------------- sending

void Offers::send_ready(Turn& turn, Connection& connection) {
  if (connection.gone || !connection.session.ready()) {
    return;
  }
  while (!connection.ready.empty()) {
    const EntryId id = connection.ready.front();
    const Entry& entry = turn.entries[id];
    if (!connection.session.streaming()) {
      if (connection.unanswered() > 0) {
        return;
      }
      connection.session.ihave(id, entry.message_id(), connection.out);
      count_offer(turn, id);
      turn.entries.move_back(id, connection.checking);
      return;
    }
    if (connection.unsent_bytes > 0 &&
        connection.unsent_bytes + entry.article_size > Limits::unsent_bytes) {
      return;
    }
    connection.session.take_this(id, entry.message_id(), entry.granted, connection.out);
    if (!entry.granted) {
      count_offer(turn, id);
    }
    send_article(turn, connection, id);
  }
}

void Offers::send_article(Turn& turn, Connection& connection, EntryId id) {
  Entry& entry = turn.entries[id];
  connection.unsent_bytes += connection.out.size() + entry.article_size;
  connection.article_unsent = connection.unsent_bytes;
  turn.actions.add(Send{connection.id, turn.actions.keep(connection.out), entry.article});
  connection.out.clear();
  turn.trace.text_sent(connection, entry);
  connection.fetched_bytes -= entry.article_size;
  fetched_bytes_ -= entry.article_size;
  if (entry.granted && connection.session.streaming()) {
    --connection.checks;
  }
  entry.article = {};
  turn.tally.count(entry.source, &core::Counters::sent);
  turn.tally.count(entry.source, &core::Counters::bytes, entry.article_size);
  turn.entries.move_back(id, connection.taking);
}

void Offers::flush(Turn& turn, Connection& connection) {
  if (!connection.gone && !connection.out.empty()) {
    connection.unsent_bytes += connection.out.size();
    turn.actions.add(Send{connection.id, turn.actions.keep(connection.out), {}});
    connection.out.clear();
  }
}

void Offers::flush_sends(Turn& turn) {
  for (const auto& connection : connections_) {
    flush(turn, *connection);
  }
}

core::Instant Offers::deadline() const {
  core::Instant soonest = first_ripe_at_;
  if (offers_held_until_) {
    soonest = std::min(soonest, *offers_held_until_);
  }
  return soonest;
}

}  // namespace innduct::engine
