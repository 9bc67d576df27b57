// failure.h: how a seed fails: the program did what it must never do.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace innduct::sim {

struct Failure : std::runtime_error {
  // `about`: message-id of the article that it is about, if there is one.
  explicit Failure(const std::string& what, std::string_view about_id = {})
      : std::runtime_error(what), about(about_id) {}
  std::string about;
};

}  // namespace innduct::sim
