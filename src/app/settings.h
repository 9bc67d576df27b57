// settings.h: the options that take a value, as one table: name, meaning, default, how to read it.
#pragma once

#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "app/options.h"

namespace innduct::app {

struct Setting {
  const char* names;         // as CLI11 wants them: "-f,--feedfile"
  const char* value;         // what the manual page calls it
  const char* meaning;       // for --help
  const char* default_text;  // for --help; empty: none worth telling
  bool tuning = true;        // listed apart
  // Puts a value into the options; the error is what was expected instead.
  std::function<std::expected<void, std::string>(Options&, std::string_view)> read;
};

std::span<const Setting> settings();

}  // namespace innduct::app
