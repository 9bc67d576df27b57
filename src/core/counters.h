// counters.h: how many entries were read, and what became of them.
//
// One plain struct that is never reset: what happened in an interval is the difference between
// two copies. There is one for each input file and one for all (engine/tally.h). Each entry that is
// read ends in exactly one outcome or is still in core; add_up() says whether that holds (I12):
//
//   read = accepted + unwanted + rejected + missing    settled by a final answer or the spool
//        + deferred + quarantined                      settled by a durable record elsewhere
//        + dropped                                     taken out of the quarantine, by command
//        + forgotten                                   to be read again from another name
//        + in core
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace innduct::core {

struct Counters {
  // Lines of input files that hold no entry.
  std::uint64_t blank = 0;  // settled when they were read
  std::uint64_t torn = 0;   // torn blanks
  std::uint64_t bad = 0;

  // Entries taken from input files; one that is read again counts again.
  std::uint64_t read = 0;

  // Their outcomes, each counted when the entry leaves core.
  std::uint64_t accepted = 0;     // 239, 235
  std::uint64_t unwanted = 0;     // 438, 435
  std::uint64_t rejected = 0;     // 439, 437
  std::uint64_t missing = 0;      // the article left the spool
  std::uint64_t deferred = 0;     // recorded in the defer file, to be offered later
  std::uint64_t quarantined = 0;  // recorded in the quarantine, for a person to judge
  std::uint64_t dropped = 0;      // taken out of the quarantine by a person
  std::uint64_t forgotten = 0;    // its file was moved to the backlog, or changed under us

  // What was done for them, as often as it was done.
  std::uint64_t offered = 0;   // CHECK, IHAVE, or TAKETHIS without a CHECK
  std::uint64_t sent = 0;      // articles handed to a connection
  std::uint64_t returned = 0;  // went back to the queue: the connection died or asked for it
  std::uint64_t bytes = 0;     // of articles that were sent

  bool operator==(const Counters&) const = default;

  Counters& operator+=(const Counters& other);
  // Needs `other` to be an earlier copy of these counters.
  Counters& operator-=(const Counters& other);

  // Entries that left core.
  std::uint64_t left_core() const;
  // Whether every entry read is accounted for (I12), if `in_core` entries are in core.
  bool add_up(std::uint64_t in_core) const { return read == left_core() + in_core; }
};

inline Counters operator+(Counters one, const Counters& other) { return one += other; }
// What was counted between two copies, `later` and `earlier`.
inline Counters operator-(Counters later, const Counters& earlier) { return later -= earlier; }

struct NamedCounter {
  std::string_view name;
  std::uint64_t Counters::*value;
};

// Every counter with its name, for whoever prints them all.
inline constexpr std::array<NamedCounter, 16> named_counters{{
    {"blank", &Counters::blank},
    {"torn", &Counters::torn},
    {"bad", &Counters::bad},
    {"read", &Counters::read},
    {"accepted", &Counters::accepted},
    {"unwanted", &Counters::unwanted},
    {"rejected", &Counters::rejected},
    {"missing", &Counters::missing},
    {"deferred", &Counters::deferred},
    {"quarantined", &Counters::quarantined},
    {"dropped", &Counters::dropped},
    {"forgotten", &Counters::forgotten},
    {"offered", &Counters::offered},
    {"sent", &Counters::sent},
    {"returned", &Counters::returned},
    {"bytes", &Counters::bytes},
}};
static_assert(sizeof(Counters) == named_counters.size() * sizeof(std::uint64_t),
              "every counter has a name");

// What the counter is called.
constexpr std::string_view name_of(std::uint64_t Counters::*counter) {
  for (const NamedCounter& each : named_counters) {
    if (each.value == counter) {
      return each.name;
    }
  }
  return {};
}

}  // namespace innduct::core
