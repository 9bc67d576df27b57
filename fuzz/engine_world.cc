// engine_world.cc: turns, and what the engine may ask for in them by the rules of engine/port.h.
#include "engine_world.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "core/line.h"
#include "engine/turn.h"
#include "nntp_text.h"
#include "sim/describe.h"

namespace innduct::fuzz {

using namespace engine;
using core::check;

namespace {

constexpr std::size_t actions_max = 5000;      // of one turn
constexpr std::size_t files_open_max = 12;     // at a time
constexpr std::size_t pending_max = 60;        // besides articles, blanks and traces
constexpr std::size_t turns_to_rest_max = 50;  // in which nothing happens and no time passes
constexpr std::size_t rounds_max = 2000;

bool is_ours_alone(std::string_view name) {
  return name == "F_defer" || name == "F_bad" || name == "F_dump" || name == "F_quarantine" ||
         name == "F_suspects";
}

}  // namespace

// ---------------------------------------------------------------- turns

void World::turn(std::size_t events_max) {
  if (exited_) {
    return;
  }
  const std::vector<Event> told(
      events_.begin(),
      events_.begin() + static_cast<std::ptrdiff_t>(std::min(events_max, events_.size())));
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(told.size()));
  for (const Event& event : told) {
    say("event", traced_ ? sim::to_text(event) : "");
    const auto* fetched = std::get_if<Fetched>(&event);
    if (fetched != nullptr && fetched->outcome != FetchOutcome::ready &&
        articles_.contains(fetched->article)) {
      articles_[fetched->article] = Article::gone;
    }
  }
  engine_->turn(told, now_, actions_);
  take_actions();
  for (const Event& event : told) {
    if (const auto* lost = std::get_if<Lost>(&event)) {
      connections_.erase(lost->conn);
    }
  }
  std::erase_if(articles_, [](const auto& a) { return a.second == Article::gone; });
  if (events_.empty()) {
    texts_.clear();
    listings_.clear();
    address_lists_.clear();
    mark_lists_.clear();
  }
}

void World::say(std::string_view who, std::string_view what) const {
  if (traced_) {
    const double seconds = std::chrono::duration<double>(now_.monotonic.time_since_epoch()).count();
    std::printf("%14.6f %-6s %s\n", seconds, std::string(who).c_str(), std::string(what).c_str());
    std::fflush(stdout);  // the next thing may be the last
  }
}

void World::take_actions() {
  check(actions_.list().size() <= actions_max, "a turn asks for a limited number of things");
  for (const Action& action : actions_.list()) {
    check(!exited_, "no action follows Exit");
    say("action", traced_ ? sim::to_text(action) : "");
    demand(action);
    std::visit(
        [&]<class A>(const A& a) {
          if constexpr (is_answered<A>) {
            Pending& pending = pending_.emplace_back(action);
            if constexpr (requires { a.name; }) pending.text = a.name;
            if constexpr (requires { a.prefix; }) pending.text = a.prefix;
            if constexpr (requires { a.bytes; }) pending.text = a.bytes;
            if constexpr (requires { a.from; }) pending.text = a.from;
            if constexpr (requires { a.to; }) pending.more = a.to;
            if constexpr (requires { a.message_id; }) pending.text = a.message_id;
          }
        },
        action);
  }
  const auto few = std::ranges::count_if(pending_, [](const Pending& pending) {
    return !std::holds_alternative<Overwrite>(pending.action) &&
           !std::holds_alternative<Fetch>(pending.action) &&
           !std::holds_alternative<AnswerTrace>(pending.action);
  });
  check(static_cast<std::size_t>(few) <= pending_max, "few things are asked for at a time");
  actions_.clear();
}

