// actions.h: what the engine asks for in one turn, and the bytes that those actions refer to.
//
// Texts are copied into chunks that are kept from turn to turn, so that after warm-up a turn
// allocates nothing. clear() ends the life of every view handed out.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/port.h"

namespace innduct::engine {

class Actions {
 public:
  // Copies `text` for the rest of the turn.
  std::string_view keep(std::string_view text);
  // Uninitialised room for `size` bytes for the rest of the turn.
  char* room(std::size_t size);

  template <class A>
  void add(A action) {
    list_.emplace_back(action);
  }
  void clear();

  const std::vector<Action>& list() const { return list_; }
  bool empty() const { return list_.empty(); }

 private:
  static constexpr std::size_t chunk_size = 65536;
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<Action> list_;
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  // index of the one being filled
  std::size_t used_ = 0;   // bytes used of it
};

}  // namespace innduct::engine
