// inbox.h: the events of a turn while they gather, and the bytes that they refer to.
//
// Two turns exist at a time: the one that gathers, and the one that was handed over, whose views
// stay valid until the next one is. Rooms of the shell tell their events here and keep no list
// of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/port.h"

namespace innduct::io {

class Inbox {
 public:
  // Adds an event to the turn that gathers. The index is good for at() while turn() stays.
  template <class E>
  std::size_t tell(const E& event) {
    gathering_.events.emplace_back(event);
    return gathering_.events.size() - 1;
  }
  template <class E>
  E& at(std::size_t index) {
    return std::get<E>(gathering_.events[index]);
  }

  // Room for `size` bytes, uninitialised, and a copy of a text; both last as long as the turn.
  char* room(std::size_t size);
  std::string_view keep(std::string_view text);
  // An array that lasts as long as the turn.
  std::span<const engine::ListedName> keep(std::vector<engine::ListedName> names);
  std::span<const std::string_view> keep(std::vector<std::string_view> texts);

  bool empty() const { return gathering_.events.empty(); }
  std::size_t size() const { return gathering_.events.size(); }
  // Counts the turns, so that an index into an earlier one is recognised.
  std::uint64_t turn() const { return turn_; }

  // Ends the turn that gathers and hands it over; the views of the one before die.
  std::span<const engine::Event> hand_over();

 private:
  struct Turn {
    std::vector<engine::Event> events;
    std::vector<std::unique_ptr<char[]>> bytes;
    std::vector<std::vector<engine::ListedName>> names;
    std::vector<std::vector<std::string_view>> texts;
    void clear();
  };
  Turn gathering_;
  Turn told_;
  std::uint64_t turn_ = 1;
};

}  // namespace innduct::io
