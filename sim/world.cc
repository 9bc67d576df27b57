// world.cc: one seed from beginning to end.
#include "sim/world.h"

#include <algorithm>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"
#include "sim/describe.h"
#include "sim/failure.h"
#include "sim/names.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using core::cat;

namespace {

// So many turns without time passing, or without anything to do, are a loop.
constexpr unsigned turns_at_once_max = 2000;
constexpr unsigned idle_turns_max = 5000;
// Ten times as many as any seed has needed.
constexpr std::uint64_t turns_max = 1'000'000;

// The stage of the seed, with its character or a given one.
Stage stage_of(std::uint64_t seed, Trace trace, const std::optional<Options>& given,
               Landmarks* landmarks) {
  Stage stage(seed, trace, landmarks);
  Dice dice = stage.dice(Actor::options);
  stage.drawn = given ? *given : Options::draw(dice);
  stage.options = stage.drawn;
  stage.time.jump_wall(stage.drawn.wall_start - stage.time.now().wall);
  return stage;
}

}  // namespace

World::World(std::uint64_t seed, Trace trace, MakeSubject make,
             const std::optional<Options>& options, Landmarks* landmarks)
    : stage_(stage_of(seed, trace, options, landmarks)),
      dice_(stage_.dice(Actor::world)),
      make_(std::move(make)),
      articles_(stage_.dice(Actor::catalogue)),
      disk_(stage_.time, stage_.drawn.disk.inodes_reused),
      faults_(stage_),
      ledger_(stage_, articles_, disk_),
      spool_(stage_, articles_, ledger_),
      peer_(stage_, articles_, ledger_),
      evidence_(stage_, articles_),
      wire_(stage_, articles_, ledger_, evidence_),
      network_(stage_, peer_, [this](Arrival a) { shell_.tell(std::move(a)); }),
      innd_(stage_, disk_, faults_, articles_, ledger_, spool_,
            [this](FileKey file) { shell_.grew(file); }),
      judge_(stage_, disk_, ledger_, [this](FileKey file) { return innd_.writes(file); }),
      reach_{disk_, faults_, judge_,   articles_, ledger_,  spool_,
             innd_, peer_,   network_, wire_,     in_hand_, evidence_},
      shell_(stage_, reach_, [this] { crash(); }),
      people_(stage_, reach_, shell_) {
  shell_.before_link([this](std::string_view name) { people_.before_link(name); });
  innd_.when_made([this] { people_.feed_was_made(); });
  shell_.at_moves([this] { perhaps_crash_at_move(); });
}

void World::run() {
  faults_.start();
  peer_.start();
  spool_.start();
  innd_.start();
  people_.start();
  plan_crashes();
  start_process();
  run_until(stage_.time.now().monotonic + stage_.options.cruelty, false);
  begin_mercy();
  const core::Duration wait = patience();
  run_until(stage_.time.now().monotonic + wait, true);
  if (!finished() && all_is_settled()) {
    innd_.feed_more();
    run_until(stage_.time.now().monotonic + wait, true);
  }
  if (!finished()) fail_unfinished(wait);
  say_goodbye();
}

// ---------------------------------------------------------------- the process

void World::start_process() {
  if (shell_.alive()) return;
  if (disk_.find(names::lock) == 0) disk_.create(names::lock);
  stage_.say("world", "a process starts");
  if (stage_.landmarks != nullptr) mark_what_is_found();
  started_ = stage_.time.now().monotonic;
  asked_to_stop_ = false;
  turns_at_once_ = 0;
  subject_ = make_(stage_.options.config, dice_.next());
  shell_.process_started();
  await_blow();
  actions_.clear();
  subject_->start(stage_.time.now(), actions_);
  shell_.perform(actions_.list());
  if (shell_.exit()) exited(*shell_.exit());
}

