// shell.h: the hands of the program in the false world: performs Actions, gathers Events.
//
// Keeps what engine/port.h promises and not more: actions on one file, and on one connection,
// happen in order; all others in any, each after a while of its own. A sync covers what was
// changed before it began. Whatever has not happened when the process ends never happens.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/port.h"
#include "sim/arrival.h"
#include "sim/disk.h"
#include "sim/evidence.h"
#include "sim/faults.h"
#include "sim/in_hand.h"
#include "sim/innd.h"
#include "sim/judge.h"
#include "sim/ledger.h"
#include "sim/network.h"
#include "sim/outcome_log.h"
#include "sim/peer.h"
#include "sim/spool.h"
#include "sim/stage.h"
#include "sim/wire.h"

namespace innduct::sim {

// The parts of the world that the program can reach.
struct Reach {
  Disk& disk;
  Faults& faults;
  Judge& judge;
  Catalogue& articles;
  Ledger& ledger;
  Spool& spool;
  Innd& innd;
  Peer& peer;
  Network& network;
  Wire& wire;
  InHand& in_hand;
  Evidence& evidence;
};

class Shell {
 public:
  // `crash`: the process dies of a mistake of its own, now.
  Shell(Stage& stage, const Reach& reach, std::function<void()> crash)
      : stage_(stage), world_(reach), crash_(std::move(crash)), dice_(stage.dice(Actor::shell)) {}

  void process_started();
  void process_ended(bool by_crash);
  // A process is there to be told things.
  bool alive() const { return alive_; }

  void perform(const std::vector<engine::Action>& actions);
  // What the program asked for last of all.
  const std::optional<engine::Exit>& exit() const { return exit_; }

  // When it last saw the directory.
  core::Instant last_listed() const { return last_listed_; }
  // The last that it logged as an error, or worse.
  const std::string& last_error() const { return last_error_; }

  // Something the program will be told in a coming turn.
  void tell(Arrival arrival);
  bool anything_to_tell() const { return !inbox_.empty(); }
  // What is told now: mostly all there is.
  std::vector<Arrival> take();

  // The file changed its size by another's hand.
  void grew(FileKey file);
  // The process is to be killed when so many more actions have happened: `then` is called
  // between two of them.
  void kill_after(unsigned actions, std::function<void()> then);
  // The same, counting only actions that change the disk.
  void kill_at_change(unsigned changes, std::function<void()> then);
  void spare() { kill_ = nullptr; }
  // Told each time that a name was made or a file written that only the program writes: a crash
  // now finds something half done.
  void at_moves(std::function<void()> tell) { at_moves_ = std::move(tell); }
  // Told of each name that is about to be linked, just before.
  void before_link(std::function<void(std::string_view)> tell) { before_link_ = std::move(tell); }

 private:
  // An action that has yet to happen, with its texts.
  struct Task {
    engine::Action action;
    std::string text;
    std::string more;
    std::string third;
    Serial begun = 0;  // the disk's last change when it began
  };
  struct Handle {
    FileKey file = 0;
    bool writing = false;
    bool written = false;
    bool matters = true;  // what is lost of it is missed
  };
  struct Held {
    bool ready = false;
    ArticleNumber number = 0;
    std::size_t size = 0;
  };

  // What keeps an action in order: 0 for nothing.
  static std::uint64_t lane_of(const engine::Action& action);
  static Task task_of(const engine::Action& action);
  core::Duration latency_of(const engine::Action& action);
  void queue(std::uint64_t lane, Task task);
  void begin(std::uint64_t lane, Task task);
  void happen(const Task& task);
  // Demands what can be demanded of an action on a connection as soon as it is asked for.
  void watch_connections(const engine::Action& action);
  void perform_at_once(const std::vector<engine::Action>& actions);

  void done(engine::OpId op) { tell({.event = engine::Done{op}}); }
  void failed(engine::OpId op, int error);
  // The same, of a sync or of a close after writing.
  void failed_finally(engine::OpId op, int error);
  // The open file, which the program must have.
  Handle& handle(engine::FileId file);
  void stat(engine::OpId op, FileKey file);

  void act(const engine::OpenFile& a, const Task& task);
  void act(const engine::CloseFile& a, const Task& task);
  void act(const engine::StatName& a, const Task& task);
  void act(const engine::StatFile& a, const Task& task);
  void act(const engine::Read& a, const Task& task);
  void act(const engine::Overwrite& a, const Task& task);
  void act(const engine::Append& a, const Task& task);
  void act(const engine::Truncate& a, const Task& task);
  void act(const engine::Sync& a, const Task& task);
  void act(const engine::SyncDirectory& a, const Task& task);
  void act(const engine::Link& a, const Task& task);
  void act(const engine::Unlink& a, const Task& task);
  void act(const engine::List& a, const Task& task);
  void act(const engine::ProveUnwritten& a, const Task& task);
  void act(const engine::Watch& a, const Task& task);
  void act(const engine::Flush& a, const Task& task);
  void act(const engine::ForgetFlush& a, const Task& task);
  void act(const engine::Fetch& a, const Task& task);
  void act(const engine::Release& a, const Task& task);
  void act(const engine::ReopenStore& a, const Task& task);
  void act(const engine::ReadMarks& a, const Task& task);
  void act(const engine::ClearMarks& a, const Task& task);
  void act(const engine::Resolve& a, const Task& task);
  void act(const engine::Connect& a, const Task& task);
  void act(const engine::Send& a, const Task& task);
  void act(const engine::Disconnect& a, const Task& task);
  void act(const engine::Answer& a, const Task& task);
  void act(const engine::AnswerJson& a, const Task& task);
  void act(const engine::AnswerTrace& a, const Task&) { done(a.op); }
  void act(const engine::Hangup& a, const Task& task);
  void act(const engine::Note& a, const Task& task);
  void act(const engine::Outcome&, const Task&) {}
  void act(const engine::Tell&, const Task&) {}
  void act(const engine::Exit& a, const Task& task);

  Stage& stage_;
  Reach world_;
  std::function<void()> crash_;
  Dice dice_;
  bool alive_ = false;
  std::uint64_t process_ = 0;  // counts processes; what belongs to an earlier one is void
  std::vector<Arrival> inbox_;
  std::map<std::uint64_t, std::deque<Task>> lanes_;  // the front one is under way
  std::set<engine::ConnId> connections_;             // not closed, and not known to be lost
  std::map<engine::FileId, Handle> handles_;
  std::map<engine::ArticleRef, Held> held_;
  std::size_t held_bytes_ = 0;
  std::map<engine::OpId, bool> flushes_;
  std::set<engine::OpId> final_failures_;  // of which it is not told yet
  engine::FileId watched_;
  core::Instant store_busy_until_{};  // retrievals and reopenings planned so far
  core::Instant store_closed_until_{};
  OutcomeLog outcome_log_;
  std::optional<engine::Exit> exit_;
  std::string last_error_;
  core::Instant last_listed_{};
  std::function<void(std::string_view)> before_link_;
  std::function<void()> at_moves_;
  std::function<void()> kill_;
  unsigned kill_in_ = 0;
  bool only_changes_count_ = false;
};

}  // namespace innduct::sim
