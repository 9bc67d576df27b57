// world_ends.cc: how processes end, by the seed's will or by their own, and what must hold then.
#include <csignal>

#include "core/cat.h"
#include "sim/failure.h"
#include "sim/world.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using core::cat;

void World::await_blow() {
  const std::vector<Blow>& blows = stage_.drawn.process.blows;
  if (stage_.mercy || blows_ == blows.size()) return;
  shell_.kill_at_change(blows[blows_].step, [this, power = blows[blows_].power] {
    power ? cut_power(*power) : kill();
  });
  ++blows_;
}

void World::end_process(bool by_crash) {
  subject_.reset();
  shell_.process_ended(by_crash);
}

void World::plan_crashes() {
  const ProcessOptions& o = stage_.options.process;
  const auto plan = [&](unsigned count, auto deed) {
    for (unsigned i = 0; i < count; ++i) {
      stage_.time.after(dice_.evenly(0s, stage_.options.cruelty), [this, deed] {
        if (!stage_.mercy) deed();
      });
    }
  };
  // Most crashes strike where something happens: between two actions.
  plan(o.kills,
       [this] { shell_.kill_after(static_cast<unsigned>(dice_.below(30)), [this] { kill(); }); });
  plan(o.power_cuts, [this] {
    if (dice_.coin()) {
      cut_power();
    } else {
      shell_.kill_after(static_cast<unsigned>(dice_.below(30)), [this] { cut_power(); });
    }
  });
  plan(o.stops, [this] {
    if (!shell_.alive()) return;
    asked_to_stop_ = true;
    if (dice_.coin()) {
      people_.command("stop");
    } else {
      shell_.tell({.event = engine::Stop{dice_.coin() ? SIGTERM : SIGINT}});
    }
  });
  plan(o.wall_jumps, [this] {
    const core::Duration jump = dice_.widely(1s, 100'000s);
    stage_.time.jump_wall(dice_.coin() ? jump : -jump);
    stage_.say("world", "the wall clock jumps");
  });
}

void World::perhaps_crash_at_move() {
  if (stage_.mercy || !dice_.permille(stage_.options.process.aimed)) return;
  const bool power = stage_.options.process.power_cuts > 0 && dice_.coin();
  shell_.kill_after(static_cast<unsigned>(dice_.below(4)),
                    [this, power] { power ? cut_power() : kill(); });
}

void World::crash_soon() {
  if (!stage_.options.process.crash_again_soon || stage_.mercy || dice_.coin()) return;
  const bool power = stage_.options.process.power_cuts > 0 && dice_.coin();
  shell_.kill_after(static_cast<unsigned>(dice_.below(40)),
                    [this, power] { power ? cut_power() : kill(); });
}

void World::kill() {
  stage_.say("world", "SIGKILL");
  if (faults_.starting()) stage_.reach(Landmark::killed_while_starting);
  after_kill_ = true;
  ++tally_.crashes;
  end_process();
  judge_.killed();
  // What the next process finds may be in no more than the page cache: before or while it makes
  // sure of it, the power goes.
  if (stage_.options.process.power_cuts > 0 && dice_.one_in(4)) {
    stage_.time.after(dice_.widely(1ms, 10s), [this] {
      if (!stage_.mercy) cut_power();
    });
  }
  start_again();
}

void World::crash() {
  stage_.say("world", "the process crashes");
  if (const std::vector<ArrivalMark> marks = in_hand_.marks(); marks.size() == 1) {
    const std::string& mark = marks.front().text;
    const auto number = articles_.by_message_id(mark);
    evidence_.crashed_alone(number ? *number : articles_.by_token(mark).value());
  }
  ++tally_.crashes;
  end_process(true);
  judge_.killed();
  start_again();
}

void World::start_again() {
  // The next process is to come before mercy does, if there is a blow for it.
  const bool awaited = blows_ < stage_.drawn.process.blows.size();
  const core::Duration longest = awaited ? core::Duration(10ms) : core::Duration(100s);
  stage_.time.after(dice_.widely(1ms, longest), [this] {
    start_process();
    crash_soon();
  });
}

core::Instant World::synced_before() const {
  const Options& o = stage_.drawn;
  const DiskOptions& d = o.disk;
  const bool disk_works = d.full_spells + d.no_space + d.scarce + d.read_errors + d.sync_errors +
                              d.write_errors + d.denied ==
                          0;
  const bool in_time = o.process.late == 0 && !d.slow_syncs && !d.slow_files;
  const PeopleOptions& p = o.people;
  const bool feed_untouched =
      p.feed_moved + p.feed_removed + p.feed_emptied + p.feed_raced + p.feed_snatched == 0;
  const core::Instant now = stage_.time.now().monotonic;
  const core::Instant then = now - 4 * o.config.period - 60s;
  const bool could = o.config.sync_feed && shell_.alive() && started_ < then && disk_works &&
                     in_time && feed_untouched;
  return could ? then : core::Instant::min();
}

void World::cut_power(Survival survival) {
  stage_.say("world", "the power goes; of what was not synced, this survives: ", to_text(survival));
  if (shell_.alive() && faults_.starting()) {
    stage_.reach(after_kill_ ? Landmark::power_cut_while_starting_after_kill
                             : Landmark::power_cut_while_starting);
  }
  after_kill_ = false;
  ++tally_.crashes;
  ++power_cuts_;
  const core::Instant synced = synced_before();
  end_process();
  innd_.power_lost();
  judge_.before_power_cut(synced);
  sim::cut_power(disk_, survival, stage_.options.disk.garbage, dice_);
  judge_.after_power_cut();
  if (stage_.record.on()) stage_.say("world", "what is left:\n", directory());
  innd_.power_back();
  in_hand_.power_lost();
  start_again();
}

void World::exited(const engine::Exit& exit) {
  stage_.say("world", "the process ended");
  after_kill_ = false;
  stage_.reach(exit.signal != 0  ? Landmark::signal
               : exit.code == 0  ? Landmark::exit_0
               : exit.code == 4  ? Landmark::exit_4
               : exit.code == 12 ? Landmark::exit_12
                                 : Landmark::exit_16);
  end_process();
  judge_.killed();
  const bool dropped = !innd_.knows_site();
  if (!may_exit(exit)) {
    throw Failure(cat("C7: exit ", exit.code, " (signal ", exit.signal,
                      ") without a reason that allows it; it said: ", shell_.last_error()));
  }
  if (exit.code == 4) judge_.finished(shell_.last_listed());
  if (leaving_ && exit.code != 16) {
    if (exit.code != (dropped ? 4 : 0)) {
      throw Failure(cat("C7: exit ", exit.code, " at the end, with the site ",
                        dropped ? "dropped" : "known"));
    }
    over_ = true;
    return;
  }
  stage_.time.after(dice_.widely(1s, 1000s), [this] { start_process(); });
}

bool World::may_exit(const engine::Exit& exit) {
  switch (exit.code) {
    case 0:
      return asked_to_stop_;
    case 4:
      return exit.signal == 0;
    case 12:
      return faults_.may_end_process();
    case 16: {
      // Many power cuts leave many bad lines; people look at them, and tolerate more from now on.
      const bool bad_lines = shell_.last_error().starts_with("too many bad lines");
      if (bad_lines) stage_.options.config.max_bad_input_init += 1000;
      return innd_.was_misnamed() || innd_.was_emptied() ||
             (bad_lines && (power_cuts_ >= 2 || ledger_.bad_lines().size() >= 15 ||
                            stage_.drawn.people.foreign > 0));
    }
    default:
      return false;
  }
}

}  // namespace innduct::sim
