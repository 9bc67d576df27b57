// ledger.h: the accountant: what innd fed, what became of it, and where it stands on the disk.
//
// An article is *open* while it was fed and neither answered finally, nor gone from the spool,
// nor excused: lost by innd itself or taken by people. Each open article must be found in some
// queue file, whatever happens (C1). The accountant reads records by itself, as text in files, and
// never asks the program.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "sim/article.h"
#include "sim/disk.h"
#include "sim/stage.h"

namespace innduct::sim {

// Bytes of a file.
struct Extent {
  FileKey file = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  bool meets(FileKey other, std::uint64_t from, std::uint64_t to) const {
    return file == other && offset < to && from < offset + length;
  }
};

// Where a record stands: in one piece, or head and tail in two files.
struct Place {
  Extent head;
  Extent tail;  // of file 0: there is none
};

struct Account {
  bool fed = false;
  bool settled = false;
  bool missing = false;
  bool by_people = false;    // they put its line into a backlog file
  std::string_view excused;  // why, if it is
  int verdict = 0;           // the peer's final code
  unsigned taken = 0;        // times the peer accepted it
  unsigned records = 0;      // found in queue files, over time
  core::Instant fed_at{};
  std::vector<Place> places;

  bool open() const { return fed && !settled && !missing && excused.empty(); }
};

// What is about to disappear, so that it does not count.
struct Without {
  FileKey file = 0;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string_view name;
};

class Ledger {
 public:
  Ledger(Stage& stage, const Catalogue& articles, const Disk& disk)
      : stage_(stage), articles_(articles), disk_(disk) {}

  // ---- what happened
  // The article's line stands in a queue file, in full.
  void feed(ArticleNumber number);
  // Its record stands in two pieces.
  void split(ArticleNumber number, Extent head, Extent tail);
  // The peer's final answer.
  void settle(ArticleNumber number, int verdict);
  void miss(ArticleNumber number);
  void excuse(ArticleNumber number, std::string_view why);
  // Something was appended to the file: reads the new records.
  void look(FileKey file);
  // Everything changed: reads all files anew.
  void look_again();
  void cut(FileKey file, std::uint64_t size);
  // A line that is no record was put into a queue file: it must never be blanked, and must be
  // found in F_bad before its file goes.
  void plant_bad_line(std::string text) { bad_lines_.push_back(std::move(text)); }
  // People have seen this text, and the bad lines in it.
  void have_seen(std::string_view text) {
    std::erase_if(bad_lines_, [&](const std::string& bad) { return text.contains(bad); });
  }
  const std::vector<std::string>& bad_lines() const { return bad_lines_; }
  // In this file a token stands for an article without its message-id.
  void allow_bare_tokens(FileKey file) { bare_[file] = true; }
  // The program may have what stands in the file in hand twice.
  void read_twice(FileKey file);
  // All open articles with a record in the file, whether or not there is another one: the
  // program may be about to blank that.
  void excuse_all_in(FileKey file, std::string_view why);
  // People took the file away.
  bool taken(FileKey file) const { return taken_.contains(file); }

  // ---- what is so
  Account& account(ArticleNumber number) { return grown(number); }
  const Account& account(ArticleNumber number) const { return accounts_[number]; }
  const std::vector<Account>& accounts() const { return accounts_; }
  std::size_t open() const { return open_; }
  std::size_t fed() const { return fed_; }
  std::size_t settled() const { return settled_; }
  std::uint64_t taken_again() const { return taken_again_; }
  void count_taken_again() { ++taken_again_; }

  // The record is found in a queue file after every power cut.
  bool sure(ArticleNumber number, const Without& without) const;
  // The record is found in a queue file now.
  bool visible(ArticleNumber number, const Without& without) const;
  // The record stands in the quarantine now.
  bool is_quarantined(ArticleNumber number) const;
  // The file has a name, other than `except`, under which its records are looked after, now or
  // after every power cut.
  bool has_name(FileKey file, std::string_view except) const;
  bool has_sure_name(FileKey file, std::string_view except) const;

  // The articles with a record, or a piece of one, in these bytes that is intact.
  struct Found {
    ArticleNumber number = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  std::vector<Found> found_in(FileKey file, std::uint64_t from, std::uint64_t to) const;

  std::string_view id(ArticleNumber number) const { return articles_[number].message_id; }

 private:
  // What is known of a file's records, in the order of their offsets.
  struct Index {
    std::uint64_t looked = 0;  // up to here
    std::vector<Found> found;
  };
  Account& grown(ArticleNumber number);
  void add_to_index(const Extent& extent, ArticleNumber number);
  bool intact(const Extent& extent, std::string_view text, bool in_base) const;
  bool stands(ArticleNumber number, const Place& place, const Without& without, bool surely) const;

  Stage& stage_;
  const Catalogue& articles_;
  const Disk& disk_;
  std::vector<Account> accounts_;
  std::map<FileKey, Index> index_;
  std::map<FileKey, bool> bare_;
  std::vector<std::string> bad_lines_;
  std::set<FileKey> taken_;
  std::size_t open_ = 0;
  std::size_t fed_ = 0;
  std::size_t settled_ = 0;
  std::uint64_t taken_again_ = 0;
};

}  // namespace innduct::sim
