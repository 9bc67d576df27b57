// wire.cc: the rules of offering.
#include "sim/wire.h"

#include <algorithm>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"
#include "sim/failure.h"

namespace innduct::sim {
namespace {

using core::cat;

// A real innd remembers the last 128 CHECKs of a connection.
constexpr std::ptrdiff_t checks_max = 127;

}  // namespace

void Wire::sent(engine::ConnId conn, std::string_view text, std::optional<ArticleNumber> article) {
  std::optional<ArticleNumber> announced;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) {
      throw Failure(cat("C5: half a command is sent: `", core::escaped(text), "`"));
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    const std::size_t space = line.find(' ');
    const std::string_view verb = line.substr(0, space);
    if (announced) throw Failure("C5: a TAKETHIS without its article behind it");
    if (verb != "CHECK" && verb != "TAKETHIS" && verb != "IHAVE") continue;
    const auto number = articles_.by_message_id(line.substr(space + 1));
    if (!number) throw Failure(cat("C5: innd never fed this: `", core::escaped(line), "`"));
    if (verb == "TAKETHIS") announced = number;
    offer(conn,
          verb == "CHECK"   ? Verb::check
          : verb == "IHAVE" ? Verb::ihave
                            : Verb::takethis,
          *number);
  }
  Line& line = lines_[conn];
  if (article && !announced) {
    announced = line.wanted;
    line.wanted.reset();
    if (announced) line.unanswered.push_back({Verb::ihave_body, *announced});
  }
  if (article != announced) {
    throw Failure(cat("C5: ", article ? articles_[*article].message_id : "no article",
                      " is sent where ",
                      announced ? articles_[*announced].message_id : "no article", " must be"));
  }
}

void Wire::offer(engine::ConnId conn, Verb verb, ArticleNumber number) {
  const std::string& id = articles_[number].message_id;
  // Whoever is fed twice may be offered twice at once.
  if (ledger_.account(number).records < 2) {
    fail_if_settled_or_deferred(number);
    for (const auto& [other, line] : lines_) {
      if (line.lost) continue;
      const auto same = [&](const Offer& offer) { return offer.number == number; };
      if (std::ranges::any_of(line.unanswered, same)) {
        throw Failure(cat("C4: ", id, " is offered on connection ", conn.value,
                          " while an offer on connection ", other.value, " is unanswered"),
                      id);
      }
    }
  }
  Line& line = lines_[conn];
  const auto declined = line.declined.find(number);
  if (verb == Verb::takethis && declined != line.declined.end() &&
      stage_.time.now().monotonic - declined->second <
          stage_.options.config.earliest_deferred_retry / 2 &&
      ledger_.account(number).records < 2) {
    throw Failure(cat("C5: TAKETHIS of ", id, " though its CHECK was declined"), id);
  }
  line.declined.erase(number);
  line.unanswered.push_back({verb, number});
  if (line.unanswered.size() > stage_.options.config.queue_per_conn_max) {
    throw Failure(
        cat("C5: ", line.unanswered.size(), " commands are unanswered on connection ", conn.value));
  }
  const auto checks = std::ranges::count(line.unanswered, Verb::check, &Offer::verb);
  if (verb == Verb::check && checks > checks_max) {
    throw Failure(cat("C5: ", checks, " CHECKs are unanswered on connection ", conn.value));
  }
}

void Wire::broke(const Line& line) {
  for (const Offer& offer : line.unanswered) {
    evidence_.broke(offer.number, line.unanswered.size() == 1);
  }
}

void Wire::gone(engine::ConnId conn) {
  const auto found = lines_.find(conn);
  if (found == lines_.end()) return;
  broke(found->second);
  lines_.erase(found);
}

void Wire::lost(engine::ConnId conn) {
  Line& line = lines_[conn];
  broke(line);
  line.lost = true;
}

void Wire::answered(engine::ConnId conn, const Reply& reply) {
  const auto found = lines_.find(conn);
  if (found == lines_.end()) return;
  Line& line = found->second;
  if (reply.verb == Verb::other || reply.code == 0 || reply.code / 100 == 5) broke(line);
  if (reply.verb == Verb::other) return;
  if (reply.final) evidence_.answered_finally();
  if (!line.unanswered.empty()) line.unanswered.pop_front();
  if (reply.verb == Verb::check && (reply.code == 431 || reply.code == 438)) {
    line.declined[reply.number] = stage_.time.now().monotonic;
  }
  if (replies_are_read()) {
    if (reply.final) settled_.insert(reply.number);
    if (reply.code == 431 || reply.code == 436) {
      deferred_[reply.number] = stage_.time.now().monotonic;
    }
  }
  if (reply.code == 335) line.wanted = reply.number;
}

bool Wire::replies_are_read() const {
  const PeerOptions& o = stage_.drawn.peer;
  return o.leaves + o.misconfigured + o.nonsense + o.chatter + o.refuses_one + o.moods +
             o.bad_modes + o.stops_streaming ==
         0;
}

void Wire::fail_if_settled_or_deferred(ArticleNumber number) const {
  const std::string& id = articles_[number].message_id;
  if (settled_.contains(number)) {
    throw Failure(cat("C4: ", id, " is offered again, though its final answer was told"), id);
  }
  const auto deferred = deferred_.find(number);
  // Who goes by the wall clock is mistaken when it jumps.
  if (deferred == deferred_.end() || stage_.drawn.process.wall_jumps > 0) return;
  const engine::Config& config = stage_.options.config;
  const core::Duration waited = stage_.time.now().monotonic - deferred->second;
  if (waited + config.period < config.earliest_deferred_retry) {
    throw Failure(
        cat("C5: ", id, " is offered again ", core::to_text(waited), " after it was deferred"), id);
  }
}

void Wire::process_ended() {
  lines_.clear();
  settled_.clear();
  deferred_.clear();
}

void Wire::turn_ended() {
  std::erase_if(lines_, [](const auto& entry) { return entry.second.lost; });
}

}  // namespace innduct::sim
