// people.h: the administrator: control commands, backlog files dropped in and taken away, and
// what one should not do to a feed file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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
  // Sees to what nobody can read: takes away backlog names that lead to no plain file.
  void tidy();
  // The program is about to make this name: they may be quicker.
  void before_link(std::string_view name);
  // innd has made a feed file: they may remove it.
  void feed_was_made();
  // Types a control command now, if a process listens. Returns as whom.
  engine::ClientId command(std::string_view line);
  // From now on has everybody in the quarantine tried again, now and then.
  void keep_retrying();

 private:
  struct Batch {
    std::string made_as;
    FileKey file = 0;
    std::vector<ArticleNumber> numbers;
  };
  Batch make_batch(std::size_t articles);
  ArticleNumber add_article(Batch& batch);
  // The batch has a name in the feed directory: its articles count from now on.
  void hand_over(const Batch& batch);
  // Name of one of their backlog files, or nothing.
  std::string some_batch();

  void some_command();
  void drop_batch();
  void remove_batch();
  void perhaps_take(std::string_view name);
  void grow_batch();
  void replace_batch();
  void fill_bad();
  void empty_bad();
  void judge_quarantine();
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
