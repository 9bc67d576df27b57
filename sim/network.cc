// network.cc: bytes on their way.
#include "sim/network.h"

#include <algorithm>
#include <cerrno>

#include "core/cat.h"
#include "sim/failure.h"

namespace innduct::sim {

using namespace std::chrono_literals;

// Bodies handed over ahead of their acceptance: the limit, and one large article (C6).
constexpr std::size_t unsent_max = (256 << 10) + (512 << 10);

Network::Link* Network::find(LinkNumber number) {
  const auto found = links_.find(number);
  return found == links_.end() ? nullptr : &found->second;
}

void Network::end(LinkNumber number) {
  const auto found = links_.find(number);
  if (found == links_.end()) return;
  const auto current = numbers_.find(found->second.conn);
  if (current != numbers_.end() && current->second == number) numbers_.erase(current);
  links_.erase(found);
}

void Network::connect(engine::ConnId conn, std::string_view address) {
  const LinkNumber number = ++last_number_;
  links_.try_emplace(number, conn, peer_);
  numbers_[conn] = number;
  const std::optional<int> error = peer_.admit(address);
  if (!error) {
    stage_.say("network", "connection ", conn.value, " hangs");
    return;
  }
  const core::Instant when = stage_.time.now().monotonic + dice_.widely(1ms, 2s);
  if (*error != 0) {
    lose(number, when, *error, "cannot connect");
    return;
  }
  stage_.time.at(when, [this, number] {
    Link* const link = find(number);
    if (link == nullptr) return;
    link->established = true;
    tell_({.event = engine::Connected{link->conn}});
    link->session.greet();
    carry_replies(number, *link);
  });
}

void Network::send(engine::ConnId conn, std::string_view text, std::string_view article) {
  const auto number = numbers_.find(conn);
  if (number == numbers_.end()) return;  // it was lost, and the program did not know yet
  Link& link = links_.at(number->second);
  link.outgoing += text;
  link.outgoing += article;
  if (link.outgoing.size() - link.accepted > unsent_max) {
    throw Failure(core::cat("C6: ", link.outgoing.size() - link.accepted,
                            " bytes wait for connection ", conn.value, " to accept them"));
  }
  plan_acceptance(number->second, link);
}

void Network::plan_acceptance(LinkNumber number, Link& link) {
  if (link.accepting || link.accepted == link.outgoing.size()) return;
  link.accepting = true;
  const bool slow = stage_.options.peer.slow_reader && !stage_.mercy;
  stage_.time.after(slow ? dice_.widely(100us, 20s) : dice_.widely(10us, 5ms),
                    [this, number] { accept_some(number); });
}

void Network::accept_some(LinkNumber number) {
  Link* const link = find(number);
  if (link == nullptr) return;
  link->accepting = false;
  if (link->session.silent()) return;
  if (peer_.away() || link->era != peer_.departures()) {
    lose(number, stage_.time.now().monotonic, ECONNRESET, "connection reset by peer");
    return;
  }
  const std::size_t waiting = link->outgoing.size() - link->accepted;
  const bool slow = stage_.options.peer.slow_reader && !stage_.mercy;
  const std::size_t size = slow ? std::min<std::size_t>(waiting, 1 + dice_.below(8192)) : waiting;
  const std::string bytes = link->outgoing.substr(link->accepted, size);
  link->accepted += size;
  if (link->accepted == link->outgoing.size()) {
    link->outgoing.clear();
    link->accepted = 0;
  }
  if (link->told) tell_({.event = engine::Sent{link->conn, size}});
  link->session.receive(bytes);
  carry_replies(number, *link);
  if (link->closing && link->outgoing.empty()) {
    end(number);
  } else {
    plan_acceptance(number, *link);
  }
}

// ---------------------------------------------------------------- the way back

void Network::carry_replies(LinkNumber number, Link& link) {
  const PeerOptions& o = stage_.options.peer;
  while (auto reply = link.session.next_reply()) {
    const core::Duration thinking =
        o.slow && !stage_.mercy ? dice_.widely(1ms, 60s) : dice_.widely(50us, 100ms);
    core::Instant when = std::max(link.replies_until, stage_.time.now().monotonic + thinking);
    std::string_view rest = reply->text;
    const bool cut = reply->closes && !stage_.mercy && dice_.one_in(4);
    if (cut) rest = rest.substr(0, dice_.below(rest.size() + 1));
    while (o.splits && rest.size() > 1 && dice_.coin()) {
      const std::size_t part = 1 + dice_.below(rest.size() - 1);
      carry(number, when, std::string(rest.substr(0, part)), std::nullopt);
      rest.remove_prefix(part);
      when += dice_.widely(1us, 1s);
    }
    if (!rest.empty()) {
      carry(number, when, std::string(rest), cut ? std::nullopt : reply);
    }
    link.replies_until = when;
    if (reply->closes) {
      const bool reset = !stage_.mercy && dice_.one_in(4);
      lose(number, when, reset ? ECONNRESET : 0, reset ? "connection reset by peer" : "");
      return;
    }
  }
}

void Network::carry(LinkNumber number, core::Instant when, std::string bytes,
                    std::optional<Reply> completes) {
  stage_.time.at(
      when, [this, number, bytes = std::move(bytes), completes = std::move(completes)]() mutable {
        Link* const link = find(number);
        if (link == nullptr) return;
        if (completes) link->session.delivered(*completes);
        if (!link->told) return;
        tell_({.event = engine::Received{link->conn, {}},
               .bytes = std::move(bytes),
               .completes = std::move(completes)});
      });
}

void Network::lose(LinkNumber number, core::Instant when, int error, std::string_view why) {
  stage_.time.at(when, [this, number, error, why] {
    const Link* const link = find(number);
    if (link == nullptr) return;
    const bool told = link->told;
    const engine::ConnId conn = link->conn;
    end(number);
    if (told) tell_({.event = engine::Lost{conn, error, {}}, .bytes = std::string(why)});
  });
}

// ---------------------------------------------------------------- ends

void Network::disconnect(engine::ConnId conn, bool gracefully) {
  const auto number = numbers_.find(conn);
  if (number == numbers_.end()) return;
  Link& link = links_.at(number->second);
  if (!gracefully || !link.established || link.outgoing.empty()) {
    end(number->second);
    return;
  }
  link.told = false;
  link.closing = true;
}

void Network::process_ended() {
  links_.clear();
  numbers_.clear();
}

void Network::heal() {
  for (const auto& [number, link] : links_) {
    if (!link.session.silent()) continue;
    lose(number, stage_.time.now().monotonic + 1s, ECONNRESET, "connection reset by peer");
  }
}

}  // namespace innduct::sim
