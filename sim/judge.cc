// judge.cc: what must never happen to the disk.
#include "sim/judge.h"

#include <algorithm>

#include "core/cat.h"
#include "core/escape.h"
#include "sim/failure.h"
#include "sim/names.h"

namespace innduct::sim {

using core::cat;

namespace {

// Whether these bytes are a line of their own: glued to a record they are no bad line.
bool is_line(std::string_view text, std::size_t at, std::size_t size) {
  const bool starts = at == 0 || text[at - 1] == '\n';
  return starts && at + size < text.size() && text[at + size] == '\n';
}

}  // namespace

std::string Judge::where(FileKey file, std::uint64_t offset) const {
  return cat(disk_.name_of(file), " (file ", file, ") at ", offset);
}

// ---------------------------------------------------------------- contents

void Judge::overwriting(FileKey key, std::uint64_t offset, std::string_view bytes) {
  looked_for_feed_ = false;
  if (excused_.contains(key)) return;
  const File& file = disk_.file(key);
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char old = file.image[offset + i];
    if (old == bytes[i]) continue;
    if (bytes[i] != ' ' || old == '\n') {
      throw Failure(cat("C2: an overwrite of ", where(key, offset + i), " changes ",
                        core::escaped({&old, 1}), " into ", core::escaped(bytes.substr(i, 1)),
                        ": only blanks may be written, and newlines stay"));
    }
    if (to == 0) from = offset + i;
    to = offset + i + 1;
  }
  if (to == 0) return;
  what_was_found_is_sure();
  // (Whoever is told of a wrong name that the site is gone may think so.)
  if (innd_writes_(key) && stage_.drawn.innd.misnamed == 0 &&
      file.image.find('\n', to - 1) == std::string::npos) {
    throw Failure(cat("C2: the program blanks a line of ", where(key, from),
                      " that innd has not finished yet"));
  }
  for (const Ledger::Found& hit : ledger_.found_in(key, from, to)) {
    const std::uint64_t start = std::max(hit.offset, offset);
    const std::uint64_t end = std::min(hit.offset + hit.length, offset + bytes.size());
    const bool harmed = std::string_view(file.image).substr(start, end - start) !=
                        bytes.substr(start - offset, end - start);
    if (!harmed || !ledger_.account(hit.number).open()) continue;
    // (Wherever else it may still stand: that record, too, may go now.)
    if (!dropping_for_.empty() && key == disk_.find(names::quarantine)) {
      ledger_.excuse(hit.number, "people dropped it from the quarantine");
      continue;
    }
    if (ledger_.sure(hit.number, {.file = key, .from = from, .to = to})) continue;
    throw Failure(
        cat("C1: the line of ", ledger_.id(hit.number), " in ", where(key, hit.offset),
            " is blanked, but the peer gave no final answer, the article is in the spool, "
            "and no other record of it is sure to survive a power cut"),
        ledger_.id(hit.number));
  }
  bad_lines_are_left(file, from, to);
}

void Judge::bad_lines_are_left(const File& file, std::uint64_t from, std::uint64_t to) {
  for (const std::string& bad : ledger_.bad_lines()) {
    const std::size_t first = from > bad.size() ? from - bad.size() : 0;
    for (std::size_t at = file.image.find(bad, first); at < to; at = file.image.find(bad, at + 1)) {
      if (from < at + bad.size() && is_line(file.image, at, bad.size())) {
        throw Failure(cat("C2: the bad line `", core::escaped(bad), "` in ", where(file.key, at),
                          " is overwritten"));
      }
    }
  }
}

void Judge::appending(FileKey key, std::string_view bytes) {
  const std::string name = disk_.name_of(key);
  const std::string& image = disk_.file(key).image;
  if (!disk_.file(key).ours) {
    throw Failure(cat("C3: the program appends to ", name, ", which it did not create"));
  }
  if (!image.empty() && !image.ends_with('\n') && !bytes.starts_with('\n')) {
    throw Failure(cat("rule 6: the program appends to ", name, " behind half a line"));
  }
  for (const auto& [other, file] : disk_.names()) {
    if (file == key && names::is_backlog(other) && !renamed_.contains(key)) {
      throw Failure(cat("C3: the program appends to ", other, ", which is a backlog file"));
    }
  }
}

void Judge::cutting(FileKey key, std::uint64_t size) {
  const File& file = disk_.file(key);
  if (!file.ours) {
    throw Failure(cat("C3: the program cuts ", disk_.name_of(key), ", which it did not create"));
  }
  for (const Ledger::Found& hit : ledger_.found_in(key, size, file.image.size())) {
    if (!ledger_.account(hit.number).open()) continue;
    const Without cut{.file = key, .from = size, .to = file.image.size()};
    const bool was_sure = ledger_.sure(hit.number, {});
    if (was_sure ? ledger_.sure(hit.number, cut) : ledger_.visible(hit.number, cut)) continue;
    throw Failure(cat("C1: cutting ", disk_.name_of(key), " to ", size,
                      " removes the only record of ", ledger_.id(hit.number)),
                  ledger_.id(hit.number));
  }
}

