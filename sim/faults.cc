// faults.cc: errors that a real file system gives, each where it can occur.
#include "sim/faults.h"

#include <array>
#include <cerrno>

namespace innduct::sim {

using namespace std::chrono_literals;

void Faults::start() {
  for (unsigned i = 0; i < stage_.options.disk.full_spells; ++i) {
    const core::Duration begin = dice_.evenly(0s, stage_.options.cruelty);
    const core::Duration length = dice_.widely(1s, 1000s);
    stage_.time.after(begin, [this] {
      full_ = true;
      stage_.say("disk", "is full");
    });
    stage_.time.after(begin + length, [this] {
      full_ = false;
      stage_.say("disk", "has room again");
    });
  }
}

int Faults::strike(FileAct act) {
  if (stage_.mercy) return 0;
  const int error = draw(act);
  if (error != 0) count_trouble();
  return error;
}

int Faults::perhaps(unsigned chance, std::span<const int> errors, Landmark landmark) {
  if (!dice_.permille(chance)) return 0;
  stage_.reach(landmark);
  return dice_.pick(errors);
}

int Faults::perhaps_fatal(unsigned chance, std::span<const int> errors, Landmark landmark) {
  const int error = perhaps(chance, errors, landmark);
  fatal_ = fatal_ || error != 0;
  return error;
}

int Faults::perhaps_no_space(Landmark landmark) {
  constexpr std::array no_space{ENOSPC, ENOSPC, EDQUOT};
  return perhaps(disk_full() ? 1000 : stage_.options.disk.no_space, no_space, landmark);
}

int Faults::draw(FileAct act) {
  const DiskOptions& o = stage_.options.disk;
  constexpr std::array no_space{ENOSPC, ENOSPC, EDQUOT};
  constexpr std::array scarce{EMFILE, ENFILE, ENOMEM};
  constexpr std::array denied{EACCES, EPERM, EROFS};
  constexpr std::array broken{EIO, EROFS};
  constexpr std::array unread{EIO};
  constexpr std::array unsynced{EIO, ENOSPC, EDQUOT};
  switch (act) {
    case FileAct::open:
      return perhaps(o.scarce, scarce, Landmark::open_scarce);
    case FileAct::list:
      return perhaps(o.scarce, scarce, Landmark::list_scarce);
    case FileAct::look:
      return perhaps(o.scarce, scarce, Landmark::look_scarce);
    case FileAct::create:
      if (const int error = perhaps_no_space(Landmark::create_no_space)) return error;
      return perhaps(o.scarce, scarce, Landmark::create_scarce);
    case FileAct::read:
      return perhaps(o.read_errors, unread, Landmark::read_broken);
    case FileAct::overwrite:
      if (const int error = perhaps_fatal(o.write_errors, broken, Landmark::overwrite_broken)) {
        return error;
      }
      // Its blocks exist, so a full disk alone does not hinder it.
      return perhaps(o.no_space, no_space, Landmark::overwrite_no_space);
    case FileAct::append:
      if (const int error = perhaps_fatal(o.write_errors, broken, Landmark::append_broken)) {
        return error;
      }
      return perhaps_no_space(Landmark::append_no_space);
    case FileAct::truncate:
      // It is rare that anything is cut, and the more often it fails.
      return perhaps_fatal(o.write_errors * 20, broken, Landmark::truncate_broken);
    case FileAct::close:
      return perhaps_fatal(o.sync_errors, unsynced, Landmark::close_failed);
    case FileAct::sync:
      return perhaps_fatal(o.sync_errors, unsynced, Landmark::sync_failed);
    case FileAct::sync_names:
      return perhaps_fatal(o.sync_errors, unsynced, Landmark::sync_names_failed);
    case FileAct::link:
      if (const int error = perhaps_fatal(o.denied, denied, Landmark::link_denied)) return error;
      if (const int error = perhaps_no_space(Landmark::link_no_space)) return error;
      return perhaps(o.scarce, scarce, Landmark::link_scarce);
    case FileAct::unlink:
      return perhaps_fatal(o.denied, denied, Landmark::unlink_denied);
  }
  return 0;
}

}  // namespace innduct::sim
