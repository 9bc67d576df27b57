// outcomes.h: the outcome log: a line for each entry that leaves core, with what the peer said.
//
//   2026-11-25T10:31:40.123Z <a@b> accepted 239 2/192.0.2.1 12 <a@b>
//   2026-11-25T10:31:40.125Z <c@d> deferred 431 1/192.0.2.1 3 <c@d> not now
//   2026-11-25T10:31:41.007Z <e@f> missing - - - it is no longer in the spool
//
// Time, message-id (or locator), outcome, code, connection, milliseconds from the offer to the
// answer, and the rest of the line, which may hold blanks: the peer's text, or why
// there is none. The outcomes are the counters' names, and a line is made exactly where one of them
// is counted: the log adds up with the statistics. The manual page promises this format.
//
// Beside the entries, not in them: who wants no such log has neither the work nor the memory. Lines
// and answers keep their memory, so that after warm-up nothing is allocated per article.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/counters.h"
#include "core/time.h"
#include "engine/actions.h"
#include "engine/entries.h"

namespace innduct::engine {

struct Connection;

class Outcomes {
 public:
  explicit Outcomes(bool wanted) : wanted_(wanted) {}

  // The entry was read, or is offered: there is no answer yet.
  void begin(EntryId id) {
    if (wanted_) {
      forget(id);
    }
  }
  // This was the answer; without a code, what came instead of one.
  void answered(core::Instant now, EntryId id, const Entry& entry, const Connection& connection,
                int code, std::string_view text) {
    if (wanted_) {
      keep(id, now - entry.offered_at, connection, code, text);
    }
  }
  // There will be no answer, because of this.
  void explained(EntryId id, std::string_view why) {
    if (wanted_) {
      stories_[id].text = why;
    }
  }
  // It leaves core and is counted so.
  void counted(Actions& actions, core::WallTime now, EntryId id, const Entry& entry,
               std::uint64_t core::Counters::*outcome) {
    if (wanted_) {
      tell(actions, now, id, entry, core::name_of(outcome));
    }
  }

 private:
  // What became of an entry so far.
  struct Story {
    std::uint64_t connection = 0;  // its number; 0: no answer yet
    std::string address;
    int code = 0;
    std::int64_t milliseconds = 0;
    std::string text;
  };
  void forget(EntryId id);
  void keep(EntryId id, core::Duration after, const Connection& connection, int code,
            std::string_view text);
  void tell(Actions& actions, core::WallTime now, EntryId id, const Entry& entry,
            std::string_view outcome);

  const bool wanted_;
  std::vector<Story> stories_;  // by EntryId
  std::string line_;
};

}  // namespace innduct::engine
