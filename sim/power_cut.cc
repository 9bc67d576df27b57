// power_cut.cc: choosing what survived.
#include "sim/power_cut.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace innduct::sim {
namespace {

constexpr std::size_t sector = 512;

// What stands where appended bytes did not survive, but the file's size did.
enum class Filler : std::uint8_t { nothing, zeros, garbage };

class Cut {
 public:
  Cut(Survival survival, bool garbage, Dice& dice, Serial moment)
      : survival_(survival), garbage_(garbage), dice_(dice), moment_(moment) {}

  Names names(const Disk& disk) {
    Names names = disk.base_names();
    for (const NameChange& change : disk.name_changes()) {
      if (survives(change)) make_change(change, names);
    }
    return names;
  }

  std::string content(const File& file) {
    std::string content = file.base;
    const Filler filler = draw_filler();
    lost_.clear();
    garbage_left_ = sector;
    for (const DataChange& change : file.changes) {
      switch (survival_) {
        case Survival::all:
          make_change(change, content);
          break;
        case Survival::none:
          break;
        case Survival::prefix:
          if (change.serial <= moment_) make_change(change, content);
          break;
        case Survival::any:
          apply_torn(change, content, filler, dice_.pick(std::array{0, 500, 900, 1000}));
          break;
        case Survival::adverse:
          if (change.kind != DataChange::Kind::append) make_change(change, content);
          break;
      }
    }
    const bool sizes_vary = survival_ == Survival::any || survival_ == Survival::adverse;
    if (sizes_vary && filler != Filler::nothing && content.size() < file.image.size()) {
      fill(content, dice_.between(content.size(), file.image.size()), filler);
    }
    return content;
  }

 private:
  bool survives(const NameChange& change) {
    switch (survival_) {
      case Survival::all:
        return true;
      case Survival::none:
        return false;
      case Survival::prefix:
        return change.serial <= moment_;
      case Survival::any:
        return dice_.coin();
      case Survival::adverse:
        return change.kind == NameChange::Kind::unlink ||
               (change.kind == NameChange::Kind::rename && dice_.coin());
    }
    return true;
  }

  Filler draw_filler() {
    if (survival_ != Survival::any && survival_ != Survival::adverse) return Filler::nothing;
    const auto kinds = garbage_ ? 3U : 2U;
    return static_cast<Filler>(dice_.below(kinds));
  }

  // Each sector that the change touches survives with `chance` per mille.
  void apply_torn(const DataChange& change, std::string& content, Filler filler, int chance) {
    const auto likely = static_cast<std::uint64_t>(chance);
    const bool appends = change.kind == DataChange::Kind::append;
    if (change.kind == DataChange::Kind::truncate) {
      if (dice_.permille(likely)) make_change(change, content);
      return;
    }
    const std::uint64_t end = change.offset + change.bytes.size();
    for (std::uint64_t at = change.offset; at < end;) {
      const std::uint64_t next = std::min(end, (at / sector + 1) * sector);
      const bool survived = dice_.permille(likely);
      if (appends) mark(at, next, !survived);
      if (survived) {
        DataChange part{change.kind, change.serial, at, {}};
        part.bytes = change.bytes.substr(at - change.offset, next - at);
        if (appends && at > content.size()) fill(content, at, filler);
        if (!appends) keep_lost(part, content);
        make_change(part, content);
      }
      at = next;
    }
  }

  void mark(std::uint64_t from, std::uint64_t to, bool lost) {
    if (lost_.size() < to) lost_.resize(to);
    std::fill(lost_.begin() + static_cast<std::ptrdiff_t>(from),
              lost_.begin() + static_cast<std::ptrdiff_t>(to), lost);
  }
  // An overwrite of appended bytes that did not survive disappears with them.
  void keep_lost(DataChange& part, const std::string& content) const {
    for (std::size_t i = 0; i < part.bytes.size(); ++i) {
      const std::uint64_t at = part.offset + i;
      if (at < lost_.size() && lost_[at] && at < content.size()) part.bytes[i] = content[at];
    }
  }

  void fill(std::string& content, std::size_t size, Filler filler) {
    // A sector of garbage in a file at most, and with few newlines in it: a disk that writes more
    // of it is broken otherwise, and too many bad lines end the program (exit 16).
    for (; filler == Filler::garbage && garbage_left_ > 0 && content.size() < size;
         --garbage_left_) {
      const std::uint64_t word = dice_.next();
      // Letters, NULs, what records are made of, and bytes that are no text at all.
      constexpr std::string_view likely("@<>0A.x \0", 9);
      content += (word & 7) != 0 ? static_cast<char>(word >> 8) : likely[(word >> 8) % 9];
    }
    content.resize(size, '\0');
  }

  Survival survival_;
  bool garbage_;
  Dice& dice_;
  Serial moment_;
  std::size_t garbage_left_ = 0;
  std::vector<bool> lost_;  // of the content at hand: appended bytes that did not survive
};

}  // namespace

std::string_view to_text(Survival survival) {
  constexpr std::array<std::string_view, survival_kinds> texts{"all", "none", "prefix", "any",
                                                               "adverse"};
  return texts[static_cast<std::size_t>(survival)];
}

void cut_power(Disk& disk, Survival survival, bool garbage, Dice& dice) {
  const Serial moment =
      disk.now() > 0 ? disk.now() - dice.below(std::min<Serial>(disk.now(), 50)) : 0;
  Cut cut(survival, garbage, dice, moment);
  std::map<FileKey, std::string> contents;
  for (const auto& [key, file] : disk.files()) contents.emplace(key, cut.content(file));
  disk.reborn(cut.names(disk), std::move(contents));
}

}  // namespace innduct::sim
