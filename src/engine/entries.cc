// entries.cc: the pool of entries and its places.
#include "engine/entries.h"

#include <utility>

#include "core/check.h"

namespace innduct::engine {

EntryId Entries::create(Place& place) {
  EntryId id = free_;
  if (id != no_entry) {
    free_ = all_[id].next_;
    std::string text = std::move(all_[id].text);
    text.clear();
    all_[id] = Entry{};
    all_[id].text = std::move(text);
  } else {
    id = static_cast<EntryId>(all_.size());
    all_.emplace_back();
  }
  ++alive_;
  move_back(id, place);
  return id;
}

void Entries::destroy(EntryId id) {
  core::check(alive(id), "an entry is destroyed once");
  unlink(id);
  all_[id].next_ = free_;
  free_ = id;
  --alive_;
}

void Entries::unlink(EntryId id) {
  Entry& entry = all_[id];
  if (entry.place_ == nullptr) {
    return;
  }
  Place& place = *entry.place_;
  (entry.previous_ == no_entry ? place.head_ : all_[entry.previous_].next_) = entry.next_;
  (entry.next_ == no_entry ? place.tail_ : all_[entry.next_].previous_) = entry.previous_;
  --place.size_;
  entry.place_ = nullptr;
  entry.previous_ = entry.next_ = no_entry;
}

void Entries::move_back(EntryId id, Place& to) {
  unlink(id);
  Entry& entry = all_[id];
  entry.place_ = &to;
  entry.previous_ = to.tail_;
  (to.tail_ == no_entry ? to.head_ : all_[to.tail_].next_) = id;
  to.tail_ = id;
  ++to.size_;
}

void Entries::move_front(EntryId id, Place& to) {
  unlink(id);
  Entry& entry = all_[id];
  entry.place_ = &to;
  entry.next_ = to.head_;
  (to.head_ == no_entry ? to.tail_ : all_[to.head_].previous_) = id;
  to.head_ = id;
  ++to.size_;
}

void Entries::move_all_front(Place& from, Place& to) {
  core::check(&from != &to, "the entries of a place are moved to another");
  while (!from.empty()) {
    move_front(from.tail_, to);
  }
}

void Entries::move_all_back(Place& from, Place& to) {
  core::check(&from != &to, "the entries of a place are moved to another");
  while (!from.empty()) {
    move_back(from.head_, to);
  }
}

}  // namespace innduct::engine
