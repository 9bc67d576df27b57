// headline.cc: a Status as one line.
#include "engine/headline.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/cat.h"
#include "core/duration.h"
#include "core/volume.h"
#include "engine/troubles.h"

namespace innduct::engine {
namespace {

// With a tenth as long as that says more.
std::string per_second(std::uint64_t count, core::Duration time) {
  const auto milliseconds = static_cast<std::uint64_t>(
      std::max(time, core::Duration(std::chrono::seconds(1))) / std::chrono::milliseconds(1));
  const std::uint64_t tenths = count * 10'000 / milliseconds;
  return tenths > 0 && tenths < 100 ? core::cat(tenths / 10, ".", tenths % 10)
                                    : core::cat(tenths / 10);
}

}  // namespace

std::string render_headline(const Status& status) {
  std::string text =
      core::cat(to_text(status.state), ": ", status.counters.accepted, " accepted, ",
                per_second(status.minute.accepted, status.minute_took), "/s; ", status.queued,
                " queued, ", status.in_flight, " on ", status.connections.size(),
                status.connections.size() == 1 ? " connection" : " connections");
  if (const std::uint64_t owed = status.backlog_left + status.defer_bytes; owed > 0) {
    core::append(text, core::cat("; backlog ", core::volume_text(owed)));
  }
  if (status.backlog_done_in) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(*status.backlog_done_in);
    core::append(text, core::cat(", done in ", core::to_text(whole)));
  }
  for (const std::string& trouble : troubles(status)) {
    core::append(text, core::cat("; ", trouble));
  }
  return text;
}

}  // namespace innduct::engine
