// people.h: the administrator: control commands, backlog files dropped in and taken away, and
// what one should not do to a feed file.
#pragma once

#include <string>
#include <string_view>

#include "sim/article.h"
#include "sim/disk.h"
#include "sim/innd.h"
#include "sim/judge.h"
#include "sim/ledger.h"
#include "sim/shell.h"
#include "sim/spool.h"
#include "sim/stage.h"

namespace innduct::sim {

class People {
 public:
  People(Stage& stage, const Reach& reach, Shell& shell)
      : stage_(stage), world_(reach), shell_(shell), dice_(stage.dice(Actor::people)) {}

  // Plans what they will do while the faults last.
  void start();
  // Takes away what nobody can read: backlog names that lead to no plain file.
  void tidy();
  // Types a control command now, if a process listens.
  void command(std::string_view line);

 private:
  void some_command();
  void drop_batch();
  void remove_batch();
  void make_oddity();
  void move_feed();
  void remove_feed();
  void empty_feed();
  void plan(unsigned count, void (People::*deed)());

  Stage& stage_;
  Reach world_;
  Shell& shell_;
  Dice dice_;
  std::uint64_t clients_ = 0;
  unsigned batches_ = 0;
};

}  // namespace innduct::sim
