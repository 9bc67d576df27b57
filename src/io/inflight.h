// inflight.h: F_inflight, the table of articles that our own code has in hand, for the process that
// comes after us.
//
//   header  64 bytes: "innduct\n", size of a slot, the fatal signal that ended us, the boot id, and
//           when the process began to use it: that names the process
//   slots   260 bytes each: length and probe flag (0: free), and the mark
//
// It is mapped, so that marking an article costs no system call, and what is marked outlives the
// process whatever ends it; but not a power cut, and that is right: then no article is to blame.
// The space is allocated in full before it is mapped, because a store into a hole of a full disk
// would be a fatal signal by itself. Without space the table is kept in memory: a crash then leads
// to nobody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/ids.h"
#include "io/descriptor.h"
#include "io/fatal_signals.h"

namespace innduct::io {

class Inflight {
 public:
  // A table in memory.
  Inflight();
  ~Inflight();
  Inflight(const Inflight&) = delete;
  Inflight& operator=(const Inflight&) = delete;

  // Keeps the table in the file `path` instead, made if it is absent. Called once, before anything
  // below, on the thread that will call it all. The error is for people; the table in memory stays.
  std::expected<void, std::string> open(const std::string& path);

  struct Found {
    std::string text;
    bool probe = false;
  };
  // What the last process left. Valid until clear().
  bool crashed() const;
  std::uint64_t run() const;
  std::vector<Found> found() const;
  // Empties the table. From now on a fatal signal is noted in it.
  void clear();

  // An article comes into our hands, or leaves them. False: there was no room, and it is not in the
  // table.
  bool mark(engine::ArticleRef article, std::string_view text, bool probe);
  void unmark(engine::ArticleRef article);

 private:
  struct Header;
  struct Slot;
  Header& header() const;
  Slot& slot(std::size_t number) const;
  bool grow();
  void unmap();

  Descriptor file_;  // none: the table is in memory
  char* bytes_ = nullptr;
  std::size_t slots_ = 0;            // there is room for
  std::size_t unused_ = 0;           // from here on no slot was ever used
  std::vector<std::uint32_t> free_;  // below that; the last that was freed is used first
  std::unordered_map<engine::ArticleRef, std::uint32_t> marked_;
  std::optional<FatalSignals> fatal_signals_;
};

}  // namespace innduct::io