// The rows of the table in ARCHITECTURE.md, "Durability".
void World::mark_what_is_found() {
  const FileKey feed = disk_.find(names::feed);
  const FileKey flushing = disk_.find(names::flushing);
  const FileKey defer = disk_.find(names::defer);
  const bool one_file = feed == flushing;
  stage_.reach(feed == 0 && flushing == 0 ? Landmark::found_nothing
               : flushing == 0            ? Landmark::found_feed
               : feed == 0                ? Landmark::found_flushing
               : one_file                 ? Landmark::found_cut_flush
                                          : Landmark::found_both);
  for (const auto& [name, key] : disk_.names()) {
    if (!names::is_backlog(name)) continue;
    if (key == flushing) stage_.reach(Landmark::found_cut_move_of_flushing);
    if (key == defer) stage_.reach(Landmark::found_cut_move_of_defer);
  }
  if (defer != 0) {
    const std::string& text = disk_.file(defer).image;
    stage_.reach(text.empty() || text.ends_with('\n') ? Landmark::found_defer
                                                      : Landmark::found_half_record);
  }
  if (disk_.find(names::bad) != 0) stage_.reach(Landmark::found_bad);
}

// ---------------------------------------------------------------- time

bool World::wait_for_turn(core::Instant until) {
  constexpr core::Instant never = core::Instant::max();
  core::Instant wake = never;  // when the turn is, once there is a reason for one
  while (!over_) {
    const core::Instant now = stage_.time.now().monotonic;
    if (!shell_.alive()) {
      wake = never;
    } else if (wake == never && (shell_.anything_to_tell() || subject_->deadline() <= now)) {
      wake = now + lateness();
    }
    const core::Instant turn = wake != never || !shell_.alive() ? wake : subject_->deadline();
    if (const auto next = stage_.time.next(); next && *next <= std::min(turn, until)) {
      stage_.time.run_next();
      ++tally_.events;
      continue;
    }
    stage_.time.advance(std::min(turn, until));
    if (turn > until) return false;
    if (wake != never) return true;
  }
  return false;
}

core::Duration World::lateness() {
  if (!stage_.mercy && dice_.permille(stage_.options.process.late)) return dice_.widely(1s, 300s);
  return dice_.coin() ? core::Duration{} : dice_.widely(1us, 1ms);
}

void World::run_until(core::Instant until, bool stop_when_finished) {
  while (stage_.time.now().monotonic < until && !over_) {
    if (wait_for_turn(until)) turn();
    if (stop_when_finished && finished()) return;
  }
}

void World::turn() {
  const std::vector<Arrival> arrivals = shell_.take();
  const std::vector<engine::Event>& events = bound_.bind(arrivals);
  for (const engine::Event& event : events) {
    if (stage_.record.on()) stage_.say("event", to_text(event));
    mix(stage_.record, event);
  }
  ++tally_.turns;
  tally_.events += events.size();
  actions_.clear();
  subject_->turn(events, stage_.time.now(), actions_);
  fail_if_spinning(!events.empty() || !actions_.empty());
  shell_.perform(actions_.list());
  if (shell_.exit()) exited(*shell_.exit());
}

void World::fail_if_spinning(bool useful) {
  const core::Instant now = stage_.time.now().monotonic;
  turns_at_once_ = now == last_turn_ ? turns_at_once_ + 1 : 0;
  idle_turns_ = useful ? 0 : idle_turns_ + 1;
  last_turn_ = now;
  if (tally_.turns > turns_max) {
    throw Failure(cat("C6: ", tally_.turns, " turns: the program does not come to an end"));
  }
  if (turns_at_once_ > turns_at_once_max) {
    throw Failure(cat("C6: ", turns_at_once_, " turns at one instant: the program spins"));
  }
  if (idle_turns_ > idle_turns_max) {
    throw Failure(cat("C6: ", idle_turns_,
                      " turns in a row in which nothing came and nothing was "
                      "done: the deadline is wrong"));
  }
}

// ---------------------------------------------------------------- the end

void World::begin_mercy() {
  stage_.say("world", "the faults end");
  stage_.mercy = true;
  stage_.options.calm();
  shell_.spare();
  innd_.heal();
  spool_.heal();
  peer_.heal();
  network_.heal();
  people_.tidy();
  if (stage_.drawn.retries_quarantine) people_.keep_retrying();
  stage_.time.after(1s, [this] { start_process(); });
}

