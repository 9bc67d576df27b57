// shell.cc: the only switch over Action; perform() and wait().
#include "io/shell.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>
#include <variant>

#include "core/cat.h"
#include "io/status_json.h"

namespace innduct::io {
namespace {

// How much one turn gathers: received bytes are bounded by one read per connection, the rest by
// what the engine asked for.
constexpr int handlers_per_turn_max = 1024;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace

Shell::Shell(const Place& place, const Log& log, const Supervisor& supervisor)
    : site_(place.site),
      feed_directory_(place.feed_directory),
      log_(log),
      supervisor_(supervisor),
      outcomes_(log),
      stay_(loop_.get_executor()),
      signals_(loop_, inbox_, [this] { reload(); }),
      disk_(loop_, Worker::AtEnd::join),
      files_(place.feed_directory, disk_, inbox_),
      watch_(loop_, inbox_, log),
      innd_(loop_, place.inn.path_run),
      store_(loop_, place.inn),
      resolver_(loop_, inbox_, place.peer_host, place.sources),
      peer_(loop_, inbox_, place.peer_port, place.sources,
            [this](engine::ArticleRef article) { let_go(article); }),
      control_(loop_, inbox_, log),
      http_(loop_, inbox_, log),
      console_(loop_, inbox_),
      alarm_(loop_) {
  store_.on_results([this] { take_store_results(); });
}

Shell::~Shell() = default;

std::expected<void, ListenFailed> Shell::listen(const std::string& path) {
  return control_.listen(path);
}

std::expected<void, std::string> Shell::listen_http(const HttpAddress& address) {
  return http_.listen(address);
}

void Shell::open_console() { console_.open(STDIN_FILENO, STDOUT_FILENO); }

std::expected<void, std::string> Shell::open_store() { return store_.open(); }

std::expected<void, std::string> Shell::open_watch() { return watch_.open(feed_directory_); }

std::expected<void, std::string> Shell::open_inflight(const std::string& name) {
  return inflight_.open(core::cat(feed_directory_, "/", name));
}

std::expected<void, std::string> Shell::open_outcome_log(const std::string& path) {
  return outcomes_.open(path);
}

void Shell::perform(const engine::Actions& actions) {
  for (const engine::Action& action : actions.list()) {
    perform(action);
  }
  peer_.leave();
  outcomes_.write();
}

void Shell::tell(engine::ClientId client, std::string_view text) {
  if (client == console_client) {
    console_.answer(text);
  } else if (!HttpServer::owns(client)) {  // those have no prompt
    control_.answer(client, text);
  }
}

void Shell::perform(const engine::Action& action) {
  std::visit(
      Overloaded{
          [&](const engine::CloseFile& close) {
            watch_.closing(close.file);
            files_.perform(close);
          },
          [&](const engine::Watch& watch) {
            if (watch.file) {
              watch_.start(watch.file, files_.descriptor(watch.file));
            } else {
              watch_.end();
            }
          },
          [&](const engine::Flush& flush) {
            innd_.flush(
                flush.op, site_,
                [this](engine::OpId op, engine::FlushOutcome outcome, const std::string& text) {
                  inbox_.tell(engine::Flushed{op, outcome, inbox_.keep(text)});
                });
          },
          [&](const engine::ForgetFlush& forget) { innd_.forget(forget.op); },
          [&](const engine::Fetch& fetch) {
            if (!inflight_.mark(fetch.article, fetch.mark, fetch.probe) &&
                !std::exchange(table_was_full_, true)) {
              log_.note(engine::Level::warning,
                        "no room in the table of articles in hand: some are not in it");
            }
            store_.fetch(fetch.article, fetch.locator, fetch.message_id);
          },
          [&](const engine::Release& release) { let_go(release.article); },
          [&](const engine::ReopenStore& reopen) { store_.reopen(reopen.op); },
          [&](const engine::ReadMarks& read) { tell_marks(read.op); },
          [&](const engine::ClearMarks& clear) {
            inflight_.clear();
            inbox_.tell(engine::Done{clear.op});
          },
          [&](const engine::Resolve& resolve) { resolver_.resolve(resolve.op); },
          [&](const engine::Connect& connect) { peer_.connect(connect.conn, connect.address); },
          [&](const engine::Send& send) {
            peer_.send(send.conn, send.text, send.article,
                       send.article ? store_.bytes(send.article) : ArticleBytes{});
          },
          [&](const engine::Disconnect& disconnect) {
            peer_.disconnect(disconnect.conn, disconnect.gracefully);
          },
          [&](const engine::Answer& answer) { tell(answer.client, answer.text); },
          [&](const engine::AnswerJson& json) {
            if (HttpServer::owns(json.client)) {
              http_.show(json.client, *json.status);
            } else {
              tell(json.client, to_json(*json.status));
            }
          },
          [&](const engine::AnswerTrace& trace) {
            if (trace.client == console_client) {
              console_.answer_trace(trace.op, trace.text);
            } else {
              control_.answer_trace(trace.op, trace.client, trace.text);
            }
          },
          [&](const engine::Hangup& hangup) {
            if (hangup.client == console_client) {
              console_.hang_up();
            } else {
              control_.hang_up(hangup.client);
            }
          },
          [&](const engine::Note& note) { log_.note(note.level, note.text); },
          [&](const engine::Outcome& outcome) {
            if (outcomes_.is_open()) {
              outcomes_.add(outcome.line);
            }
          },
          [&](const engine::Tell& tell) { supervisor_.tell(tell.text); },
          [&](const engine::Exit& exit) { exit_ = exit; },
          [&](const auto& on_a_file) { files_.perform(on_a_file); },
      },
      action);
}

std::span<const engine::Event> Shell::wait(core::Instant deadline) {
  peer_.resume();
  control_.resume();
  console_.resume();
  gather();
  while (inbox_.empty() && now().monotonic < deadline) {
    arm(deadline);
    loop_.run_one();
    gather();
  }
  return inbox_.hand_over();
}

// Runs what is ready, and what becomes ready by that.
void Shell::gather() {
  for (int handlers = 0; handlers < handlers_per_turn_max && loop_.poll_one() > 0; ++handlers) {
  }
}

// Has the loop woken at `deadline`, or earlier: an alarm that is set is not moved back, as the
// deadline moves with almost every turn.
void Shell::arm(core::Instant deadline) {
  if (alarm_at_ && *alarm_at_ <= deadline) {
    return;
  }
  alarm_at_ = deadline;
  alarm_.expires_at(std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(
          deadline.time_since_epoch())));
  alarm_.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      alarm_at_.reset();
    }
  });
}