void World::go_well() {
  for (std::size_t rounds = 0; !exited_; ++rounds) {
    check(rounds < rounds_max, "what goes well comes to an end");
    for (std::size_t i = 0; i < pending_.size();) {
      may_happen_now(i) ? happen(i, true) : void(++i);
    }
    for (auto& [id, connection] : connections_) {
      if (connection.lost) {
        continue;
      }
      if (connection.unsent > 0) {
        tell(Sent{id, std::exchange(connection.unsent, 0)});
      }
      while (peer_obliges_ && !connection.commands.empty()) {
        tell(Received{id, keep(reply_to(connection.commands.front(), 0))});
        connection.commands.pop_front();
      }
    }
    if (events_.empty() && pending_.empty()) {
      return demand_rest();
    }
    turn(events_.size());
  }
}

void World::demand_rest() {
  for (std::size_t turns = 0; !exited_ && events_.empty() && pending_.empty(); ++turns) {
    if (engine_->deadline() > now_.monotonic) {
      return;
    }
    check(turns < turns_to_rest_max, "turns in which nothing happens come to an end");
    turn(0);
  }
}

// ---------------------------------------------------------------- what may be asked for

void World::demand_name(std::string_view name) const {
  check(name.starts_with("F") && name.find('/') == name.npos, "names are those of the feed");
}

void World::demand(const Action& action) {
  std::visit(
      [&]<class A>(const A& a) {
        if constexpr (requires { a.op; } && !std::is_same_v<A, ForgetFlush>) {
          check(a.op && ops_.insert(a.op).second, "an operation has a name of its own");
        }
        if constexpr (requires { a.name; }) {
          demand_name(a.name);
        }
        if constexpr (requires { a.file; }) {
          // A file may be watched as soon as it is asked for: the order is kept.
          const bool early = std::is_same_v<A, OpenFile> || std::is_same_v<A, Watch>;
          check(early || (open_.contains(a.file) && !closing_.contains(a.file)),
                "a file is open that is used");
        }
        if constexpr (requires { a.conn; } && !std::is_same_v<A, Connect>) {
          check(connections_.contains(a.conn), "a connection is there that is used");
        }
        if constexpr (requires { a.client; }) {
          check(clients_.contains(a.client), "who is answered is there");
        }
        demand_this(a);
      },
      action);
}

void World::demand_this(const OpenFile& a) {
  check(a.file && files_.insert(a.file).second, "a file has a name of its own");
  check(!creates(a.mode) || is_ours_alone(a.name), "only our own files are made");
  check(open_.size() < files_open_max, "few files are open");
}

void World::demand_this(const CloseFile& a) { closing_.insert(a.file); }

void World::demand_this(const Overwrite& a) {
  check(open_.at(a.file).mode == OpenMode::update, "a file that is overwritten was opened so");
  check(!a.bytes.empty() && a.bytes.find_first_not_of(" \n") == a.bytes.npos,
        "lines are overwritten with blanks, each up to its newline");
}

void World::demand_this(const Append& a) {
  check(appends(open_.at(a.file).mode), "a file that is appended to was opened so");
  check(a.bytes.ends_with('\n'), "whole lines are appended");
}

void World::demand_this(const Truncate& a) {
  check(appends(open_.at(a.file).mode), "only what we append to is cut");
}

void World::demand_this(const Link& a) {
  demand_name(a.from);
  demand_name(a.to);
  check(a.to == "F_flushing" || a.to.starts_with("F_backlog."), "a name is made for old lines");
}

void World::demand_this(const Watch& a) { watched_ = a.file; }

void World::demand_this(const ForgetFlush& a) {
  std::erase_if(pending_, [&](const Pending& pending) {
    const auto* flush = std::get_if<Flush>(&pending.action);
    return flush != nullptr && flush->op == a.op;
  });
  std::erase_if(events_, [&](const Event& event) {
    const auto* flushed = std::get_if<Flushed>(&event);
    return flushed != nullptr && flushed->op == a.op;
  });
}

