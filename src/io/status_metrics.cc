// status_metrics.cc: a Status as families of metrics.
#include "io/status_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <chrono>
#include <limits>
#include <string_view>
#include <utility>

#include "core/cat.h"
#include "core/counters.h"
#include "core/escape.h"

namespace innduct::io {
namespace {

using engine::FeedState;
using engine::Status;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// Up to a little more than an hour.
constexpr unsigned doublings_shown = 22;

double seconds(core::Duration duration) { return std::chrono::duration<double>(duration).count(); }

class Families {
 public:
  explicit Families(const Status& status)
      : labels_{{"site", core::escaped(status.site)}, {"peer", core::escaped(status.fqdn)}} {}

  void add(MetricType type, const char* name, const char* help) {
    MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    all_.push_back(std::move(family));
  }
  // A value of the family that was added last, with one more label if it has a name.
  template <class Number>
  void value(Number number, const char* label = nullptr, std::string_view labelled = {}) {
    ClientMetric metric;
    metric.label = labels_;
    if (label != nullptr) {
      metric.label.push_back({label, std::string(labelled)});
    }
    const double as_double = static_cast<double>(number);
    if (all_.back().type == MetricType::Counter) {
      metric.counter.value = as_double;
    } else {
      metric.gauge.value = as_double;
    }
    all_.back().metric.push_back(std::move(metric));
  }
  template <class Number>
  void counter(const char* name, const char* help, Number number) {
    add(MetricType::Counter, name, help);
    value(number);
  }
  template <class Number>
  void gauge(const char* name, const char* help, Number number) {
    add(MetricType::Gauge, name, help);
    value(number);
  }
  // The family has these doublings of a millisecond as buckets.
  void histogram(const char* name, const char* help, const core::Histogram& took) {
    add(MetricType::Histogram, name, help);
    ClientMetric metric;
    metric.label = labels_;
    metric.histogram.sample_count = took.count();
    metric.histogram.sample_sum = seconds(took.sum());
    for (unsigned doublings = 0; doublings <= doublings_shown; ++doublings) {
      metric.histogram.bucket.push_back(
          {took.within(doublings),
           seconds(std::chrono::milliseconds(std::int64_t{1} << doublings))});
    }
    metric.histogram.bucket.push_back({took.count(), std::numeric_limits<double>::infinity()});
    all_.back().metric.push_back(std::move(metric));
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(all_); }

 private:
  std::vector<ClientMetric::Label> labels_;
  std::vector<MetricFamily> all_;
};

using Named = std::pair<const char*, std::uint64_t core::Counters::*>;

constexpr std::array outcomes{
    Named{"accepted", &core::Counters::accepted},
    Named{"unwanted", &core::Counters::unwanted},
    Named{"rejected", &core::Counters::rejected},
    Named{"deferred", &core::Counters::deferred},
    Named{"missing", &core::Counters::missing},
    Named{"quarantined", &core::Counters::quarantined},
    Named{"dropped", &core::Counters::dropped},
    Named{"forgotten", &core::Counters::forgotten},
};

constexpr std::array states{FeedState::starting,  FeedState::waiting,   FeedState::normal,
                            FeedState::flushing,  FeedState::flushfail, FeedState::separated,
                            FeedState::finishing, FeedState::dropping};

}  // namespace

std::string to_metrics(const Status& status) {
  const core::Counters& c = status.counters;
  Families all(status);
  all.counter("innduct_read_total", "Articles taken up from input files.", c.read);
  all.add(MetricType::Counter, "innduct_articles_total", "What became of the articles taken up.");
  for (const auto& [name, outcome] : outcomes) {
    all.value(c.*outcome, "outcome", name);
  }
  all.counter("innduct_offered_total", "Offers made to the peer.", c.offered);
  all.counter("innduct_sent_total", "Articles sent.", c.sent);
  all.counter("innduct_sent_bytes_total", "Size of the articles sent.", c.bytes);
  all.counter("innduct_returned_total", "Articles that went back to the queue.", c.returned);
  all.counter("innduct_bad_lines_total", "Lines of input files that are no entry.", c.bad);
  all.add(MetricType::Counter, "innduct_noted_total", "Lines of the log, by their level.");
  all.value(status.warnings_noted, "level", "warning");
  all.value(status.errors_noted, "level", "error");
  all.histogram("innduct_delay_seconds", "From the line that was read to the final answer.",
                status.delays.in_all);
  all.histogram("innduct_answer_seconds", "From the offer to the final answer.",
                status.answers.in_all);

  all.gauge("innduct_in_core_articles", "Articles in memory.", c.read - c.left_core());
  all.gauge("innduct_queued_articles", "Articles that wait for a connection.", status.queued);
  all.gauge("innduct_in_flight_articles", "Articles on connections.", status.in_flight);
  all.gauge("innduct_deferring_articles", "Articles being written down.", status.deferring);
  all.gauge("innduct_connections", "Open connections to the peer.", status.connections.size());
  all.gauge("innduct_connect_failures", "Failed attempts to connect in a row.",
            status.connect_failures);
  all.gauge("innduct_accepted_ratio", "Smoothed share of articles accepted, 0 to 1.",
            status.accepted_percent / 100);
  all.gauge("innduct_backlog_files", "Backlog files that wait or are read.", status.backlog_files);
  all.gauge("innduct_backlog_bytes", "Their size.", status.backlog_bytes);
  all.gauge("innduct_backlog_left_bytes", "What is not read of them.", status.backlog_left);
  all.gauge("innduct_backlog_age_seconds", "Time since the oldest of them was written to.",
            seconds(status.backlog_age.value_or(core::Duration::zero())));
  if (status.backlog_done_in) {
    all.gauge("innduct_backlog_done_in_seconds", "When they are done, if it goes on like that.",
              seconds(*status.backlog_done_in));
  }
  all.gauge("innduct_backlog_unreadable_files", "Backlog files that cannot be read.",
            status.backlog_unreadable);
  all.gauge("innduct_defer_bytes", "Size of the defer file.", status.defer_bytes);
  all.gauge("innduct_suspects", "Articles that may kill.", status.suspects);
  all.gauge("innduct_quarantine_articles", "Articles in the quarantine.", status.in_quarantine);
  all.gauge("innduct_store_in_trouble", "1 if the article store is in trouble.",
            status.store_in_trouble ? 1 : 0);
  all.gauge("innduct_running_seconds", "Time since the start.", seconds(status.running_for));
  all.add(MetricType::Gauge, "innduct_state", "1 for the state that the feed is in.");
  for (const FeedState state : states) {
    all.value(status.state == state ? 1 : 0, "state", engine::to_text(state));
  }
  return all.text();
}

}  // namespace innduct::io
