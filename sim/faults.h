// faults.h: which action on a file fails now, and with which errno.
#pragma once

#include <cstdint>
#include <span>

#include "sim/stage.h"

namespace innduct::sim {

enum class FileAct : std::uint8_t {
  open,
  create,
  close,
  read,
  overwrite,
  append,
  truncate,
  sync,
  sync_names,
  link,
  unlink,
  list,
  look
};

class Faults {
 public:
  explicit Faults(Stage& stage) : stage_(stage), dice_(stage.dice(Actor::disk).branch(1)) {}

  // Plans the times when the disk is full.
  void start();

  // 0, or the errno with which the act fails.
  int strike(FileAct act);
  // Whether nothing can be appended at the moment, by anybody.
  bool disk_full() const { return full_ && !stage_.mercy; }
  // How much of an append that found no room was written all the same.
  std::uint64_t part_of(std::uint64_t size) { return dice_.below(size + 1); }

  // Whether the program may end with code 12: after an error that it must not survive, or after
  // any trouble at all while it starts.
  bool may_end_process() const { return fatal_ || (trouble_ && starting_); }
  void process_started() {
    fatal_ = false;
    trouble_ = false;
    starting_ = true;
  }
  void start_is_over() { starting_ = false; }
  bool starting() const { return starting_; }
  // Something of the program's world changed under its hands.
  void count_trouble() { trouble_ = true; }

 private:
  int draw(FileAct act);
  // Throws the dice; an error is marked.
  int perhaps(unsigned chance, std::span<const int> errors, Landmark landmark);
  // The same, of an error that the program does not survive.
  int perhaps_fatal(unsigned chance, std::span<const int> errors, Landmark landmark);
  int perhaps_no_space(Landmark landmark);
  Stage& stage_;
  Dice dice_;
  bool full_ = false;
  bool fatal_ = false;
  bool trouble_ = false;
  bool starting_ = false;
};

}  // namespace innduct::sim
