// sample.cc: members of a JSON object, whatever they are, as members of a Sample.
#include "io/sample.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/cat.h"
#include "core/escape.h"

namespace innduct::io {
namespace {

using Json = nlohmann::json;

const Json& member(const Json& of, const std::string& name) {
  static const Json none;
  if (!of.is_object()) {
    return none;
  }
  const auto found = of.find(name);
  return found == of.end() ? none : *found;
}

void read(const Json& value, bool& to) { to = value.is_boolean() && value.get<bool>(); }

void read(const Json& value, std::uint64_t& to) {
  to = value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

void read(const Json& value, Seconds& to) {
  constexpr auto most = static_cast<Seconds>(std::numeric_limits<std::uint64_t>::max());
  to = value.is_number() ? std::clamp(value.get<Seconds>(), 0.0, most) : 0;
}

// innduct has escaped it already; what is not printable is of somebody else.
void read(const Json& value, std::string& to) {
  to = value.is_string() ? value.get<std::string>() : "";
  if (!std::ranges::all_of(to, [](char c) { return c >= ' ' && c <= '~'; })) {
    to = core::escaped(to, to.size());
  }
}

void read(const Json& value, core::Counters& to) {
  for (const core::NamedCounter& each : core::named_counters) {
    read(member(value, std::string(each.name)), to.*each.value);
  }
}

template <class Each>
void read(const Json& value, std::optional<Each>& to) {
  if (value.is_number()) {
    read(value, to.emplace());
  }
}

void read(const Json& value, TookSample& to) {
  const Json& recent = member(value, "recent");
  read(member(recent, "p50_seconds"), to.p50);
  read(member(recent, "p90_seconds"), to.p90);
  read(member(recent, "p99_seconds"), to.p99);
}

void read(const Json& value, ErrorSample& to) {
  read(member(value, "level"), to.level);
  read(member(value, "text"), to.text);
  read(member(value, "count"), to.count);
  read(member(value, "last_seconds_ago"), to.last_ago);
}

void read(const Json& value, FileSample& to) {
  read(member(value, "role"), to.role);
  read(member(value, "name"), to.name);
  read(member(value, "read_to"), to.read_to);
  read(member(value, "size_at_open"), to.size_at_open);
  read(member(value, "in_core"), to.in_core);
}

void read(const Json& value, ConnectionSample& to) {
  read(member(value, "address"), to.address);
  read(member(value, "checking"), to.checking);
  read(member(value, "fetching"), to.fetching);
  read(member(value, "ready"), to.ready);
  read(member(value, "taking"), to.taking);
  read(member(value, "unsent_bytes"), to.unsent_bytes);
  read(member(value, "open_seconds"), to.open_for);
  read(member(value, "idle_seconds"), to.idle_for);
}

template <class Each>
void read(const Json& value, std::vector<Each>& to) {
  if (value.is_array()) {
    for (const Json& each : value) {
      read(each, to.emplace_back());
    }
  }
}

void read(const Json& value, Sample& to) {
  read(member(value, "site"), to.site);
  read(member(value, "peer"), to.peer);
  read(member(value, "state"), to.state);
  read(member(value, "running_seconds"), to.running_for);
  read(member(value, "finish_in_seconds"), to.finish_in);
  read(member(value, "counters"), to.counters);
  read(member(value, "queued"), to.queued);
  read(member(value, "in_flight"), to.in_flight);
  read(member(value, "deferring"), to.deferring);
  read(member(value, "no_check"), to.no_check);
  read(member(value, "defer_bytes"), to.defer_bytes);
  read(member(value, "backlog_files"), to.backlog_files);
  read(member(value, "backlog_left"), to.backlog_left);
  read(member(value, "backlog_age_seconds"), to.backlog_age);
  read(member(value, "backlog_done_in_seconds"), to.backlog_done_in);
  read(member(value, "suspects"), to.suspects);
  read(member(value, "in_quarantine"), to.in_quarantine);
  read(member(value, "connect_failures"), to.connect_failures);
  read(member(value, "troubles"), to.troubles);
  const Json& minute = member(value, "minute");
  read(member(minute, "counters"), to.minute);
  read(member(minute, "seconds"), to.minute_took);
  const Json& history = member(value, "history");
  read(member(history, "step_seconds"), to.history_step);
  read(member(history, "accepted"), to.accepted_in_each);
  read(member(value, "delay"), to.delay);
  read(member(value, "answer"), to.answer);
  read(member(value, "errors"), to.errors);
  read(member(value, "files"), to.files);
  read(member(value, "connections"), to.connections);
}

}  // namespace

std::expected<Sample, std::string> read_sample(std::string_view text) {
  const Json all = Json::parse(text, nullptr, false);
  if (!all.is_object()) {
    return std::unexpected(
        core::cat("expected a JSON object, not `", core::escaped(text, 60), "`"));
  }
  Sample sample;
  read(all, sample);
  return sample;
}

}  // namespace innduct::io
