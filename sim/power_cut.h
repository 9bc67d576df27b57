// power_cut.h: what a power cut leaves of changes that were not synced.
//
// Physics, no crueller than what POSIX lets a file system do:
//   * bytes that were synced are never harmed;
//   * an overwrite is, per 512-byte sector, old or new;
//   * appended bytes may be there, absent (the file is short), zero, or garbage;
//   * an overwrite of appended bytes that did not survive disappears with them;
//   * a link, unlink, rename or create happened or not, in any combination.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/dice.h"
#include "sim/disk.h"

namespace innduct::sim {

enum class Survival : std::uint8_t {
  all,      // as after a plain kill
  none,     // what was synced, and nothing else
  prefix,   // all changes up to some moment
  any,      // any of them, each torn at sectors
  adverse,  // overwrites and unlinks, but no append, link or create: the worst for a queue
};
inline constexpr unsigned survival_kinds = 5;

std::string_view to_text(Survival survival);

// Cuts the power: afterwards the disk is what is found when it is back. With `garbage`,
// appended bytes may have become anything.
void cut_power(Disk& disk, Survival survival, bool garbage, Dice& dice);

}  // namespace innduct::sim
