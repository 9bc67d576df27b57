// ring.h: a queue whose slots outlive what is in them, so that their strings are used again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/check.h"

namespace innduct::nntp {

// Grows to the longest queue it ever held and never allocates below that.
template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // A slot at the end. It holds what its last user left in it: every member is to be assigned.
  T& push() {
    if (size_ == slots_.size()) {
      std::rotate(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(first_),
                  slots_.end());
      first_ = 0;
      slots_.resize(std::max<std::size_t>(16, 2 * slots_.size()));
    }
    return slots_[(first_ + size_++) & (slots_.size() - 1)];
  }

  T& front() {
    core::check(size_ > 0, "only a queue that is not empty has a front");
    return slots_[first_];
  }
  const T& front() const {
    core::check(size_ > 0, "only a queue that is not empty has a front");
    return slots_[first_];
  }

  // Gives the front away and returns its slot, which stays as it is until a later push().
  T& pop() {
    T& slot = front();
    first_ = (first_ + 1) & (slots_.size() - 1);
    --size_;
    return slot;
  }

 private:
  std::vector<T> slots_;  // their number is a power of two
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace innduct::nntp
