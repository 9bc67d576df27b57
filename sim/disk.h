// disk.h: the simulated feed directory and its physics.
//
// Every file has two contents: the image, which readers see, and the base, which no power cut
// can harm: what was there at the last sync. Between them lie the changes made since. Names
// are the same: those seen, those that are sure to be found again, and the changes between.
// What a power cut makes of it all is the matter of power_cut.h.
//
// The disk itself never fails; faults.h does. Names are within the feed directory, but for those
// with a `/`, which lie elsewhere on the same file system.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "engine/port.h"
#include "sim/timeline.h"

namespace innduct::sim {

// Names a file for as long as the world exists, unlike its inode number. 0 names nothing.
using FileKey = std::uint32_t;
// Counts all changes of the disk; a sync covers those made before it began.
using Serial = std::uint64_t;

struct DataChange {
  enum class Kind : std::uint8_t { overwrite, append, truncate } kind{};
  Serial serial = 0;
  std::uint64_t offset = 0;  // truncate: the size
  std::string bytes;
};

struct File {
  FileKey key = 0;
  std::uint64_t inode = 0;
  engine::FileType type = engine::FileType::plain;
  std::string leads_to;  // of a symbolic link
  std::string image;
  std::string base;
  std::deque<DataChange> changes;
  core::WallTime modified{};
  unsigned handles = 0;
  unsigned writers = 0;
  bool ours = false;    // created by the program, which alone may cut it
  bool locked = false;  // its mode lets the program not open it
};

struct NameChange {
  enum class Kind : std::uint8_t { link, unlink, rename } kind{};
  Serial serial = 0;
  std::string name;
  std::string to;  // rename
  FileKey file = 0;
};

using Names = std::map<std::string, FileKey, std::less<>>;

// Makes a change; one whose file is not under that name (any more) changes nothing.
void make_change(const NameChange& change, Names& names);
// Makes a change, as far as it concerns bytes that exist or follow them; a gap in front is
// filled with zeros.
void make_change(const DataChange& change, std::string& content);

class Disk {
 public:
  Disk(Timeline& time, bool reuse_inodes) : time_(time), reuse_inodes_(reuse_inodes) {}

  // ---- names; the caller has seen to it that what is asked for is possible
  FileKey find(std::string_view name) const;
  // The same, through a symbolic link.
  FileKey follow(std::string_view name) const;
  FileKey create(std::string_view name);
  void make_symlink(std::string_view name, std::string_view leads_to);
  void link(std::string_view from, std::string_view to);
  void unlink(std::string_view name);
  void rename(std::string_view from, std::string_view to);
  const Names& names() const { return names_; }
  // A name of the file, for people: the first, or where it once was.
  std::string name_of(FileKey key) const;

  // ---- contents
  const File& file(FileKey key) const { return files_.at(key); }
  bool exists(FileKey key) const { return files_.contains(key); }
  void append(FileKey key, std::string_view bytes);
  void overwrite(FileKey key, std::uint64_t offset, std::string_view bytes);
  void truncate(FileKey key, std::uint64_t size);
  void set_type(FileKey key, engine::FileType type) { files_.at(key).type = type; }
  // The program created it.
  void claim(FileKey key) { files_.at(key).ours = true; }
  void lock(FileKey key, bool locked) { files_.at(key).locked = locked; }
  engine::FileStat stat(FileKey key) const;
  void set_modified(FileKey key, core::WallTime when) { files_.at(key).modified = when; }

  // ---- open descriptors
  void hold(FileKey key, bool writing);
  void release(FileKey key, bool writing);

  // ---- what is sure
  // The serial of the last change made.
  Serial now() const { return serial_; }
  // What was changed up to `until` cannot be harmed any more.
  void sync(FileKey key, Serial until);
  void sync_names(Serial until);
  // A sync failed: what was changed up to `until` stays to be seen, but never reaches the disk,
  // and no later sync says so (fsyncgate). Names are not lost so: a file system whose journal
  // cannot be written takes no further change, and what it shows stays unsure.
  void lose(FileKey key, Serial until);
  // Whether the name leads to the file after every power cut.
  bool name_is_sure(std::string_view name, FileKey key) const;

  // ---- for power_cut.h
  const std::map<FileKey, File>& files() const { return files_; }
  const Names& base_names() const { return base_names_; }
  const std::deque<NameChange>& name_changes() const { return name_changes_; }
  // What is found when the power is back: these names, contents by file; nothing is open and
  // everything is sure.
  void reborn(Names names, std::map<FileKey, std::string> contents);

 private:
  std::uint64_t fresh_inode();
  void touch(File& file) { file.modified = time_.now().wall; }
  void change_names(NameChange change);
  void bury_if_gone(FileKey key);
  bool named(FileKey key) const;

  Timeline& time_;
  bool reuse_inodes_;
  std::map<FileKey, File> files_;
  Names names_;
  Names base_names_;
  std::deque<NameChange> name_changes_;
  Serial serial_ = 0;
  FileKey keys_ = 0;
  std::uint64_t inodes_ = 100;
  std::vector<std::uint64_t> free_inodes_;
  std::map<FileKey, std::string> last_names_;
};

}  // namespace innduct::sim
