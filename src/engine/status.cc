// status.cc: the state of a feed as text.
#include "engine/status.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"

namespace innduct::engine {
namespace {

std::uint64_t rounded(double value) { return static_cast<std::uint64_t>(std::llround(value)); }

// Not below a second, which would only be read as noise.
std::string in_seconds(core::Duration duration) {
  return core::to_text(std::chrono::floor<std::chrono::seconds>(duration));
}

std::string shares(std::string_view name, const core::Histogram& took) {
  std::string text;
  for (const auto& [share, permille] :
       {std::pair("_p50=", 500U), {"_p90=", 900U}, {"_p99=", 990U}}) {
    core::append(text, core::cat(" ", name, share, core::to_text(took.permille(permille))));
  }
  return text;
}

}  // namespace

std::string render_text(const Status& status) {
  using core::append;
  using core::cat;
  using core::to_text;
  const core::Counters& c = status.counters;
  std::string text =
      cat("site=", status.site, " peer=", status.fqdn, " state=", to_text(status.state),
          " running=", to_text(status.running_for));
  if (status.finish_in) {
    append(text, cat(" finish_in=", to_text(*status.finish_in)));
  }
  append(text, cat("\n", render_counters(c, c.read - c.left_core()), "\n"));
  append(text, cat("queued=", status.queued, " inflight=", status.in_flight,
                   " deferring=", status.deferring, " connections=", status.connections.size(),
                   " accepted_percent=", rounded(status.accepted_percent),
                   " no_check=", status.no_check ? "yes" : "no",
                   " store=", status.store_in_trouble ? "trouble" : "ok", "\n"));
  append(text, cat("defer_bytes=", status.defer_bytes, " backlog_files=", status.backlog_files,
                   " backlog_bytes=", status.backlog_bytes,
                   " backlog_unreadable=", status.backlog_unreadable));
  if (status.backlog_scan_in) {
    append(text, cat(" backlog_scan_in=", to_text(*status.backlog_scan_in)));
  }
  append(text, '\n');
  append(text, cat("suspects=", status.suspects, " charged=", status.charged,
                   " in_quarantine=", status.in_quarantine, "\n"));
  if (status.connect_failures > 0) {
    append(text, cat("connect_failures=", status.connect_failures, " last_failure=\"",
                     core::escaped(status.connect_failure), "\"\n"));
  }
  append(
      text,
      cat("minute_seconds=", std::chrono::floor<std::chrono::seconds>(status.minute_took).count(),
          " minute_read=", status.minute.read, " minute_offered=", status.minute.offered,
          " minute_accepted=", status.minute.accepted, " minute_unwanted=", status.minute.unwanted,
          " minute_rejected=", status.minute.rejected, " minute_deferred=", status.minute.deferred,
          " minute_bytes=", status.minute.bytes, "\n"));
  if (status.delays.recent.count() > 0) {
    append(text,
           cat("answers=", status.delays.recent.count(), shares("delay", status.delays.recent),
               shares("answer", status.answers.recent), "\n"));
  }
  if (status.backlog_age) {
    append(text,
           cat("backlog_left=", status.backlog_left,
               " backlog_age=", in_seconds(*status.backlog_age), " backlog_done_in=",
               status.backlog_done_in ? in_seconds(*status.backlog_done_in) : "unknown", "\n"));
  }
  for (const FileStatus& file : status.files) {
    append(text, cat("file role=", file.role, " name=", core::escaped(file.name),
                     " read_to=", file.read_to, " size=", std::max(file.size, file.read_to),
                     " percent=", percent_read(file), " ",
                     render_counters(file.counters, file.in_core), "\n"));
  }
  for (const ConnectionStatus& conn : status.connections) {
    append(text, cat("connection to=", conn.address, " streaming=", conn.streaming ? "yes" : "no",
                     " checking=", conn.checking, " fetching=", conn.fetching, " ready=",
                     conn.ready, " taking=", conn.taking, " unsent_bytes=", conn.unsent_bytes,
                     " open=", to_text(conn.open_for), " idle=", to_text(conn.idle_for), "\n"));
  }
  for (const ErrorStatus& error : status.errors) {
    append(text, cat("said level=", to_text(error.level), " count=", error.count, " ago=",
                     in_seconds(error.last_ago), " text=\"", core::escaped(error.text), "\"\n"));
  }
  return text;
}

std::string_view to_text(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::notice:
      return "notice";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
    case Level::critical:
      return "critical";
  }
  std::unreachable();
}

std::string render_counters(const core::Counters& c, std::uint64_t in_core) {
  return core::cat("read=", c.read, " accepted=", c.accepted, " unwanted=", c.unwanted,
                   " rejected=", c.rejected, " deferred=", c.deferred, " missing=", c.missing,
                   " quarantined=", c.quarantined, " dropped=", c.dropped,
                   " forgotten=", c.forgotten, " in_core=", in_core, " offered=", c.offered,
                   " sent=", c.sent, " returned=", c.returned, " bad=", c.bad, " bytes=", c.bytes);
}

}  // namespace innduct::engine
