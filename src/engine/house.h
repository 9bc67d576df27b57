// house.h: the rooms beside the feed that the feed has to do with, and what concerns them all:
// taking the entries of one file out of core.
#pragma once

#include "engine/backlog.h"
#include "engine/bad_lines.h"
#include "engine/defer.h"
#include "engine/offers.h"
#include "engine/quarantine.h"
#include "engine/sources.h"
#include "engine/turn.h"

namespace innduct::engine {

struct House {
  Sources& sources;
  BadLines& bad_lines;
  Defer& defer;
  Backlog& backlog;
  Offers& offers;
  Quarantine& quarantine;
};

// Takes the entries of an open file out of core, their lines as they are, because the file is to
// become a backlog file. Connections with unanswered ones are closed. Entries that are being
// deferred or quarantined stay until they are; so do those with a part in another file, which are
// deferred now.
void abandon_entries(Turn& turn, House& house, Source& source);

// The file was emptied by somebody else: nothing of it is owed. Its entries leave core, but for
// those on the wire, whose answers will not matter.
void forget_entries(Turn& turn, House& house, Source& source);

}  // namespace innduct::engine
