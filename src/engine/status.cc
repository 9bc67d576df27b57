// status.cc: the state of a feed as text.
#include "engine/status.h"

#include <cmath>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"

namespace innduct::engine {
namespace {

std::uint64_t rounded(double value) { return static_cast<std::uint64_t>(std::llround(value)); }

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
  for (const FileStatus& file : status.files) {
    append(text, cat("file role=", file.role, " name=", core::escaped(file.name), " read_to=",
                     file.read_to, " ", render_counters(file.counters, file.in_core), "\n"));
  }
  for (const ConnectionStatus& conn : status.connections) {
    append(text, cat("connection to=", conn.address, " streaming=", conn.streaming ? "yes" : "no",
                     " checking=", conn.checking, " fetching=", conn.fetching, " ready=",
                     conn.ready, " taking=", conn.taking, " unsent_bytes=", conn.unsent_bytes,
                     " open=", to_text(conn.open_for), " idle=", to_text(conn.idle_for), "\n"));
  }
  return text;
}

std::string render_counters(const core::Counters& c, std::uint64_t in_core) {
  return core::cat("read=", c.read, " accepted=", c.accepted, " unwanted=", c.unwanted,
                   " rejected=", c.rejected, " deferred=", c.deferred, " missing=", c.missing,
                   " quarantined=", c.quarantined, " dropped=", c.dropped,
                   " forgotten=", c.forgotten, " in_core=", in_core, " offered=", c.offered,
                   " sent=", c.sent, " returned=", c.returned, " bad=", c.bad, " bytes=", c.bytes);
}

}  // namespace innduct::engine
