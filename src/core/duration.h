// duration.h: intervals as the options give them: `100`, `100s`, `2ks`, `1das`, `5 min`.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/time.h"

namespace innduct::core {

// The longest interval that can be given: a sum of a point in time and a few of them still fits
// in an Instant.
inline constexpr Duration duration_max = std::chrono::days(36500);

// Reads a positive number of seconds, or a positive number followed by one of the units s m h d,
// sec min hour day, das hs ks Ms (upper and lower case differ), with spaces between them or not.
// The number may have a decimal fraction, of which nine digits count. The error is a sentence
// for the person who typed it.
std::expected<Duration, std::string> parse_duration(std::string_view text);

// Short text for people and logs: `30s`, `2m10s`, `27h46m40s`, `250ms`, `1.5s`. What is below the
// precision shown is cut off: seconds from a minute on, milliseconds from a second on, whole
// milli-, micro- or nanoseconds below.
std::string to_text(Duration duration);

}  // namespace innduct::core
