// innd.cc: feeding, flushing, falling over.
#include "sim/innd.h"

#include <algorithm>

#include "sim/names.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using engine::FlushOutcome;

Innd::Innd(Stage& stage, Disk& disk, Faults& faults, Catalogue& articles, Ledger& ledger,
           Spool& spool, std::function<void(FileKey)> grew)
    : stage_(stage),
      disk_(disk),
      faults_(faults),
      articles_(articles),
      ledger_(ledger),
      spool_(spool),
      grew_(std::move(grew)),
      dice_(stage.dice(Actor::innd)) {}

void Innd::start() {
  const InnOptions& o = stage_.options.innd;
  to_come_ = stage_.options.articles;
  if (o.starts_late) {
    stage_.time.after(dice_.widely(1ms, 1000s), [this] { restart(); });
  } else {
    restart();
  }
  plan_burst();
  plan(o.foreign_flushes, [this] { flush(); });
  plan(o.restarts, [this] {
    if (!running_) return;
    write(false);
    die("shuts down");
  });
  plan(o.crashes, [this] {
    if (running_) die("crashes");
  });
  plan(o.misnamed, [this] {
    misnamed_until_ = stage_.time.now().monotonic + dice_.widely(10s, 3000s);
    stage_.say("innd", "does not find the site under the name that it is asked for");
  });
  plan(o.drops, [this] {
    drop();
    stage_.time.after(dice_.widely(1s, 3000s), [this] {
      if (!stage_.mercy) begin();
    });
  });
}

void Innd::plan(unsigned count, const std::function<void()>& deed) {
  for (unsigned i = 0; i < count; ++i) {
    stage_.time.after(dice_.evenly(0s, stage_.options.cruelty), [this, deed] {
      if (!stage_.mercy) deed();
    });
  }
}

// ---------------------------------------------------------------- articles

void Innd::plan_burst() {
  if (to_come_ == 0) return;
  // What is left when the faults end comes quickly.
  core::Duration pause =
      stage_.mercy ? 10ms : std::max<core::Duration>(stage_.options.innd.pause, 2ms);
  const bool quiet = !running_ || !begun_ || stage_.time.now().monotonic < quiet_until_;
  if (quiet) pause = std::max<core::Duration>(pause, 10s);
  stage_.time.after(dice_.widely(quiet ? 1s : 1ms, pause), [this, quiet] {
    if (!quiet && running_ && begun_) {
      const auto burst = static_cast<unsigned>(dice_.between(1, stage_.options.innd.burst));
      accept_articles(std::min(burst, to_come_));
    }
    plan_burst();
  });
}

void Innd::accept_articles(unsigned count) {
  const InnOptions& o = stage_.options.innd;
  queue_lines(count);
  if (o.buffers && pending_.size() < 20 && to_come_ > 0) return;
  write(dice_.permille(o.half_lines));
}

void Innd::queue_lines(unsigned count) {
  const InnOptions& o = stage_.options.innd;
  for (unsigned i = 0; i < count; ++i) {
    const bool big = stage_.options.spool.big && dice_.one_in(20);
    const ArticleNumber number = articles_.add(big);
    --to_come_;
    spool_.store(number);
    perhaps_bad_line();
    if (dice_.permille(o.odd_lines)) {
      add_oddly(number);
    } else {
      pending_.push_back({.number = number});
    }
    if (dice_.permille(o.duplicate_lines)) pending_.push_back({.number = number});
  }
}

void Innd::perhaps_bad_line() {
  if (stage_.mercy || !dice_.permille(stage_.options.innd.bad_lines)) return;
  const std::string text = core::cat("a line for another program, number ", to_come_);
  ledger_.plant_bad_line(text);
  pending_.push_back({.raw = text + "\n"});
}