// ---------------------------------------------------------------- names

void Judge::creating(std::string_view name) {
  name_may_be_made_anew(name);
  if (!names::is_ours(name)) {
    throw Failure(cat("C3: the program creates ", name,
                      name == names::feed ? ": only innd creates the feed file" : ""));
  }
}

void Judge::linking(std::string_view from, std::string_view to) {
  const bool flush = from == names::feed && to == names::flushing;
  const bool move = (from == names::defer || from == names::flushing) && names::is_backlog(to);
  if (!flush && !move) throw Failure(cat("C3: the program links ", from, " to ", to));
  what_was_found_is_sure();
  looked_for_feed_ = false;
  name_may_be_made_anew(to);
  if (move) moved_data_is_sure(disk_.find(from), from);
}

void Judge::unlinking(std::string_view name) {
  const FileKey key = disk_.find(name);
  if (name == names::lock && !looked_for_feed_) {
    throw Failure(cat("rule 4: the program ends, and did not look for ", names::feed,
                      " when everything else was done"));
  }
  if (name == names::lock || name == names::suspects) return;
  looked_for_feed_ = looked_for_feed_ && name == names::defer;
  if (!names::keeps_records(name) || name == names::quarantine) {
    throw Failure(cat("C3: the program removes ", name, ", which it must never do"));
  }
  if (name == names::feed &&
      (disk_.find(names::flushing) != key || !disk_.name_is_sure(names::flushing, key))) {
    throw Failure(cat("C3: the program removes the feed file, and it is not sure that ",
                      names::flushing,
                      " leads to it after a power cut (link, sync the directory, "
                      "then unlink)"));
  }
  what_was_found_is_sure();
  const FileKey target = disk_.follow(name);
  if (target == 0) return;
  if (ledger_.has_sure_name(target, name)) {
    old_names_.push_back({std::string(name), key, stage_.time.now().monotonic});
    return;
  }
  bool too_late = false;
  for (const Ledger::Found& hit : ledger_.found_in(target, 0, ~std::uint64_t{0})) {
    if (!ledger_.account(hit.number).open()) continue;
    if (ledger_.sure(hit.number, {.file = target, .from = 0, .to = ~std::uint64_t{0}})) continue;
    if (came_too_late(hit.number, name)) {
      ledger_.excuse(hit.number, "people put it where the program was about to remove a name");
      too_late = true;
      continue;
    }
    throw Failure(
        cat("C1: the program removes ", name, " (file ", target, "), but ", ledger_.id(hit.number),
            " at ", hit.offset, " is neither answered nor recorded elsewhere for sure",
            ledger_.has_name(target, name) ? "; the file's other name may not survive a power cut"
                                           : ""),
        ledger_.id(hit.number));
  }
  if (ledger_.has_name(target, name)) return;
  if (innd_writes_(target)) {
    throw Failure(cat("C3: the program removes ", name, " while innd has it open for writing"));
  }
  if (!too_late) bad_lines_are_kept(disk_.file(target), name);
}

void Judge::bad_lines_are_kept(const File& file, std::string_view name) {
  if (ledger_.taken(file.key)) return;
  const FileKey bad_key = disk_.find(names::bad);
  for (const std::string& bad : ledger_.bad_lines()) {
    const std::size_t at = file.image.find(bad);
    if (at == std::string::npos || !is_line(file.image, at, bad.size())) continue;
    if (bad_key != 0 && disk_.name_is_sure(names::bad, bad_key) &&
        disk_.file(bad_key).base.find(bad) != std::string::npos) {
      continue;
    }
    throw Failure(cat("C3: the program removes ", name, ", but its bad line `", core::escaped(bad),
                      "` is not kept in ", names::bad));
  }
}

void Judge::looked_at(std::string_view name) {
  looked_for_feed_ = looked_for_feed_ || (name == names::feed && disk_.find(name) == 0);
  looked_.insert_or_assign(std::string(name), stage_.time.now().monotonic);
}

bool Judge::came_too_late(ArticleNumber number, std::string_view name) const {
  const Account& account = ledger_.account(number);
  const auto looked = looked_.find(name);
  return account.by_people && looked != looked_.end() && account.fed_at >= looked->second;
}

// ---------------------------------------------------------------- order

void Judge::process_started() {
  must_end_ = looked_for_feed_ = false;
  found_ = disk_.now();
}

// Rule 0: what a process found is sure before it touches anything.
void Judge::what_was_found_is_sure() const {
  const auto found_unsure = [this](const auto& changes) {
    return !changes.empty() && changes.front().serial <= found_;
  };
  if (found_unsure(disk_.name_changes())) {
    throw Failure("rule 0: the program touches a file before the directory that it found is sure");
  }
  for (const std::string_view name :
       {names::defer, names::bad, names::quarantine, names::suspects}) {
    const FileKey file = disk_.find(name);
    if (file != 0 && found_unsure(disk_.file(file).changes)) {
      throw Failure(
          cat("rule 0: the program touches a file before ", name, ", as it found it, is sure"));
    }
  }
}

