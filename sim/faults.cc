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

int Faults::draw(FileAct act) {
  const DiskOptions& o = stage_.options.disk;
  constexpr std::array no_space{ENOSPC, ENOSPC, EDQUOT};
  constexpr std::array scarce{EMFILE, ENFILE, ENOMEM};
  constexpr std::array denied{EACCES, EPERM, EROFS};
  constexpr std::array broken{EIO, EROFS};
  constexpr std::array unsynced{EIO, ENOSPC, EDQUOT};
  switch (act) {
    case FileAct::open:
    case FileAct::list:
      return dice_.permille(o.scarce) ? dice_.pick(scarce) : 0;
    case FileAct::create:
      if (disk_full() || dice_.permille(o.no_space)) return dice_.pick(no_space);
      return dice_.permille(o.scarce) ? dice_.pick(scarce) : 0;
    case FileAct::read:
      return dice_.permille(o.read_errors) ? EIO : 0;
    case FileAct::overwrite:
      if (dice_.permille(o.write_errors)) return fatal(dice_.pick(broken));
      return dice_.permille(o.no_space) ? dice_.pick(no_space) : 0;
    case FileAct::append:
      return disk_full() || dice_.permille(o.no_space) ? dice_.pick(no_space) : 0;
    case FileAct::close:
    case FileAct::sync:
    case FileAct::sync_names:
      return dice_.permille(o.sync_errors) ? fatal(dice_.pick(unsynced)) : 0;
    case FileAct::link:
      if (dice_.permille(o.denied)) return fatal(dice_.pick(denied));
      if (disk_full() || dice_.permille(o.no_space)) return dice_.pick(no_space);
      return dice_.permille(o.scarce) ? dice_.pick(scarce) : 0;
    case FileAct::unlink:
      return dice_.permille(o.denied) ? fatal(dice_.pick(denied)) : 0;
    case FileAct::truncate:
      return 0;
  }
  return 0;
}

}  // namespace innduct::sim