void World::demand_this(const Fetch& a) {
  check(core::is_token(a.locator) || core::is_path(a.locator), "an article lies somewhere");
  check(a.message_id.empty() || core::is_message_id(a.message_id), "an id is one");
  check(articles_.emplace(a.article, Article::asked).second, "an article has a name of its own");
  check(!a.mark.empty() && a.mark.size() <= mark_size_max, "an article in hand has a mark");
  check(marks_cleared_, "nothing is fetched before the table of articles in hand is empty");
  const auto had = std::ranges::count_if(
      articles_, [](const auto& each) { return each.second != Article::gone; });
  check(static_cast<std::size_t>(had) <= config_.connections_max * config_.queue_per_conn_max,
        "no more articles are asked for than the connections may hold");
}

void World::demand_this(const ClearMarks&) {
  check(!std::exchange(marks_cleared_, true), "the table is emptied once");
}

void World::demand_this(const Release& a) {
  check(articles_.erase(a.article) == 1, "what is given back was had");
  std::erase_if(pending_, [&](const Pending& pending) {
    const auto* fetch = std::get_if<Fetch>(&pending.action);
    return fetch != nullptr && fetch->article == a.article;
  });
}

void World::demand_this(const Connect& a) {
  check(addresses_.contains(std::string(a.address)), "an address was resolved");
  check(conns_.insert(a.conn).second, "a connection has a name of its own");
  connections_[a.conn] = {};
  const auto alive =
      std::ranges::count_if(connections_, [](const auto& c) { return !c.second.lost; });
  check(static_cast<std::size_t>(alive) <= config_.connections_max, "connections are limited");
}

void World::demand_this(const Send& a) {
  Connection& connection = connections_.at(a.conn);
  check(connection.connected, "nothing is said before the connection is there");
  check(connection.last_said != "QUIT", "nothing is said behind QUIT");
  bool article_follows = a.text.empty();
  check(!article_follows || connection.last_said.starts_with("IHAVE"),
        "an article without a command of its own is an IHAVE's");
  for (std::string_view text = a.text; !text.empty();) {
    const std::size_t end = text.find("\r\n");
    check(end != text.npos, "a command is a whole line");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    article_follows = check_command_line(line);
    check(text.empty() || (!article_follows && line != "QUIT"),
          "an article follows its TAKETHIS, and nothing a QUIT");
    connection.commands.emplace_back(line);
  }
  if (a.text.empty()) {
    connection.commands.emplace_back("body");
  }
  connection.last_said = connection.commands.back();
  check(article_follows == static_cast<bool>(a.article), "an article is sent where one is due");
  connection.unsent += a.text.size();
  if (a.article) {
    const auto held = articles_.find(a.article);
    check(held != articles_.end() && held->second == Article::held, "an article is there");
    articles_.erase(held);
    connection.unsent += article_size;
  }
}

void World::demand_this(const Disconnect& a) { connections_.erase(a.conn); }

void World::demand_this(const Answer& a) {
  check(std::ranges::all_of(a.text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }),
        "an answer is printable");
}

void World::demand_this(const AnswerTrace& a) {
  check(clients_.contains(a.client), "a trace is for somebody who is there");
  check(reading_.insert(a.client).second, "a piece of a trace follows when the last was taken in");
  check(a.text.ends_with('\n'), "a trace is whole lines");
  check(a.text.size() < Trace::kept_bytes_max + 4096, "a piece of a trace is bounded");
  check(std::ranges::all_of(a.text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }),
        "a trace is printable");
}

void World::demand_this(const Note& a) { check_printable(a.text); }

void World::demand_this(const Outcome& a) { check_printable(a.line); }
void World::demand_this(const Tell& a) { check_printable(a.text); }

void World::demand_this(const Exit& a) {
  check(a.code == exit_code::stopped || a.code == exit_code::feed_dropped ||
            a.code == exit_code::world_trouble || a.code == exit_code::unexpected,
        "the exit status is one of the manual page");
  exited_ = true;
}

}  // namespace innduct::fuzz