core::Duration World::patience() const {
  const engine::Config& c = stage_.drawn.config;
  const core::Duration longest =
      std::max({c.reconnect_interval, c.flush_retry_interval, c.flush_finish_timeout,
                c.idle_timeout, c.earliest_deferred_retry, c.backlog_rescan_interval,
                c.connection_timeout, c.stuck_flush_timeout});
  return 100 * (longest + 10 * c.period) + 20'000s;
}

// Every article was answered or is gone; or, if people leave them there, it is in the quarantine.
bool World::all_is_settled() const {
  if (ledger_.open() == 0) return true;
  if (stage_.drawn.retries_quarantine || disk_.find(names::quarantine) == 0) return false;
  for (ArticleNumber n = 0; n < ledger_.accounts().size(); ++n) {
    if (ledger_.accounts()[n].open() && !ledger_.is_quarantined(n)) return false;
  }
  return true;
}

bool World::finished() const {
  if (!shell_.alive() || !innd_.idle() || !all_is_settled()) return false;
  return std::ranges::none_of(disk_.names(), [this](const auto& entry) {
    // An empty F_defer may wait for its first record.
    return entry.first == names::flushing || names::is_backlog(entry.first) ||
           (entry.first == names::defer && !disk_.file(entry.second).image.empty());
  });
}

void World::say_goodbye() {
  leaving_ = true;
  const bool drop = stage_.options.ends_with_drop;
  asked_to_stop_ = !drop;
  if (drop) innd_.drop();
  const core::Duration wait = patience();
  const core::Instant until = stage_.time.now().monotonic + wait;
  while (!over_ && stage_.time.now().monotonic < until) {
    // A flush may be asked for in vain, when one is under way.
    people_.command(drop ? "flush" : "stop");
    run_until(stage_.time.now().monotonic + 20 * stage_.options.config.period, false);
  }
  if (!over_) {
    throw Failure(cat("the program does not end within ", core::to_text(wait), " of ",
                      drop ? "the drop of the site" : "`stop`"));
  }
}

void World::fail_unfinished(core::Duration waited) const {
  std::string text = cat("not finished ", core::to_text(waited),
                         " after the last fault: ", ledger_.open(), " articles are open; files: ");
  std::string_view about;
  for (const auto& [name, key] : disk_.names()) text += cat(name, ' ');
  for (ArticleNumber n = 0; n < ledger_.accounts().size(); ++n) {
    if (!ledger_.accounts()[n].open()) continue;
    if (about.empty()) about = ledger_.id(n);
    text += cat("\n    open: ", ledger_.id(n));
  }
  throw Failure(text, about);
}

const Tally& World::tally() {
  tally_.hash = stage_.record.hash();
  tally_.simulated = stage_.time.now().monotonic.time_since_epoch() - 5000s;
  tally_.articles = ledger_.fed();
  tally_.taken_again = ledger_.taken_again();
  tally_.excused = static_cast<std::uint64_t>(std::ranges::count_if(
      ledger_.accounts(), [](const Account& account) { return !account.excused.empty(); }));
  return tally_;
}

std::string World::directory() const {
  constexpr int lines_max = 12;
  std::string text;
  for (const auto& [name, key] : disk_.names()) {
    const File& file = disk_.file(key);
    text += cat("    ", name, ": file ", key, ", ", file.image.size(), " bytes, ",
                disk_.name_is_sure(name, key) ? "name sure" : "name NOT sure",
                file.changes.empty() ? "" : cat(", ", file.changes.size(), " changes not synced"),
                innd_.writes(key) ? ", innd writes it" : "",
                file.leads_to.empty() ? "" : cat(" -> ", file.leads_to), '\n');
    std::string_view rest = file.image;
    int lines = 0;
    int settled = 0;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      if (line.find_first_not_of(' ') == std::string_view::npos) {
        ++settled;
      } else if (++lines <= lines_max) {
        text += cat("      ", file.image.size() - rest.size(), ": ", core::escaped(line, 330),
                    end == rest.size() ? " (no newline)" : "", '\n');
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (lines > lines_max) text += cat("      ... and ", lines - lines_max, " more lines\n");
    if (settled > 0) text += cat("      ", settled, " settled lines\n");
  }
  return text;
}

}  // namespace innduct::sim