void Innd::add_oddly(ArticleNumber number) {
  std::string& record = pending_.emplace_back().raw;
  switch (dice_.below(5)) {
    case 0:
      record.assign(1, '\n');
      break;
    case 1:
      record = std::string(dice_.below(700), ' ') + "\n";
      break;
    case 2: {
      std::string endless = core::cat("an endless line, number ", to_come_, ' ');
      endless.append(17'000 + dice_.below(8'000), 'x');
      ledger_.plant_bad_line(endless);
      record = endless + "\n";
      break;
    }
    case 3:
      // What a crash leaves where bytes were to be.
      record.assign(1 + dice_.below(700), '\0');
      pending_.push_back({.number = number, .beside = true});
      return;
    default:
      // Another article of which the newline was lost.
      pending_.pop_back();
      const ArticleNumber other = articles_.add(false);
      spool_.store(other);
      pending_.push_back({.number = other, .raw = articles_[other].record, .beside = true});
      pending_.push_back({.number = number, .beside = true});
      return;
  }
  pending_.push_back({.number = number});
}

void Innd::write(bool cut) {
  if (file_ == 0) return;
  if (stage_.time.now().monotonic < quiet_until_) {
    stage_.time.at(quiet_until_, [this] { write(false); });
    return;
  }
  while (!pending_.empty()) {
    Line& line = pending_.front();
    const std::string text = text_of(line);
    const std::size_t left = text.size() - line.written;
    if (faults_.disk_full()) {
      write_line(line, std::min<std::size_t>(left - 1, faults_.part_of(left)));
      // Space may come back without a flush; innd tries again by itself.
      stage_.time.after(300s, [this] { write(false); });
      return;
    }
    if (cut && pending_.size() == 1) {
      write_line(line, dice_.below(left));
      stage_.time.after(dice_.widely(1ms, 10s), [this] { write(false); });
      return;
    }
    write_line(line, left);
    if (line.raw.empty() || line.beside) line_written(line);
    pending_.pop_front();
  }
}

void Innd::write_line(Line& line, std::size_t size) {
  if (size == 0) return;
  const std::uint64_t offset = disk_.file(file_).image.size();
  Extent& piece = line.head.file == 0 || line.head.file == file_ ? line.head : line.tail;
  if (piece.file == 0) {
    piece = {file_, offset, size};
  } else {
    line.broken |= piece.file != file_ || piece.offset + piece.length != offset;
    piece.length += size;
  }
  const std::string text = text_of(line).substr(line.written, size);
  stage_.say("innd", "appends ", size, " bytes to ", disk_.name_of(file_), " at ", offset, ": ",
             line.raw.empty() || line.beside ? articles_[line.number].message_id : "no article",
             text.ends_with('\n') ? std::string_view() : ", a part of its line");
  disk_.append(file_, text);
  line.written += size;
  ledger_.look(file_);
  grew_(file_);
}

void Innd::line_written(const Line& line) {
  const std::size_t record = articles_[line.number].record.size();
  const bool split = line.tail.file != 0 && line.head.length < record;
  if (split) {
    ledger_.split(line.number, line.head,
                  {line.tail.file, line.tail.offset, record - line.head.length});
  }
  ledger_.feed(line.number);
  if (line.broken) {
    ledger_.excuse(line.number, "a full disk cut its line into more than two pieces");
  } else if (split && line.beside) {
    ledger_.excuse(line.number, "a full disk cut a line of several records");
  } else if (split && (!disk_.exists(line.head.file) ||
                       disk_.find(names::flushing) != line.head.file || line.tail.offset != 0)) {
    ledger_.excuse(line.number, "its line was cut between two files that people moved");
  } else if (!ledger_.visible(line.number, {})) {
    ledger_.excuse(line.number, "innd wrote its line to a file that people took away");
  }
}

// ---------------------------------------------------------------- the feed file

void Innd::open() {
  FileKey key = disk_.find(names::feed);
  if (key == 0) {
    key = disk_.create(names::feed);
    stage_.say("innd", "creates ", names::feed, " (file ", key, ")");
    if (made_) made_();
  }
  disk_.hold(key, true);
  file_ = key;
}

void Innd::close() {
  if (file_ != 0) disk_.release(file_, true);
  file_ = 0;
}

