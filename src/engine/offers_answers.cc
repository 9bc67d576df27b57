// offers_answers.cc: what the peer said, and what it means for the articles on the connection.
#include <algorithm>

#include "core/cat.h"
#include "core/check.h"
#include "core/duration.h"
#include "core/escape.h"
#include "engine/offers.h"

namespace innduct::engine {

void Offers::received(Turn& turn, ConnId conn, std::string_view bytes) {
  Connection* connection = find(conn);
  if (connection == nullptr) {
    return;
  }
  connection->active = turn.now.monotonic;
  connection->session.receive(bytes, connection->out);
  take_events(turn, *connection);
  turn.again = true;
}

void Offers::take_events(Turn& turn, Connection& connection) {
  while (!connection.gone) {
    const auto event = connection.session.next_event();
    if (!event) {
      return;
    }
    if (const auto* grant = std::get_if<nntp::Granted>(&*event)) {
      granted(turn, connection, *grant);
    } else if (const auto* answer = std::get_if<nntp::Answered>(&*event)) {
      answered(turn, connection, *answer);
    } else if (const auto* back = std::get_if<nntp::Returned>(&*event)) {
      peer_streams_ = false;
      --connection.checks;
      turn.tally.count(turn.entries[back->tag].source, &core::Counters::returned);
      turn.entries[back->tag].fate = Fate::accepted;
      turn.entries.move_back(back->tag, turn.config.keeps(Rule::requeue_unknown_command)
                                            ? turn.to_requeue
                                            : turn.to_settle);
    } else if (const auto* end = std::get_if<nntp::Ended>(&*event)) {
      ended(turn, connection, *end);
    }
  }
}

// Whether the session streams says nothing about the offer: a 500 may have come behind its 238.
void Offers::granted(Turn& turn, Connection& connection, const nntp::Granted& grant) {
  turn.entries[grant.tag].granted = true;
  if (!grant.body_due) {
    turn.entries.move_back(grant.tag, connection.wanted);
    return;
  }
  connection.session.ihave_body();
  send_article(turn, connection, grant.tag);
}

void Offers::answered(Turn& turn, Connection& connection, const nntp::Answered& answer) {
  const EntryId id = answer.tag;
  const bool is_final = answer.outcome != nntp::Outcome::deferred;
  const bool to_text = turn.entries.is_in(id, connection.taking);
  connection.final_answer = connection.final_answer || is_final;
  turn.outcomes.answered(turn.now.monotonic, id, turn.entries[id], connection, answer.code,
                         answer.text);
  leave_wire(turn, connection, id);
  volume_.count(1);
  Entry& entry = turn.entries[id];
  if (is_final) {
    suspects_.peer_answered(to_text);
    turn.tally.answered(entry.read_at, entry.offered_at, turn.now.monotonic);
  }
  switch (answer.outcome) {
    case nntp::Outcome::accepted:
      entry.fate = Fate::accepted;
      break;
    case nntp::Outcome::unwanted:
      entry.fate = Fate::unwanted;
      break;
    case nntp::Outcome::rejected:
      entry.fate = Fate::rejected;
      turn.note(Level::debug, core::cat("rejected: ", core::escaped(entry.message_id()), ": ",
                                        core::escaped(answer.text)));
      break;
    case nntp::Outcome::deferred:
      entry.fate = Fate::deferred;
      break;
  }
  const bool settled = is_final || !turn.config.keeps(Rule::deferral_is_no_answer);
  if (answer.suspicious && !settled) {
    blame(turn, id, to_text, connection.on_trial, answer.text);
  } else {
    suspects_.acquit(turn, entry);
    turn.entries.move_back(id, settled ? turn.to_settle : turn.to_defer);
  }
  judge(turn, id, answer);
}

// What an answer says about the peer, beyond the article.
void Offers::judge(Turn& turn, EntryId id, const nntp::Answered& answer) {
  switch (answer.outcome) {
    case nntp::Outcome::accepted:
      accepted_.sample(true);
      rejections_ = 0;
      break;
    case nntp::Outcome::unwanted:
      accepted_.sample(false);
      break;
    case nntp::Outcome::rejected:
      if (answer.unchecked) {
        accepted_.sample(false);
      }
      rejections_ = answer.after_grant ? rejections_ + 1 : rejections_;
      break;
    case nntp::Outcome::deferred:
      if (++deferrals_ >= Limits::deferrals_in_a_row) {
        deferrals_ = 0;
        input_held_until_ = turn.now.monotonic + config_.earliest_deferred_retry;
        turn.note(Level::notice,
                  core::cat("the peer defers everything (last: ", core::escaped(answer.text),
                            "): no new articles are taken up for ",
                            core::to_text(config_.earliest_deferred_retry)));
      }
      if (answer.suspicious) {
        count_against_peer(turn, turn.entries[id].message_id(), answer.text);
      }
      return;
  }
  deferrals_ = 0;
  nonsense_.clear();
  if (rejections_ >= Limits::rejections_in_a_row) {
    rejections_ = 0;
    offers_held_until_ = turn.now.monotonic + config_.period;
    turn.note(Level::warning,
              core::cat("the peer asks for articles and then rejects them (last: ",
                        core::escaped(answer.text), "): is its disk full? No offers for ",
                        core::to_text(config_.period)));
  }
}

// The answer points to this article, in a crowd or alone.
void Offers::blame(Turn& turn, EntryId id, bool at_text, bool alone, std::string_view words) {
  carry_out(turn, id, suspects_.blame(turn, turn.entries[id], at_text, alone, words), words);
}

// Deferred, or if it was charged often enough, quarantined.
void Offers::carry_out(Turn& turn, EntryId id, Suspects::Sentence sentence,
                       std::string_view words) {
  Entry& entry = turn.entries[id];
  const bool charged =
      sentence == Suspects::Sentence::charged || sentence == Suspects::Sentence::condemned;
  turn.note(
      Level::warning,
      core::cat("the peer fails at ", core::escaped(entry.message_id()), " (", core::escaped(words),
                charged ? "), and it was alone: charged" : "): it is suspect, and deferred"));
  if (sentence == Suspects::Sentence::condemned) {
    entry.why = suspects_.why(entry.mark());
    turn.entries.move_back(id, turn.to_quarantine);
  } else {
    entry.fate = Fate::deferred;
    turn.entries.move_back(id, turn.to_defer);
  }
}

// What should blame an article and does not: ten for different articles without a sensible answer
// between them blame the peer.
void Offers::count_against_peer(Turn& turn, std::string_view message_id, std::string_view words) {
  if (std::ranges::find(nonsense_, message_id) == nonsense_.end()) {
    nonsense_.emplace_back(message_id);
  }
  if (nonsense_.size() < Limits::nonsense_in_a_row) {
    return;
  }
  nonsense_.clear();
  suspects_.amnesty(turn);
  turn.note(Level::error,
            core::cat("the peer makes no sense (last: ", core::escaped(words),
                      "): closing the connections and waiting; see to the peer ", config_.fqdn));
  for (const auto& connection : connections_) {
    if (!connection->gone) {
      turn.actions.add(Disconnect{connection->id, false});
      retire(turn, *connection, Parting::trouble);
    }
  }
}

void Offers::ended(Turn& turn, Connection& connection, const nntp::Ended& end) {
  peer_streams_ = peer_streams_ && !end.no_streaming;
  const std::string what = core::cat(connection.address, ": ", core::escaped(end.text));
  const auto unanswered = connection.unanswered();
  switch (end.reason) {
    case nntp::EndReason::closing:
      turn.note(Level::info, core::cat("the peer is closing, ", what, "; ", unanswered,
                                       " articles are offered again"));
      break;
    case nntp::EndReason::configuration:
      turn.note(Level::error,
                core::cat("the peer will not have our articles, ", what,
                          ": its or our configuration must change; trying again later"));
      break;
    case nntp::EndReason::unusable:
    case nntp::EndReason::protocol:
      turn.note(Level::warning,
                core::cat("the peer talks nonsense, ", what, "; connection closed, ", unanswered,
                          " articles are offered again"));
      break;
    case nntp::EndReason::goodbye:
      break;
  }
  if (end.blamed) {
    const EntryId id = *end.blamed;
    const bool at_text = turn.entries.is_in(id, connection.taking);
    turn.outcomes.answered(turn.now.monotonic, id, turn.entries[id], connection, end.code,
                           end.text);
    leave_wire(turn, connection, id);
    blame(turn, id, at_text, connection.on_trial, end.text);
    count_against_peer(turn, turn.entries[id].message_id(), end.text);
  }
  if (!connection.gone) {
    turn.actions.add(Disconnect{connection.id, false});
    retire(turn, connection,
           end.reason == nntp::EndReason::goodbye ? Parting::ours : Parting::trouble);
  }
}

void Offers::lost(Turn& turn, const Lost& lost) {
  Connection* connection = find(lost.conn);
  if (connection == nullptr) {
    return;
  }
  turn.note(Level::info, core::cat("connection to ", connection->address, " lost: ", lost.text,
                                   "; ", connection->unanswered(), " articles are offered again"));
  const bool plain = lost.error == 0 && connection->final_answer;
  end_by_death(turn, *connection, plain ? Parting::plain : Parting::lost, lost.text);
}

// A connection dies without a reason: the article whose text was to be answered may be why, or
// else the first that was offered. It is tried alone next time; was it alone, it is to blame. An
// article of whose text not a byte had left is no reason.
void Offers::end_by_death(Turn& turn, Connection& connection, Parting parting,
                          std::string_view words) {
  const bool at_text = !connection.taking.empty();
  const Place& unanswered = at_text ? connection.taking : connection.checking;
  const bool unread = connection.taking.size() == 1 &&
                      connection.article_unsent >= turn.entries[unanswered.front()].article_size;
  if (unanswered.empty() || unread) {
    retire(turn, connection, parting);
    return;
  }
  const EntryId id = unanswered.front();
  Entry& entry = turn.entries[id];
  turn.outcomes.answered(turn.now.monotonic, id, turn.entries[id], connection, 0, words);
  leave_wire(turn, connection, id);
  entry.must_check = true;
  const bool alone = connection.on_trial;
  const auto sentence = suspects_.blame(turn, entry, at_text, alone, words);
  if (sentence == Suspects::Sentence::unproven) {
    turn.trace.article_on(connection, entry, "no answer, ", words,
                          ": suspect, waits to be tried alone");
    turn.tally.count(entry.source, &core::Counters::returned);
    turn.entries.move_back(id, suspects_.waiting());
  } else {
    carry_out(turn, id, sentence, words);
  }
  retire(turn, connection, parting);
  const bool says_nothing =
      sentence == Suspects::Sentence::unproven || sentence == Suspects::Sentence::in_vain;
  if (alone && says_nothing) {
    count_against_peer(turn, entry.message_id(), words);
  }
}

}  // namespace innduct::engine
