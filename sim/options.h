// options.h: the character of one seed: how big its world is, and who misbehaves in it.
//
// Swarm testing: every class of faults is on in some seeds and off in most, so that rare ones
// are not always drowned by common ones. Everything drawn here is printed with a failure.
// Chances are per mille of the occasions; zero is off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "engine/config.h"
#include "sim/dice.h"

namespace innduct::sim {

enum class Survival : std::uint8_t;  // power_cut.h

// An end that is not left to chance: of one process, just before it changes the disk for the
// `step`-th time (from 0; a sync is a change, too).
struct Blow {
  unsigned step = 0;
  std::optional<Survival> power;  // the power goes, and this survives; else it is a SIGKILL
};

struct ProcessOptions {
  unsigned kills = 0;             // SIGKILLs, at any boundary between two actions
  unsigned power_cuts = 0;        // each also ends the process and innd
  unsigned stops = 0;             // orderly ends: SIGTERM, SIGINT, `stop`
  unsigned aimed = 0;             // moves and appends at which the process or the power goes
  bool crash_again_soon = false;  // after a crash the next one comes at once: during start-up
  unsigned late = 0;              // turns that come late, as for a process that was stopped
  unsigned wall_jumps = 0;        // jumps of the wall clock, a count
  std::vector<Blow> blows;        // of the first processes, one each
};

struct DiskOptions {
  unsigned full_spells = 0;    // times when the disk is full, a count
  unsigned no_space = 0;       // appends, links, blanks and creates that answer ENOSPC
  unsigned scarce = 0;         // opens, links and lists that answer EMFILE, ENFILE or ENOMEM
  unsigned read_errors = 0;    // reads that answer EIO
  unsigned sync_errors = 0;    // syncs that answer EIO and lose what was to be synced
  unsigned write_errors = 0;   // overwrites that answer EIO or EROFS
  unsigned denied = 0;         // links and unlinks that answer EACCES, EPERM or EROFS
  bool slow_syncs = false;     // syncs take up to 30 s
  bool slow_files = false;     // other actions take up to a second
  bool no_leases = false;      // ProveUnwritten cannot tell
  bool inodes_reused = false;  // a new file gets the number of one that is gone
  bool garbage = false;        // a power cut may leave garbage in unsynced appended bytes
};

struct InnOptions {
  core::Duration pause{};        // between two bursts of articles, at most
  unsigned burst = 1;            // articles of one burst, at most
  unsigned half_lines = 0;       // lines that are written in two parts
  unsigned duplicate_lines = 0;  // articles that innd feeds twice
  unsigned bad_lines = 0;        // lines that are no record
  unsigned odd_lines = 0;        // empty ones, endless ones, NULs, records without a newline
  bool starts_late = false;      // the first process finds neither innd nor a feed file
  bool buffers = false;          // innd keeps lines to itself until there are many
  unsigned restarts = 0;         // orderly, a count
  unsigned crashes = 0;          // a count
  unsigned foreign_flushes = 0;  // a count
  unsigned drops = 0;            // the site is dropped, and begun again later; a count
  unsigned misnamed = 0;         // times when no flush finds the site, which is fed; a count
  unsigned flush_cuts = 0;       // flushes while a full disk has cut the last line
  unsigned flush_lies = 0;       // flushes that are answered "Ok" and not done
  unsigned flush_late = 0;       // flushes that are done and answered much later
  unsigned flush_mute = 0;       // flushes that are done and never answered
  unsigned flush_lost = 0;       // flushes that are neither done nor answered
  unsigned flush_unknown = 0;    // flushes of which the shell says `unknown`
  unsigned flush_refused = 0;    // flushes that are answered with nonsense
};

struct SpoolOptions {
  unsigned expired = 0;      // articles that leave the spool at some time
  unsigned wrong = 0;        // articles whose token leads to another one
  unsigned trouble = 0;      // retrievals that fail for no lasting reason
  unsigned spells = 0;       // times when nothing can be retrieved, a count
  unsigned sick = 0;         // articles whose retrieval fails until the faults end
  unsigned damaged = 0;      // articles that are not fit for the wire until the faults end
  unsigned late_groups = 0;  // articles that the store denies until it is reopened
  unsigned poison = 0;       // articles over which the program crashes until the faults end
  bool slow = false;
  bool big = false;  // some articles of half a megabyte
};

struct PeerOptions {
  bool streams = true;
  unsigned addresses = 1;
  unsigned away_spells = 0;  // times when no connection can be had, a count
  unsigned refuses = 0;      // connection attempts that fail
  unsigned hangs = 0;        // connection attempts that are never answered
  unsigned unresolved = 0;   // look-ups that fail
  unsigned bad_greetings = 0;
  unsigned bad_modes = 0;        // answers to MODE STREAM other than 203
  unsigned stops_streaming = 0;  // sessions that answer 500 to CHECK all of a sudden
  unsigned has = 0;              // articles that the peer has from elsewhere
  unsigned defers = 0;           // offers answered 431 or 436
  unsigned rejects = 0;          // articles answered 439 or 437
  unsigned odd_answers = 0;      // final answers in another verb's place, or 403 and other 4xx
  unsigned refuses_one = 0;      // 5xx for an article
  unsigned leaves = 0;           // 400 and close
  unsigned misconfigured = 0;    // 401, 480, 483, 502
  unsigned nonsense = 0;         // wrong id, malformed, overlong, 1xx, 2xx and 3xx out of place
  unsigned chatter = 0;          // bytes nobody asked for
  unsigned closes = 0;           // closes after any byte that it reads or writes
  unsigned stalls = 0;           // connections that fall silent for ever
  unsigned forgets = 0;          // times when it loses its history, a count
  unsigned moods = 0;            // times when it treats all articles alike, a count
  unsigned killers = 0;          // articles that make it close each time, until the faults end
  unsigned sick_spells = 0;      // times when it closes at every article, a count
  bool slow_reader = false;
  bool slow = false;
  bool splits = false;  // replies arrive in pieces
};

struct PeopleOptions {
  unsigned commands = 0;          // control commands, a count
  unsigned batches = 0;           // backlog files dropped in, a count
  unsigned batches_removed = 0;   // backlog files removed again, a count
  unsigned batches_grown = 0;     // backlog files to which they append, a count
  unsigned batches_replaced = 0;  // backlog files in whose place they put another, a count
  unsigned batches_locked = 0;    // batches that cannot be opened until the faults end
  unsigned bad_lines = 0;         // batches with a line that is no record
  unsigned judgements = 0;        // of the quarantine: retried, dropped, renamed; a count
  unsigned foreign = 0;           // batches that are no feed files at all
  unsigned names_taken = 0;       // backlog names that they take just before the program does
  bool bad_full = false;          // F_bad is nearly full from the beginning
  unsigned oddities = 0;          // backlog names of directories, devices and dead links, a count
  unsigned feed_removed = 0;      // `rm F`, a count
  unsigned feed_raced = 0;        // flushes in which they put another F in place just in time
  unsigned feed_snatched = 0;     // new feed files that they remove soon
  unsigned feed_moved = 0;        // `mv F x`, a count
  unsigned feed_emptied = 0;      // `> F`, a count
};

struct Options {
  unsigned articles = 0;
  core::WallTime wall_start{};  // when it is, as the world begins
  core::Duration cruelty{};     // how long the faults last
  engine::Config config;
  ProcessOptions process;
  DiskOptions disk;
  InnOptions innd;
  SpoolOptions spool;
  PeerOptions peer;
  PeopleOptions people;
  unsigned hints_lost = 0;  // Grew events that are lost
  bool ends_with_drop = false;
  bool retries_quarantine = false;  // when the faults are over, people have everybody tried again

  // Of the seed that `dice` belongs to.
  static Options draw(Dice& dice);
  // The same world without any fault: nobody crashes, everything answers.
  void calm();
  // What differs from a world without faults, on a few lines.
  std::string text() const;
};

}  // namespace innduct::sim
