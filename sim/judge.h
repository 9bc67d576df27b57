// judge.h: looks at each action that changes the disk before it happens, and fails the seed if
// it is one that must never happen (C1, C2, C3 of the checks in doc/reliability.md).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/disk.h"
#include "sim/ledger.h"
#include "sim/names.h"
#include "sim/stage.h"

namespace innduct::sim {

class Judge {
 public:
  // `innd_writes`: whether innd has the file open for writing.
  Judge(Stage& stage, const Disk& disk, Ledger& ledger, std::function<bool(FileKey)> innd_writes)
      : stage_(stage), disk_(disk), ledger_(ledger), innd_writes_(std::move(innd_writes)) {}

  // The program is about to do this, and nothing stands in its way.
  void overwriting(FileKey file, std::uint64_t offset, std::string_view bytes);
  void appending(FileKey file, std::string_view bytes);
  void cutting(FileKey file, std::uint64_t size);
  void creating(std::string_view name);
  void linking(std::string_view from, std::string_view to);
  void unlinking(std::string_view name);

  // The program was told that a sync, or a close after writing, failed (rule 5): it must end, and
  // blank nothing more.
  void told_of_failed_sync() { must_end_ = true; }
  // What it asks for in one turn.
  void asked_for(const std::vector<engine::Action>& actions);
  void process_started();
  // The program looked at what this name leads to.
  void looked_at(std::string_view name);

  // People emptied the file while innd held lines back: when it is as long as before, the program
  // cannot tell, and may blank what is not where it read it.
  void excuse_overwrites_in(FileKey file) { excused_.insert(file); }

  // People made a backlog file of one that the program may be appending to.
  void people_renamed(FileKey file) { renamed_.insert(file); }

  // People have all articles in the quarantine dropped: until the program has answered `client`.
  void people_drop(engine::ClientId client) { dropping_for_.insert(client); }
  void program_answered(engine::ClientId client) { dropping_for_.erase(client); }

  // The process was killed, or ended: everything open must be found.
  void killed();
  // Around a power cut: what was sure before it must be found after it; what was not, and is
  // not found, was innd's to lose. But what was fed before `synced` has had time to be made sure
  // by the program (rule 7 of durability).
  void before_power_cut(core::Instant synced);
  void after_power_cut();
  // The program says that its work is done (exit 4). It cannot know of a backlog file that people
  // dropped in after it last `listed` the directory.
  void finished(core::Instant listed);

 private:
  // A name that the program took from a file which has another one.
  struct OldName {
    std::string name;
    FileKey file = 0;
    core::Instant when{};
  };
  // People changed the file, or put it there, after the program last looked: it cannot know.
  bool came_too_late(ArticleNumber number, std::string_view name) const;
  void old_names_are_gone(core::Instant synced);
  void name_may_be_made_anew(std::string_view name);
  void what_was_found_is_sure() const;
  void moved_data_is_sure(FileKey file, std::string_view name) const;
  void bad_lines_are_left(const File& file, std::uint64_t from, std::uint64_t to);
  void bad_lines_are_kept(const File& file, std::string_view name);
  std::string where(FileKey file, std::uint64_t offset) const;

  Stage& stage_;
  const Disk& disk_;
  Ledger& ledger_;
  std::function<bool(FileKey)> innd_writes_;
  std::vector<ArticleNumber> sure_;
  std::set<engine::ClientId> dropping_for_;
  std::set<FileKey> excused_;
  std::set<FileKey> renamed_;
  std::vector<OldName> old_names_;
  std::map<std::string, core::Instant, std::less<>> looked_;
  bool must_end_ = false;
  bool looked_for_feed_ = false;  // in vain, and nothing was done since
  Serial found_ = 0;              // the last change that the living process found at its start
};

}  // namespace innduct::sim
