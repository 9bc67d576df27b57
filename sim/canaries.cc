// canaries.cc: a world for each rule.
#include "sim/canaries.h"

#include <algorithm>
#include <array>

#include "core/check.h"
#include "sim/engine_subject.h"
#include "sim/runner.h"

namespace innduct::sim {
namespace {

using namespace std::chrono_literals;
using engine::Rule;

// ---------------------------------------------------------------- kinds of worlds

void any(Options&) {}

// Crashes strike where several steps belong together, and again while the next process starts.
void crashes(Options& o) {
  o.process = {.kills = 3, .power_cuts = 2, .aimed = 300, .crash_again_soon = true};
  o.innd.foreign_flushes = 3;
  o.config.flush_size_bytes = 300;
  o.config.flush_finish_timeout = 50s;
  o.peer.defers = 200;
}

void power_cuts(Options& o) {
  o.process = {.power_cuts = 8};
  o.disk = {};
  o.people = {};
  o.cruelty = 5000s;
}

// The disk is full, or pretends to be.
void no_room(Options& o) {
  o.disk.no_space = 150;
  o.peer.defers = 200;
  o.innd.bad_lines = 50;
}

void failing_syncs(Options& o) {
  o.disk.sync_errors = 50;
  o.peer.defers = 100;
  o.config.flush_size_bytes = 300;
}

// Turns come late, so that much is told in each.
void failing_syncs_told_late(Options& o) {
  failing_syncs(o);
  o.process.late = 500;
}

void deferring_peer(Options& o) {
  o.peer.defers = 200;
  o.process.kills = std::max(o.process.kills, 2U);
}

void peer_that_breaks(Options& o) {
  o.peer.closes = 20;
  o.peer.leaves = 20;
  o.peer.stops_streaming = 20;
}

void slow_flushes(Options& o) {
  o.config.flush_size_bytes = 300;
  o.config.flush_finish_timeout = 50s;
  o.peer.slow = true;
  o.peer.stalls = 20;
}

void crashes_in_slow_flushes(Options& o) {
  slow_flushes(o);
  o.process = {.kills = 3, .aimed = 200};
}

void lying_innd(Options& o) {
  o.innd.flush_lies = 300;
  o.config.flush_size_bytes = 300;
}

void cut_lines(Options& o) {
  o.innd.flush_cuts = 500;
  o.innd.pause = 5s;
  o.config.flush_size_bytes = 300;
}

// The rest of a line that was cut comes late, and with it comes the end of patience.
void late_rests(Options& o) {
  cut_lines(o);
  slow_flushes(o);
  o.innd.pause = 300s;
  o.innd.burst = 3;
}

void odd_lines(Options& o) {
  o.innd.odd_lines = 200;
  o.innd.bad_lines = 50;
  o.innd.half_lines = 200;
  o.people.batches = 4;
  o.people.bad_lines = 300;
}

void full_bad(Options& o) {
  odd_lines(o);
  o.people.bad_full = true;
}

void people_at_batches(Options& o) {
  o.people.batches = 6;
  o.people.batches_grown = 6;
  o.people.batches_replaced = 6;
  o.people.names_taken = 500;
  o.peer.defers = 100;
  o.peer.slow = true;
}

void people_at_the_feed(Options& o) {
  o.config.flush_size_bytes = 300;
  o.people.feed_raced = 50;
}

// The site is dropped, and begun again when everything seems done; others wait.
void drops(Options& o) {
  o.innd.drops = 8;
  o.innd.pause = 5s;
  o.cruelty = 20'000s;
  o.config.period = 10s;
  o.config.earliest_deferred_retry = 100s;
  o.peer.defers = 50;
  o.people.batches = 4;
  o.people.batches_locked = 300;
}

// People lose patience with a flush while it waits for a slow disk.
void hurried_flushes(Options& o) {
  slow_flushes(o);
  o.disk.slow_syncs = true;
  o.config.period = 30s;
  o.people.commands = 100;
}

void misnamed(Options& o) {
  o.innd.misnamed = 2;
  o.disk.no_leases = false;
  o.config.flush_size_bytes = 300;
}

void misnamed_unprovably(Options& o) {
  misnamed(o);
  o.disk.no_leases = true;
  o.config.max_flush_interval = 100'000s;
  o.config.period = 1s;
  o.cruelty = 5000s;
}

void strange_spool(Options& o) {
  o.spool.late_groups = 100;
  o.spool.trouble = 100;
  o.spool.damaged = 50;
}

constexpr std::array canaries{
    Canary{Rule::sync_records_at_start, crashes},
    Canary{Rule::sync_directory_at_start, crashes},
    Canary{Rule::finish_cut_flush, crashes},
    Canary{Rule::finish_cut_move_of_flushing, crashes_in_slow_flushes},
    Canary{Rule::finish_cut_move_of_defer, crashes},
    Canary{Rule::sync_finished_moves, crashes},
    Canary{Rule::sync_records, deferring_peer},
    Canary{Rule::sync_name_of_records, deferring_peer},
    Canary{Rule::await_sync, any},
    Canary{Rule::flush_what_was_read, people_at_the_feed},
    Canary{Rule::sync_flush_link, any},
    Canary{Rule::sync_flush_unlink, any},
    Canary{Rule::sync_name_of_new_feed, power_cuts},
    Canary{Rule::new_feed_proves_the_flush, lying_innd},
    Canary{Rule::sync_flushing_before_move, hurried_flushes},
    Canary{Rule::sync_link_of_flushing_move, slow_flushes},
    Canary{Rule::sync_unlink_of_flushing_move, slow_flushes},
    Canary{Rule::sync_defer_before_move, no_room},
    Canary{Rule::sync_link_of_defer_move, deferring_peer},
    Canary{Rule::sync_unlink_of_defer_move, deferring_peer},
    Canary{Rule::take_a_free_name, people_at_batches},
    Canary{Rule::remove_when_settled, any},
    Canary{Rule::read_what_has_grown, people_at_batches},
    Canary{Rule::mind_the_name, people_at_batches},
    Canary{Rule::move_what_was_given_up, hurried_flushes},
    Canary{Rule::keep_bad_lines, odd_lines},
    Canary{Rule::stay_with_unkept_bad_lines, full_bad},
    Canary{Rule::prove_unwritten, misnamed},
    Canary{Rule::rest_when_unprovable, misnamed_unprovably},
    Canary{Rule::look_before_the_end, drops},
    Canary{Rule::end_after_backlog, drops},
    Canary{Rule::end_after_unreadable, drops},
    Canary{Rule::failed_sync_is_final, failing_syncs},
    Canary{Rule::failed_close_is_final, failing_syncs},
    Canary{Rule::blank_nothing_at_the_end, failing_syncs_told_late},
    Canary{Rule::record_or_put_back, no_room},
    Canary{Rule::cut_back_records, no_room},
    Canary{Rule::cut_half_record_at_start, crashes},
    Canary{Rule::remember_refused_blank, no_room},
    Canary{Rule::sync_feed, power_cuts},
    Canary{Rule::deferral_is_no_answer, deferring_peer},
    Canary{Rule::sending_is_no_answer, peer_that_breaks},
    Canary{Rule::requeue_after_loss, peer_that_breaks},
    Canary{Rule::requeue_after_goodbye, peer_that_breaks},
    Canary{Rule::requeue_withdrawn, slow_flushes},
    Canary{Rule::requeue_unknown_command, peer_that_breaks},
    Canary{Rule::offer_put_back, no_room},
    Canary{Rule::prove_missing, strange_spool},
    Canary{Rule::trouble_proves_nothing, strange_spool},
    Canary{Rule::retry_trouble, strange_spool},
    Canary{Rule::record_damaged, strange_spool},
    Canary{Rule::leave_bad_lines, odd_lines},
    Canary{Rule::blank_own_record, odd_lines},
    Canary{Rule::wait_for_newline, odd_lines},
    Canary{Rule::last_line_needs_no_newline, people_at_batches},
    Canary{Rule::half_waits, cut_lines},
    Canary{Rule::half_stays, late_rests},
    Canary{Rule::record_joined_line, late_rests},
    Canary{Rule::read_torn_lines, odd_lines},
};

}  // namespace

const Canary& canary_of(Rule rule) {
  const auto found = std::ranges::find(canaries, rule, &Canary::rule);
  core::check(found != canaries.end(), "each rule has a canary");
  return *found;
}

std::optional<Death> sing(const Canary& canary, std::uint64_t seeds_max) {
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    Options with = options_of(seed);
    canary.provoke(with);
    Options without = with;
    without.config.left_out = canary.rule;
    const Verdict verdict = run_seed(seed, make_engine, Trace::off, without);
    if (!verdict.failure) continue;
    // What fails in any case proves nothing about the rule.
    if (run_seed(seed, make_engine, Trace::off, with).failure) continue;
    return Death{seed, *verdict.failure};
  }
  return std::nullopt;
}

}  // namespace innduct::sim
