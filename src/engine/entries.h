// entries.h: the entries in core, and the places where each of them can be.
//
// An entry is in exactly one Place at any time (I5): the queue, one of a connection's lists,
// the ones being deferred, and so on. To move it is to take it out of its list and put it into
// another; nothing else says where it is, so nothing can disagree.
//
// Entries are recycled with their memory: after warm-up nothing is allocated per article.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "core/time.h"
#include "engine/ids.h"
#include "engine/port.h"

namespace innduct::engine {

using EntryId = std::uint32_t;
inline constexpr EntryId no_entry = ~EntryId{0};

// Which input file an entry came from; no_source: its file was taken from under it, settling
// it needs nothing.
using Slot = std::uint8_t;
inline constexpr Slot no_source = 0xff;

// Bytes of an input file that are blanked when an entry is settled.
struct Span {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool before_newline = false;  // its end is the end of a line that has its newline
  std::uint64_t end() const { return offset + length; }
};

class Place;

// What became of an entry; counted when it is settled.
enum class Fate : std::uint8_t {
  undecided,
  accepted,
  unwanted,
  rejected,
  missing,
  deferred,
  quarantined,  // recorded in F_quarantine
  dropped       // taken out of it, by command
};

// One line of an input file: this article shall be offered to the peer.
struct Entry {
  std::string text;  // locator, and after a space the message-id, if there is one
  std::size_t locator_size = 0;
  Span span;
  Span tail;  // of an entry that a full disk cut in two: its second part, in `tail_source`
  std::uint64_t line = ~std::uint64_t{0};  // where its line starts, if it shares it with others
  core::Instant known_since{};             // its line existed at that time
  core::Instant read_at{};                 // its line was
  core::Instant offered_at{};              // on the connection where it is
  core::Instant ripe_at{};                 // not offered before, if its deferral has no record
  ArticleRef article;                      // asked for, or held by the shell
  std::size_t article_size = 0;
  std::uint64_t successes_seen = 0;  // of the spool, when this article last gave trouble
  Slot source = no_source;
  Slot tail_source = no_source;
  std::uint8_t troubles = 0;  // retrievals that failed for this article alone
  bool backlog = false;       // from a backlog file
  bool must_check = false;    // it may have arrived: never TAKETHIS without CHECK
  bool fetch_first = false;   // not offered before the spool has given it out
  bool granted = false;       // the peer asked for it on its present connection
  std::string why;            // it is to be quarantined: for people, escaped
  Fate fate = Fate::undecided;

  std::string_view locator() const { return std::string_view(text).substr(0, locator_size); }
  std::string_view message_id() const {
    return text.size() > locator_size ? std::string_view(text).substr(locator_size + 1)
                                      : std::string_view();
  }
  // What the article is called where it is suspected of killing: its message-id, or if that is not
  // known yet, the beginning of its locator. At most mark_size_max bytes.
  std::string_view mark() const {
    const std::string_view id = message_id();
    return (id.empty() ? locator() : id).substr(0, mark_size_max);
  }

 private:
  friend class Entries;
  Place* place_ = nullptr;
  EntryId previous_ = no_entry;
  EntryId next_ = no_entry;
};

// A place where entries are, in order.
class Place {
 public:
  Place() = default;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  EntryId front() const { return head_; }
  EntryId back() const { return tail_; }

 private:
  friend class Entries;
  EntryId head_ = no_entry;
  EntryId tail_ = no_entry;
  std::size_t size_ = 0;
};

class Entries {
 public:
  // Makes an entry at the end of `place`. Its text keeps its capacity from an earlier life.
  EntryId create(Place& place);
  // Ends the entry's life, wherever it is.
  void destroy(EntryId id);

  Entry& operator[](EntryId id) { return all_[id]; }
  const Entry& operator[](EntryId id) const { return all_[id]; }

  // Moves an entry to the end, or the front, of another list (or of the same).
  void move_back(EntryId id, Place& to);
  void move_front(EntryId id, Place& to);
  // Moves all of `from` in front of what is in `to`, keeping the order.
  void move_all_front(Place& from, Place& to);
  // Moves all of `from` behind what is in `to`, keeping the order.
  void move_all_back(Place& from, Place& to);

  EntryId next(EntryId id) const { return all_[id].next_; }
  bool is_in(EntryId id, const Place& place) const { return all_[id].place_ == &place; }
  // Entries alive.
  std::size_t size() const { return alive_; }
  // For walking over all that are alive: ids below this bound, alive or not.
  EntryId bound() const { return static_cast<EntryId>(all_.size()); }
  bool alive(EntryId id) const { return id < all_.size() && all_[id].place_ != nullptr; }

 private:
  void unlink(EntryId id);

  std::deque<Entry> all_;  // references stay valid while it grows
  EntryId free_ = no_entry;
  std::size_t alive_ = 0;
};

}  // namespace innduct::engine
