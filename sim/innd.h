// innd.h: the simulated innd: opens the feed file by name, appends lines, flushes.
//
// What it does, it does as the real one does (flush = write what is pending to the old file, open
// the name anew, close the old one); what a full disk does to it as well: half a line ends the old
// file and the rest begins the new one.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "engine/port.h"
#include "sim/article.h"
#include "sim/disk.h"
#include "sim/faults.h"
#include "sim/ledger.h"
#include "sim/spool.h"
#include "sim/stage.h"

namespace innduct::sim {

class Innd {
 public:
  // `grew`: told each time that bytes were appended to a file.
  Innd(Stage& stage, Disk& disk, Faults& faults, Catalogue& articles, Ledger& ledger, Spool& spool,
       std::function<void(FileKey)> grew);
  // `made`: told each time that it has made a new feed file.
  void when_made(std::function<void()> made) { made_ = std::move(made); }

  // Starts, plans its misfortunes and feeds the seed's articles.
  void start();
  // The power goes: what it has not written is gone, and so is it.
  void power_lost();
  void power_back();
  // Whatever is wrong with it is over: it runs, and knows the site.
  void heal();
  // Some articles more than planned: behind half a line that a crash left must come another line,
  // or nobody knows what the half is.
  void feed_more();

  // A flush request of the program. `answer` is called once, or never.
  using Answer = std::function<void(engine::FlushOutcome, std::string_view)>;
  void ask_flush(const Answer& answer);

  // ctlinnd.
  void flush();
  void drop();
  void begin();

  // People emptied the feed file: until then it accepts no articles and writes no line.
  void be_quiet_until(core::Instant when) { quiet_until_ = when; }

  // Whether no flush finds the site at the moment, or ever did not, though it is fed: the
  // program was given a wrong name.
  bool misnamed() const;
  bool was_misnamed() const { return misnamed_until_ != core::Instant{}; }
  bool was_emptied() const { return quiet_until_ != core::Instant{}; }

  bool running() const { return running_; }
  bool knows_site() const { return begun_; }
  // Whether it has the file open for writing.
  bool writes(FileKey file) const { return file_ == file && file != 0; }
  // Articles that it has not accepted yet.
  unsigned to_come() const { return to_come_; }
  // All lines are in the file.
  bool idle() const { return to_come_ == 0 && pending_.empty(); }

 private:
  // A line on its way into the file.
  struct Line {
    ArticleNumber number = 0;
    std::string raw;      // instead of the article's record and a newline
    bool beside = false;  // shares its line with something else
    std::size_t written = 0;
    Extent head;  // of the piece that an earlier file holds
    Extent tail;
    bool broken = false;  // in more than two pieces
  };
  void plan_burst();
  void accept_articles(unsigned count);
  void queue_lines(unsigned count);
  // What a queue file may hold besides the lines of a healthy innd, in front of an article's.
  void perhaps_bad_line();
  void add_oddly(ArticleNumber number);
  // Writes what is pending; with `cut`, only half of the last line.
  void write(bool cut);
  void write_line(Line& line, std::size_t size);
  void line_written(const Line& line);
  void open();
  void close();
  void die(std::string_view how);
  void restart();
  std::string text_of(const Line& line) const {
    return line.raw.empty() ? articles_[line.number].record + "\n" : line.raw;
  }
  void plan(unsigned count, const std::function<void()>& deed);

  Stage& stage_;
  Disk& disk_;
  Faults& faults_;
  Catalogue& articles_;
  Ledger& ledger_;
  Spool& spool_;
  std::function<void(FileKey)> grew_;
  std::function<void()> made_;
  Dice dice_;
  bool running_ = false;
  bool begun_ = true;  // newsfeeds knows the site, and it was not dropped
  bool no_power_ = false;
  FileKey file_ = 0;  // open for appending
  std::deque<Line> pending_;
  unsigned to_come_ = 0;
  core::Instant quiet_until_{};
  core::Instant misnamed_until_{};
};

}  // namespace innduct::sim
