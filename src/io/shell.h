// shell.h: the hands: carries out a turn's actions, and waits for what happens.
//
//     engine.start(shell.now(), actions);
//     while (!shell.exit()) {
//       shell.perform(actions); actions.clear();
//       engine.turn(shell.wait(engine.deadline()), shell.now(), actions);
//     }
//
// It decides nothing (engine/port.h). perform() is the only switch over Action; each thing that is
// touched has its own room. A turn is a batch: wait() gathers whatever is ready, within bounds.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/actions.h"
#include "engine/port.h"
#include "io/console.h"
#include "io/control_socket.h"
#include "io/files.h"
#include "io/http_server.h"
#include "io/inbox.h"
#include "io/inflight.h"
#include "io/inn/article_store.h"
#include "io/inn/inn_config.h"
#include "io/inn/innd.h"
#include "io/log.h"
#include "io/outcome_log.h"
#include "io/peer.h"
#include "io/resolver.h"
#include "io/signals.h"
#include "io/source_address.h"
#include "io/supervisor.h"
#include "io/watch.h"
#include "io/worker.h"

namespace innduct::io {

// What the shell of one feed is told of the world.
struct Place {
  std::string site;            // as innd calls it
  std::string feed_directory;  // where every file of the feed is
  std::string peer_host;
  std::uint16_t peer_port = 119;
  SourceAddresses sources;
  InnConfig inn;
};

// Constructed after the last fork; used by one thread.
class Shell {
 public:
  // `log` and `supervisor` outlive the shell.
  Shell(const Place& place, const Log& log, const Supervisor& supervisor);
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // To be called before the first perform(), as far as wanted:
  // Listens for control connections.
  std::expected<void, ListenFailed> listen(const std::string& path);
  // Shows the state over HTTP. The error is for people.
  std::expected<void, std::string> listen_http(const HttpAddress& address);
  // Takes standard input and output for a control connection.
  void open_console();
  // Initialises the article store. The error is for people.
  std::expected<void, std::string> open_store();
  // Prepares to watch the feed file. Without it, Watch does nothing.
  std::expected<void, std::string> open_watch();
  // Keeps the table of articles in hand in the file `name`. Without it, no later process learns
  // what we had in hand when we crashed. The error is for people.
  std::expected<void, std::string> open_inflight(const std::string& name);

  // Writes the outcome log to `path`. Without it, Outcome does nothing. The error is for people.
  std::expected<void, std::string> open_outcome_log(const std::string& path);

  // Carries out the actions, in their order. What comes of them is told by wait().
  void perform(const engine::Actions& actions);
  // Everything that happened since the last call; waits for something to happen, at the latest
  // until `deadline`. The events, and what they refer to, stay valid until the next call.
  std::span<const engine::Event> wait(core::Instant deadline);

  core::Now now() const;
  // The Exit that was performed.
  const std::optional<engine::Exit>& exit() const { return exit_; }

 private:
  void perform(const engine::Action& action);
  void tell(engine::ClientId client, std::string_view text);
  void take_store_results();
  void let_go(engine::ArticleRef article);
  void tell_marks(engine::OpId op);
  void reload();
  void gather();
  void arm(core::Instant deadline);

  std::string site_;
  std::string feed_directory_;
  const Log& log_;
  const Supervisor& supervisor_;
  OutcomeLog outcomes_;
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay_;
  Inbox inbox_;
  Signals signals_;
  Worker disk_;
  Files files_;
  Watch watch_;
  Innd innd_;
  AlternateStack stack_;
  Inflight inflight_;
  bool table_was_full_ = false;
  std::vector<engine::Mark> marks_;  // what Marks shows
  ArticleStore store_;
  std::vector<StoreResult> store_results_;
  Resolver resolver_;
  Peer peer_;
  ControlSocket control_;
  HttpServer http_;
  Console console_;
  boost::asio::steady_timer alarm_;
  std::optional<core::Instant> alarm_at_;  // when alarm_ is set to ring
  std::optional<engine::Exit> exit_;
};

}  // namespace innduct::io
