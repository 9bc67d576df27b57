// options.cc: drawing a character, and printing it.
#include "sim/options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/cat.h"
#include "core/duration.h"

namespace innduct::sim {
namespace {

using namespace std::chrono_literals;

// Draws which classes of faults a seed has, and how often each strikes.
struct Draw {
  Dice& dice;
  std::uint64_t rarity;  // a class is on in one of so many

  bool on() { return dice.one_in(rarity); }
  // Often, now and then, or hardly ever.
  unsigned chance() {
    constexpr std::array<unsigned, 4> chances{2, 10, 50, 200};
    return on() ? dice.pick(chances) : 0;
  }
  // At most rare: what is costly or stops everything when frequent.
  unsigned rare() {
    constexpr std::array<unsigned, 3> chances{1, 5, 20};
    return on() ? dice.pick(chances) : 0;
  }
  // Never hardly ever: what matters only where it meets something rare.
  unsigned some() {
    constexpr std::array<unsigned, 3> chances{5, 30, 150};
    return on() ? dice.pick(chances) : 0;
  }
  unsigned count(unsigned most) { return on() ? static_cast<unsigned>(dice.between(1, most)) : 0; }
};

// Mostly nowadays; sometimes a second counter is about to grow a digit or to need another bit.
core::WallTime draw_wall_start(Dice& dice) {
  constexpr std::array<std::int64_t, 4> rollovers{0, 999'999'900, 2'147'483'600, 4'294'967'200};
  return core::WallTime(
      std::chrono::seconds(dice.one_in(10) ? dice.pick(rollovers) : 1'700'000'000));
}

engine::Config draw_config(Dice& dice) {
  engine::Config config;
  config.site = "peer";
  config.fqdn = "peer.example";
  config.feed_path = "/outgoing/peer";
  config.feed_name = "peer";
  config.outcome_log = true;
  config.headline = true;
  config.streaming = !dice.one_in(8);
  config.watch = !dice.one_in(5);
  config.sync_feed = !dice.one_in(15);
  config.connections_max = dice.pick(std::array<std::size_t, 5>{1, 2, 3, 10, 10});
  config.queue_per_conn_max = dice.pick(std::array<std::size_t, 5>{1, 3, 20, 200, 200});
  config.queue_per_file_max = dice.pick(std::array<std::size_t, 4>{1, 10, 60, 400});
  config.flush_size_bytes = dice.pick(std::array<std::uint64_t, 4>{300, 2000, 8000, 100'000});
  config.period = dice.pick(std::array<core::Duration, 4>{1s, 10s, 30s, 30s});
  config.reconnect_interval = dice.pick(std::array<core::Duration, 4>{5s, 60s, 300s, 1000s});
  config.flush_retry_interval = dice.pick(std::array<core::Duration, 3>{20s, 200s, 1000s});
  config.earliest_deferred_retry = dice.pick(std::array<core::Duration, 3>{10s, 100s, 100s});
  config.backlog_rescan_interval = dice.pick(std::array<core::Duration, 2>{60s, 300s});
  config.max_flush_interval = dice.pick(std::array<core::Duration, 3>{500s, 5000s, 100'000s});
  config.flush_finish_timeout = dice.pick(std::array<core::Duration, 3>{50s, 400s, 2000s});
  config.idle_timeout = dice.pick(std::array<core::Duration, 3>{60s, 300s, 1000s});
  config.low_volume_thresh = dice.pick(std::array<std::uint64_t, 3>{0, 3, 30});
  config.no_check_percent = dice.pick(std::array<double, 3>{95, 95, 20});
  config.no_check_response_articles = dice.pick(std::array<double, 3>{100, 5, 5});
  return config;
}

DiskOptions draw_disk(Draw draw) {
  DiskOptions o;
  o.full_spells = draw.count(4);
  o.no_space = draw.some();
  o.scarce = draw.some();
  o.read_errors = draw.rare();
  o.sync_errors = draw.rare();
  o.write_errors = draw.rare();
  o.denied = draw.some();
  o.slow_syncs = draw.on();
  o.slow_files = draw.on();
  o.no_leases = draw.on();
  o.inodes_reused = draw.dice.coin();
  o.garbage = draw.dice.coin();
  return o;
}

InnOptions draw_innd(Draw draw, Dice& dice) {
  InnOptions o;
  o.pause = dice.pick(std::array<core::Duration, 4>{100ms, 5s, 60s, 300s});
  o.burst = dice.pick(std::array<unsigned, 4>{1, 3, 20, 100});
  o.half_lines = draw.chance();
  o.duplicate_lines = draw.rare();
  o.bad_lines = draw.some();
  o.odd_lines = draw.chance();
  o.starts_late = draw.on();
  o.buffers = draw.on();
  o.restarts = draw.count(3);
  o.crashes = draw.count(3);
  o.foreign_flushes = draw.count(6);
  o.drops = draw.count(2);
  o.misnamed = draw.count(1);
  o.flush_cuts = draw.some();
  o.flush_lies = draw.chance();
  o.flush_late = draw.chance();
  o.flush_mute = draw.chance();
  o.flush_lost = draw.chance();
  o.flush_unknown = draw.chance();
  o.flush_refused = draw.chance();
  return o;
}

SpoolOptions draw_spool(Draw draw) {
  SpoolOptions o;
  o.expired = draw.chance();
  o.wrong = draw.rare();
  o.trouble = draw.chance();
  o.spells = draw.count(2);
  o.sick = draw.rare();
  o.damaged = draw.some();
  o.late_groups = draw.chance();
  o.slow = draw.on();
  o.big = draw.dice.one_in(20);
  return o;
}

PeerOptions draw_peer(Draw draw, Dice& dice) {
  PeerOptions o;
  o.streams = !dice.one_in(8);
  o.addresses = static_cast<unsigned>(dice.between(1, 3));
  o.away_spells = draw.count(3);
  o.refuses = draw.chance();
  o.hangs = draw.rare();
  o.unresolved = draw.chance();
  o.bad_greetings = draw.chance();
  o.bad_modes = draw.rare();
  o.stops_streaming = draw.rare();
  o.has = dice.coin() ? draw.chance() + 100 : 0;
  o.defers = draw.chance();
  o.rejects = draw.chance();
  o.odd_answers = draw.rare();
  o.refuses_one = draw.rare();
  o.leaves = draw.rare();
  o.misconfigured = draw.rare();
  o.nonsense = draw.rare();
  o.chatter = draw.rare();
  o.closes = draw.rare();
  o.stalls = draw.rare();
  o.forgets = draw.count(2);
  o.moods = draw.count(3);
  o.killers = draw.rare();
  o.slow_reader = draw.on();
  o.slow = draw.on();
  o.splits = draw.on();
  return o;
}

PeopleOptions draw_people(Draw draw) {
  PeopleOptions o;
  o.commands = draw.count(12);
  o.batches = draw.count(4);
  o.batches_removed = draw.count(2);
  o.batches_grown = draw.count(3);
  o.batches_replaced = draw.count(2);
  o.batches_locked = draw.chance();
  o.bad_lines = draw.chance();
  o.foreign = draw.chance();
  o.names_taken = draw.chance();
  o.bad_full = draw.dice.one_in(4) && draw.on();
  o.oddities = draw.count(3);
  o.feed_raced = draw.rare();
  o.feed_snatched = draw.rare();
  o.feed_removed = draw.count(1);
  o.feed_moved = draw.count(2);
  o.feed_emptied = draw.count(1);
  return o;
}

// What has to do with articles that kill.
void draw_killing(Dice dice, std::uint64_t rarity, Options& o) {
  Draw draw{dice, rarity};
  o.config.max_suspicions = dice.pick(std::array<unsigned, 4>{1, 2, 3, 3});
  o.spool.poison = draw.rare();
  o.peer.sick_spells = draw.count(2);
  o.people.judgements = draw.count(6);
  o.retries_quarantine = dice.coin();
}

// Prints the members that are not zero.
class Printer {
 public:
  explicit Printer(std::string_view heading) : text_(core::cat("  ", heading, ':')) {}
  void operator()(std::string_view name, unsigned value) {
    if (value > 0) text_ += core::cat(' ', name, '=', value);
    any_ |= value > 0;
  }
  void operator()(std::string_view name, bool value) {
    if (value) text_ += core::cat(' ', name);
    any_ |= value;
  }
  std::string text() const { return any_ ? text_ + '\n' : std::string(); }

 private:
  std::string text_;
  bool any_ = false;
};

std::string text_of(const engine::Config& c) {
  return core::cat(
      "  config: ", c.streaming ? "streaming" : "no-streaming", c.watch ? "" : " no-watch",
      c.sync_feed ? "" : " no-sync-feed", " connections=", c.connections_max,
      " per-conn=", c.queue_per_conn_max, " per-file=", c.queue_per_file_max,
      " flush-size=", c.flush_size_bytes, " period=", core::to_text(c.period),
      " reconnect=", core::to_text(c.reconnect_interval),
      " flush-retry=", core::to_text(c.flush_retry_interval),
      " deferred-retry=", core::to_text(c.earliest_deferred_retry),
      " rescan=", core::to_text(c.backlog_rescan_interval),
      " max-flush=", core::to_text(c.max_flush_interval),
      " flush-finish=", core::to_text(c.flush_finish_timeout), " max-suspicions=", c.max_suspicions,
      " idle=", core::to_text(c.idle_timeout), " low-volume=", c.low_volume_thresh, '\n');
}

std::string text_of(const DiskOptions& o) {
  Printer print("disk");
  print("full_spells", o.full_spells);
  print("no_space", o.no_space);
  print("scarce", o.scarce);
  print("read_errors", o.read_errors);
  print("sync_errors", o.sync_errors);
  print("write_errors", o.write_errors);
  print("denied", o.denied);
  print("slow_syncs", o.slow_syncs);
  print("slow_files", o.slow_files);
  print("no_leases", o.no_leases);
  print("inodes_reused", o.inodes_reused);
  print("garbage", o.garbage);
  return print.text();
}

std::string text_of(const InnOptions& o) {
  Printer print("innd");
  print("burst", o.burst);
  print("half_lines", o.half_lines);
  print("duplicate_lines", o.duplicate_lines);
  print("bad_lines", o.bad_lines);
  print("odd_lines", o.odd_lines);
  print("starts_late", o.starts_late);
  print("buffers", o.buffers);
  print("restarts", o.restarts);
  print("crashes", o.crashes);
  print("foreign_flushes", o.foreign_flushes);
  print("drops", o.drops);
  print("misnamed", o.misnamed);
  print("flush_cuts", o.flush_cuts);
  print("flush_lies", o.flush_lies);
  print("flush_late", o.flush_late);
  print("flush_mute", o.flush_mute);
  print("flush_lost", o.flush_lost);
  print("flush_unknown", o.flush_unknown);
  print("flush_refused", o.flush_refused);
  return print.text();
}

std::string text_of(const SpoolOptions& o) {
  Printer print("spool");
  print("expired", o.expired);
  print("wrong", o.wrong);
  print("trouble", o.trouble);
  print("spells", o.spells);
  print("sick", o.sick);
  print("damaged", o.damaged);
  print("late_groups", o.late_groups);
  print("poison", o.poison);
  print("slow", o.slow);
  print("big", o.big);
  return print.text();
}

std::string text_of(const PeerOptions& o) {
  Printer print("peer");
  print("no_streaming", !o.streams);
  print("addresses", o.addresses);
  print("away_spells", o.away_spells);
  print("refuses", o.refuses);
  print("hangs", o.hangs);
  print("unresolved", o.unresolved);
  print("bad_greetings", o.bad_greetings);
  print("bad_modes", o.bad_modes);
  print("stops_streaming", o.stops_streaming);
  print("has", o.has);
  print("defers", o.defers);
  print("rejects", o.rejects);
  print("odd_answers", o.odd_answers);
  print("refuses_one", o.refuses_one);
  print("leaves", o.leaves);
  print("misconfigured", o.misconfigured);
  print("nonsense", o.nonsense);
  print("chatter", o.chatter);
  print("closes", o.closes);
  print("stalls", o.stalls);
  print("forgets", o.forgets);
  print("moods", o.moods);
  print("killers", o.killers);
  print("sick_spells", o.sick_spells);
  print("slow_reader", o.slow_reader);
  print("slow", o.slow);
  print("splits", o.splits);
  return print.text();
}

std::string text_of(const ProcessOptions& o, unsigned hints_lost, bool ends_with_drop,
                    bool retries_quarantine) {
  Printer print("process");
  print("kills", o.kills);
  print("power_cuts", o.power_cuts);
  print("stops", o.stops);
  print("aimed", o.aimed);
  print("crash_again_soon", o.crash_again_soon);
  print("late", o.late);
  print("wall_jumps", o.wall_jumps);
  print("hints_lost", hints_lost);
  print("ends_with_drop", ends_with_drop);
  print("retries_quarantine", retries_quarantine);
  return print.text();
}

std::string text_of(const PeopleOptions& o) {
  Printer print("people");
  print("commands", o.commands);
  print("batches", o.batches);
  print("batches_removed", o.batches_removed);
  print("batches_grown", o.batches_grown);
  print("batches_replaced", o.batches_replaced);
  print("batches_locked", o.batches_locked);
  print("bad_lines", o.bad_lines);
  print("foreign", o.foreign);
  print("names_taken", o.names_taken);
  print("bad_full", o.bad_full);
  print("judgements", o.judgements);
  print("oddities", o.oddities);
  print("feed_raced", o.feed_raced);
  print("feed_snatched", o.feed_snatched);
  print("feed_removed", o.feed_removed);
  print("feed_moved", o.feed_moved);
  print("feed_emptied", o.feed_emptied);
  return print.text();
}

}  // namespace

Options Options::draw(Dice& dice) {
  Options o;
  o.articles = static_cast<unsigned>(dice.pick(std::array<unsigned, 4>{20, 100, 200, 400}));
  o.cruelty = dice.widely(200s, 20'000s);
  o.wall_start = draw_wall_start(dice);
  o.config = draw_config(dice);
  // Ten times as many periods teach little more.
  if (o.config.period < 5s) o.cruelty = std::min<core::Duration>(o.cruelty, 2000s);
  // One seed in eight knows crashes alone, some know a few faults, some nearly all.
  const Draw draw{dice,
                  dice.one_in(8) ? 1'000'000 : dice.pick(std::array<std::uint64_t, 3>{2, 4, 8})};
  o.process.kills = static_cast<unsigned>(dice.below(6));
  o.process.power_cuts = dice.coin() ? static_cast<unsigned>(dice.below(6)) : 0;
  o.process.stops = static_cast<unsigned>(dice.below(3));
  o.process.crash_again_soon = dice.one_in(3);
  Draw more = draw;
  o.process.aimed = more.chance();
  o.process.late = more.chance();
  o.process.wall_jumps = more.count(5);
  o.disk = draw_disk(draw);
  o.innd = draw_innd(draw, dice);
  o.spool = draw_spool(draw);
  o.peer = draw_peer(draw, dice);
  o.people = draw_people(draw);
  // Where nobody can be asked who writes a file, a wrong name must lose articles, unless the file
  // is kept for long.
  if (o.disk.no_leases && o.config.max_flush_interval < 100'000s) o.innd.misnamed = 0;
  o.hints_lost = more.chance();
  o.ends_with_drop = dice.coin();
  draw_killing(dice.branch(1), draw.rarity, o);
  return o;
}

void Options::calm() {
  process = {};
  disk = {.inodes_reused = disk.inodes_reused};
  innd = {.pause = innd.pause, .burst = innd.burst};
  spool = {};
  peer = {.streams = peer.streams, .addresses = 1};
  people = {};
  hints_lost = 0;
}

std::string Options::text() const {
  return core::cat("  world: articles=", articles, " faults for ", core::to_text(cruelty), '\n',
                   text_of(config),
                   text_of(process, hints_lost, ends_with_drop, retries_quarantine), text_of(disk),
                   text_of(innd), text_of(spool), text_of(peer), text_of(people));
}

}  // namespace innduct::sim
