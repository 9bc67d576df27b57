// last_errors.h: the warnings and errors that the log had of late, for whoever looks later.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "engine/port.h"

namespace innduct::engine {

class LastErrors {
 public:
  static constexpr std::size_t kept_max = 16;
  static constexpr std::size_t text_size_max = 400;

  struct Error {
    Level level{};
    std::string text;
    std::uint64_t count = 0;  // the same text came so often
    core::Instant first{};
    core::Instant last{};
  };

  // Takes note of it, if it is a warning or worse.
  void note(Level level, std::string_view text, core::Instant now) {
    if (level < Level::warning) {
      return;
    }
    ++counts_[static_cast<std::size_t>(level)];
    text = text.substr(0, text_size_max);
    auto same = std::ranges::find_if(
        all_, [&](const Error& each) { return each.level == level && each.text == text; });
    if (same == all_.end()) {
      if (all_.size() == kept_max) {
        all_.pop_back();
      }
      same = all_.insert(all_.end(), Error{level, std::string(text), 0, now, now});
    }
    ++same->count;
    same->last = now;
    std::rotate(all_.begin(), same, same + 1);
  }
  // The last one first; each text once.
  const std::vector<Error>& all() const { return all_; }
  // How many there were of this level.
  std::uint64_t count(Level level) const { return counts_[static_cast<std::size_t>(level)]; }

 private:
  std::vector<Error> all_;
  std::array<std::uint64_t, static_cast<std::size_t>(Level::critical) + 1> counts_{};
};

}  // namespace innduct::engine
