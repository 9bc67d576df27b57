// landmarks.h: the rare paths that seeds must have taken: every move of the feed, each warning,
// each error of the disk, each state that a crash can leave.
//
// Seen from outside, in what the program logs and does and in what lies on the disk; so nothing is
// added to the program. A suite of seeds that leaves a mark unreached has proved nothing about
// it, and says so (sim/main.cc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace innduct::sim {

// What the world sees; what the program says is in landmarks.cc.
enum class Landmark : std::uint8_t {
  // Found by a process at its start.
  found_nothing,
  found_feed,
  found_flushing,
  found_both,
  found_cut_flush,
  found_cut_move_of_flushing,
  found_cut_move_of_defer,
  found_defer,
  found_half_record,
  found_bad,
  // Crashes.
  killed_while_starting,
  power_cut_while_starting,
  power_cut_while_starting_after_kill,
  // Moves.
  link_undone,
  name_of_defer_taken,
  name_of_flushing_taken,
  // Errors, by what they struck.
  open_scarce,
  create_no_space,
  create_scarce,
  look_scarce,
  list_scarce,
  read_broken,
  overwrite_no_space,
  overwrite_broken,
  append_no_space,
  append_broken,
  truncate_broken,
  close_failed,
  sync_failed,
  sync_names_failed,
  link_denied,
  link_no_space,
  link_scarce,
  unlink_denied,
  // Ends.
  exit_0,
  exit_4,
  exit_12,
  exit_16,
  signal,
};

class Landmarks {
 public:
  Landmarks();

  void reach(Landmark landmark) { reached_[static_cast<std::size_t>(landmark)] = true; }
  // The program logged this.
  void said(std::string_view text);

  // Those that were not reached, for people.
  std::vector<std::string> unreached() const;
  std::size_t size() const { return names_.size(); }
  // Takes over what others have reached.
  void add(const Landmarks& others);
  // As text, from one process to another.
  std::string packed() const;
  void add_packed(std::string_view text);

 private:
  std::vector<std::string> names_;  // landmarks of the world first, then what the program says
  std::vector<bool> reached_;
};

}  // namespace innduct::sim
