// inbox.cc: where a turn's events and their bytes are kept.
#include "io/inbox.h"

#include <cstring>
#include <utility>

namespace innduct::io {

char* Inbox::room(std::size_t size) {
  return gathering_.bytes.emplace_back(std::make_unique_for_overwrite<char[]>(size)).get();
}

std::string_view Inbox::keep(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  char* bytes = room(text.size());
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

std::span<const engine::ListedName> Inbox::keep(std::vector<engine::ListedName> names) {
  return gathering_.names.emplace_back(std::move(names));
}

std::span<const std::string_view> Inbox::keep(std::vector<std::string_view> texts) {
  return gathering_.texts.emplace_back(std::move(texts));
}

std::span<const engine::Event> Inbox::hand_over() {
  std::swap(gathering_, told_);
  gathering_.clear();
  ++turn_;
  return told_.events;
}

void Inbox::Turn::clear() {
  events.clear();
  bytes.clear();
  names.clear();
  texts.clear();
}

}  // namespace innduct::io