void Shell::take_store_results() {
  store_.take_results(store_results_);
  for (const StoreResult& result : store_results_) {
    if (const auto* fetched = std::get_if<FetchResult>(&result)) {
      if (fetched->outcome != engine::FetchOutcome::ready) {
        inflight_.unmark(fetched->article);
      }
      inbox_.tell(engine::Fetched{fetched->article, fetched->outcome, fetched->size,
                                  inbox_.keep(fetched->message_id), inbox_.keep(fetched->text)});
      continue;
    }
    const auto& [op, reopened] = std::get<ReopenResult>(result);
    if (reopened) {
      inbox_.tell(engine::Done{op});
    } else {
      inbox_.tell(engine::Failed{op, EIO, inbox_.keep(reopened.error())});
    }
  }
}

void Shell::let_go(engine::ArticleRef article) {
  inflight_.unmark(article);
  store_.release(article);
}

// SIGHUP. Between two turns nothing waits to be written.
void Shell::reload() {
  supervisor_.reloading(now().monotonic);
  if (outcomes_.is_open()) {
    outcomes_.reopen();
  } else {
    log_.note(engine::Level::info, "SIGHUP ignored: there is nothing to reread or reopen");
  }
  supervisor_.reloaded();
}

void Shell::tell_marks(engine::OpId op) {
  marks_.clear();
  for (const Inflight::Found& each : inflight_.found()) {
    marks_.push_back({inbox_.keep(each.text), each.probe});
  }
  inbox_.tell(engine::Marks{op, inflight_.crashed(), inflight_.run(), marks_});
}

core::Now Shell::now() const {
  return {core::Instant(std::chrono::steady_clock::now().time_since_epoch()),
          core::WallTime(std::chrono::system_clock::now().time_since_epoch())};
}

}  // namespace innduct::io