// Rules 2 and 3: what is moved takes nothing unsure along. (innd syncs nothing, and may go on
// writing to the file of a site that it calls by another name.)
void Judge::moved_data_is_sure(FileKey key, std::string_view name) const {
  if (innd_writes_(key) || !stage_.drawn.config.sync_feed) return;
  for (const DataChange& change : disk_.file(key).changes) {
    if (change.kind == DataChange::Kind::overwrite) continue;
    throw Failure(cat("rule 3: the program moves ", name, " before its data is sure"));
  }
}

// A name that was taken from a moved file must be gone for sure before it is another's: file
// systems have been seen to mix the two up.
void Judge::name_may_be_made_anew(std::string_view name) {
  for (const OldName& old : old_names_) {
    const auto base = disk_.base_names().find(old.name);
    if (old.name == name && base != disk_.base_names().end() && base->second == old.file) {
      throw Failure(
          cat("rule 3: ", name, " is made anew before it is sure that its old file has lost it"));
    }
  }
  std::erase_if(old_names_, [&](const OldName& old) { return old.name == name; });
}

// ---------------------------------------------------------------- the end after a failed sync

void Judge::asked_for(const std::vector<engine::Action>& actions) {
  for (const engine::Action& action : actions) {
    // innd may make a new F from now on, and whenever it likes.
    if (std::holds_alternative<engine::Flush>(action)) name_may_be_made_anew(names::feed);
  }
  if (!must_end_) return;
  // What another event of the same turn brought about, and is safe, may still be asked for. Blanks
  // are gathered at its end.
  for (const engine::Action& action : actions) {
    if (std::holds_alternative<engine::Overwrite>(action)) {
      throw Failure("rule 5: the program blanks lines though a sync or close has failed");
    }
  }
  if (actions.empty() || !std::holds_alternative<engine::Exit>(actions.back())) {
    throw Failure("rule 5: the program goes on though a sync or close has failed");
  }
}

// ---------------------------------------------------------------- the oracle at crashes

void Judge::killed() {
  dropping_for_.clear();
  ledger_.look_again();
  for (ArticleNumber n = 0; n < ledger_.accounts().size(); ++n) {
    if (!ledger_.account(n).open() || ledger_.visible(n, {})) continue;
    throw Failure(cat("C1: after the end of the process ", ledger_.id(n),
                      " is in no queue file, and never got a final answer"),
                  ledger_.id(n));
  }
}

// A move is over when the old name cannot come back.
void Judge::old_names_are_gone(core::Instant synced) {
  for (const OldName& old : old_names_) {
    const auto base = disk_.base_names().find(old.name);
    if (old.when < synced && base != disk_.base_names().end() && base->second == old.file) {
      throw Failure(cat("rule 3: ", old.name,
                        " was moved long ago, and a power cut may still bring "
                        "its old name back"));
    }
  }
  old_names_.clear();
}

void Judge::before_power_cut(core::Instant synced) {
  old_names_are_gone(synced);
  sure_.clear();
  for (ArticleNumber n = 0; n < ledger_.accounts().size(); ++n) {
    const Account& account = ledger_.account(n);
    if (!account.open()) continue;
    if (ledger_.sure(n, {})) {
      sure_.push_back(n);
    } else if (account.fed_at < synced && !account.by_people) {
      throw Failure(cat("rule 7: the line of ", ledger_.id(n),
                        " was never synced, though the program had several periods to do so"),
                    ledger_.id(n));
    }
  }
}

void Judge::after_power_cut() {
  ledger_.look_again();
  for (ArticleNumber n = 0; n < ledger_.accounts().size(); ++n) {
    if (!ledger_.account(n).open() || ledger_.visible(n, {})) continue;
    if (std::ranges::binary_search(sure_, n)) {
      throw Failure(cat("C1: ", ledger_.id(n),
                        " was sure to survive a power cut and did not "
                        "(a mistake of the simulated disk)"),
                    ledger_.id(n));
    }
    ledger_.excuse(n, "its line was not synced when the power went");
  }
}

void Judge::finished(core::Instant listed) {
  for (ArticleNumber n = 0; n < ledger_.accounts().size(); ++n) {
    const Account& account = ledger_.account(n);
    if (!account.open() || ledger_.is_quarantined(n) || account.fed_at >= listed) continue;
    throw Failure(cat("C1: exit 4 (everything is offered), but ", ledger_.id(n), " is not"),
                  ledger_.id(n));
  }
  for (const std::string_view name :
       {names::flushing, names::defer, names::suspects, names::lock}) {
    if (disk_.find(name) != 0) throw Failure(cat("C7: exit 4, but ", name, " is still there"));
  }
}

}  // namespace innduct::sim
