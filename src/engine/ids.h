// ids.h: the names by which engine and shell speak of what the other one holds.
//
// All are given out by the engine, counted up, never used twice; a shell gives out ClientId alone.
// Events for an id that was given back are ignored (they may have been on their way).
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace innduct::engine {

template <class Kind>
struct Id {
  std::uint64_t value = 0;  // 0 names nothing
  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return value != 0; }
};

using OpId = Id<struct OpKind>;             // one operation that will be answered once
using FileId = Id<struct FileKind>;         // an open file; given back by CloseFile
using ConnId = Id<struct ConnKind>;         // a connection to the peer; given back by Disconnect
using ArticleRef = Id<struct ArticleKind>;  // an article; given back by Release, or taken by Send
using ClientId = Id<struct ClientKind>;     // a control connection; given back by Hangup

}  // namespace innduct::engine

template <class Kind>
struct std::hash<innduct::engine::Id<Kind>> {
  std::size_t operator()(innduct::engine::Id<Kind> id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
