// judge.h: looks at each action that changes the disk before it happens, and fails the seed if
// it is one that must never happen (C1, C2, C3 of the checks in doc/reliability.md).
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "sim/disk.h"
#include "sim/ledger.h"
#include "sim/stage.h"

namespace innduct::sim {

class Judge {
 public:
  // `innd_writes`: whether innd has the file open for writing.
  Judge(Stage& stage, const Disk& disk, Ledger& ledger, std::function<bool(FileKey)> innd_writes)
      : stage_(stage), disk_(disk), ledger_(ledger), innd_writes_(std::move(innd_writes)) {}

  // The program is about to do this, and nothing stands in its way.
  void overwriting(FileKey file, std::uint64_t offset, std::string_view bytes);
  void appending(FileKey file);
  void cutting(FileKey file, std::uint64_t size);
  void creating(std::string_view name);
  void linking(std::string_view from, std::string_view to);
  void unlinking(std::string_view name);

  // People emptied the file while innd held lines back: when it is as long as before, the program
  // cannot tell, and may blank what is not where it read it.
  void excuse_overwrites_in(FileKey file) { excused_.insert(file); }
  // A line that is no record was put into a queue file: it must never be blanked, and must be
  // found in F_bad before its file goes.
  void plant_bad_line(std::string text) { bad_lines_.push_back(std::move(text)); }

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
  void bad_lines_are_left(const File& file, std::uint64_t from, std::uint64_t to);
  void bad_lines_are_kept(const File& file, std::string_view name);
  std::string where(FileKey file, std::uint64_t offset) const;

  Stage& stage_;
  const Disk& disk_;
  Ledger& ledger_;
  std::function<bool(FileKey)> innd_writes_;
  std::vector<std::string> bad_lines_;
  std::vector<ArticleNumber> sure_;
  std::set<FileKey> excused_;
};

}  // namespace innduct::sim
