// world.h: one seed: a false world around one feed, from its first article to its last.
//
// Two phases. First faults without mercy: crashes, power cuts, errors, a cruel peer. Then the
// faults stop, and within a bounded time everything must be finished: every article that innd fed
// answered, or gone from the spool; no queue file left; and an orderly end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/actions.h"
#include "sim/article.h"
#include "sim/disk.h"
#include "sim/evidence.h"
#include "sim/faults.h"
#include "sim/in_hand.h"
#include "sim/innd.h"
#include "sim/judge.h"
#include "sim/ledger.h"
#include "sim/network.h"
#include "sim/peer.h"
#include "sim/people.h"
#include "sim/power_cut.h"
#include "sim/shell.h"
#include "sim/spool.h"
#include "sim/stage.h"
#include "sim/subject.h"
#include "sim/wire.h"

namespace innduct::sim {

// What a seed did, for the statistics.
struct Tally {
  std::uint64_t hash = 0;
  core::Duration simulated{};
  std::uint64_t articles = 0;
  std::uint64_t taken_again = 0;
  std::uint64_t crashes = 0;
  std::uint64_t turns = 0;
  std::uint64_t events = 0;
  std::uint64_t excused = 0;
};

class World {
 public:
  // `options` overrides the seed's own.
  World(std::uint64_t seed, Trace trace, MakeSubject make,
        const std::optional<Options>& options = std::nullopt, Landmarks* landmarks = nullptr);

  // Throws Failure if the program does what it must never do.
  void run();

  const Tally& tally();
  const Options& options() const { return stage_.drawn; }
  const Recorder& record() const { return stage_.record; }
  // What lies in the feed directory, for people.
  std::string directory() const;

 private:
  void plan_crashes();
  void start_process();
  void kill();
  // The process dies of a mistake of its own.
  void crash();
  void start_again();
  void cut_power() { cut_power(static_cast<Survival>(dice_.below(survival_kinds))); }
  void cut_power(Survival survival);
  // This process has its end before it, if it was chosen.
  void await_blow();
  // The program has begun what takes several steps, or made something that is not sure yet.
  void perhaps_crash_at_move();
  void mark_what_is_found();
  // What was fed before then, a process in good health must have made sure by now.
  core::Instant synced_before() const;
  void end_process(bool by_crash = false);
  void crash_soon();
  void exited(const engine::Exit& exit);
  // Whether what happened allows the program to end so.
  bool may_exit(const engine::Exit& exit);
  void begin_mercy();
  // Runs until `until`, or until finished() (mercy only) holds.
  void run_until(core::Instant until, bool stop_when_finished);
  // Lets what is planned happen up to the next turn; false if `until` comes first.
  bool wait_for_turn(core::Instant until);
  // How much later than it could a turn comes.
  core::Duration lateness();
  void turn();
  bool finished() const;
  void say_goodbye();
  void fail_if_spinning(bool useful);
  bool all_is_settled() const;
  [[noreturn]] void fail_unfinished(core::Duration waited) const;
  core::Duration patience() const;

  Stage stage_;
  Dice dice_;
  MakeSubject make_;
  Catalogue articles_;
  Disk disk_;
  Faults faults_;
  Ledger ledger_;
  Spool spool_;
  Peer peer_;
  Evidence evidence_;
  Wire wire_;
  Network network_;
  InHand in_hand_;
  Innd innd_;
  Judge judge_;
  Reach reach_;
  Shell shell_;
  People people_;

  std::unique_ptr<Subject> subject_;
  engine::Actions actions_;
  Bound bound_;
  bool asked_to_stop_ = false;
  unsigned power_cuts_ = 0;
  std::size_t blows_ = 0;    // dealt so far
  bool after_kill_ = false;  // the process before the living one was killed
  bool leaving_ = false;     // the last process is asked to end
  bool over_ = false;        // it did
  Tally tally_;
  core::Instant started_{};  // the living process
  core::Instant last_turn_{};
  unsigned turns_at_once_ = 0;
  unsigned idle_turns_ = 0;
};

}  // namespace innduct::sim