void Innd::flush() {
  if (!running_ || !begun_) return;
  const bool cut = !stage_.mercy && to_come_ > 0 && dice_.permille(stage_.options.innd.flush_cuts);
  if (cut) queue_lines(1);
  write(cut);
  const FileKey old = file_;
  open();
  if (old != 0) disk_.release(old, true);
  stage_.say("innd", "flushes the site", old == file_ ? " (same file)" : "");
  if (cut && dice_.one_in(3)) {
    die("crashes, and with it goes the rest of the line");
    return;
  }
  write(false);
}

void Innd::drop() {
  if (!running_ || !begun_) return;
  write(false);
  pending_.clear();
  close();
  begun_ = false;
  stage_.say("innd", "drops the site");
}

void Innd::begin() {
  if (begun_) return;
  begun_ = true;
  stage_.say("innd", "begins the site");
  if (running_) open();
}

void Innd::ask_flush(const Answer& answer) {
  const InnOptions& o = stage_.options.innd;
  const core::Duration delay = dice_.widely(100us, 20ms);
  if (!running_) {
    stage_.time.after(delay,
                      [answer] { answer(FlushOutcome::unreachable, "innd is not running"); });
    return;
  }
  const auto strikes = [&](unsigned chance) { return !stage_.mercy && dice_.permille(chance); };
  const auto do_it = [this](const Answer& tell) {
    if (!running_) return;  // it died with the request unread
    if (!begun_) {
      tell(FlushOutcome::no_such_site, "1 No such site");
      return;
    }
    flush();
    tell(FlushOutcome::ok, "0 Ok");
  };
  if (misnamed()) {
    stage_.time.after(delay, [answer] { answer(FlushOutcome::no_such_site, "1 No such site"); });
    return;
  }
  const Answer nobody = [](FlushOutcome, std::string_view) {};
  if (strikes(o.flush_lies)) {
    stage_.time.after(delay, [this, answer] {
      stage_.say("innd", "says Ok to a flush and does nothing");
      answer(FlushOutcome::ok, "0 Ok");
    });
  } else if (strikes(o.flush_refused)) {
    stage_.time.after(delay, [answer] { answer(FlushOutcome::refused, "1 Nonsense"); });
  } else if (strikes(o.flush_lost)) {
    stage_.say("innd", "loses a flush request");
  } else if (strikes(o.flush_mute)) {
    stage_.time.after(dice_.widely(1ms, 1000s), [do_it, nobody] { do_it(nobody); });
  } else if (strikes(o.flush_unknown)) {
    stage_.time.after(delay, [answer] { answer(FlushOutcome::unknown, "timeout"); });
    stage_.time.after(dice_.widely(1ms, 1000s), [do_it, nobody] { do_it(nobody); });
  } else {
    const core::Duration late = strikes(o.flush_late) ? dice_.widely(1s, 1000s) : core::Duration{};
    stage_.time.after(delay, [this, do_it, answer, late] {
      do_it([this, answer, late](FlushOutcome outcome, std::string_view text) {
        stage_.time.after(late + dice_.widely(10us, 5ms),
                          [answer, outcome, text] { answer(outcome, text); });
      });
    });
  }
}

bool Innd::misnamed() const {
  return !stage_.mercy && stage_.time.now().monotonic < misnamed_until_;
}

// ---------------------------------------------------------------- its life

void Innd::die(std::string_view how) {
  stage_.say("innd", how);
  pending_.clear();
  close();
  running_ = false;
  stage_.time.after(dice_.widely(1s, 2000s), [this] { restart(); });
}

void Innd::restart() {
  if (running_ || no_power_) return;
  running_ = true;
  stage_.say("innd", "starts");
  if (begun_) open();
}

void Innd::power_lost() {
  no_power_ = true;
  pending_.clear();
  file_ = 0;  // the disk forgets its descriptors by itself
  running_ = false;
}

void Innd::power_back() {
  no_power_ = false;
  stage_.time.after(dice_.widely(10ms, 100s), [this] { restart(); });
}

void Innd::heal() {
  restart();
  begin();
  write(false);
  feed_more();
}

void Innd::feed_more() {
  constexpr unsigned more = 3;
  const bool was_done = to_come_ == 0;
  to_come_ += more;
  if (was_done) plan_burst();
}

}  // namespace innduct::sim
