// disk.cc: images, bases, and the changes between them.
#include "sim/disk.h"

#include <algorithm>

#include "core/check.h"

namespace innduct::sim {

void make_change(const NameChange& change, Names& names) {
  const auto found = names.find(change.name);
  const bool leads_there = found != names.end() && found->second == change.file;
  switch (change.kind) {
    case NameChange::Kind::link:
      names[change.name] = change.file;
      return;
    case NameChange::Kind::unlink:
      if (leads_there) names.erase(found);
      return;
    case NameChange::Kind::rename:
      if (leads_there) {
        names.erase(found);
        names[change.to] = change.file;
      }
      return;
  }
}

void make_change(const DataChange& change, std::string& content) {
  switch (change.kind) {
    case DataChange::Kind::truncate:
      content.resize(std::min<std::size_t>(content.size(), change.offset));
      return;
    case DataChange::Kind::append:
      content.resize(std::max<std::size_t>(content.size(), change.offset + change.bytes.size()));
      break;
    case DataChange::Kind::overwrite:
      break;
  }
  if (change.offset < content.size()) {
    const std::size_t room = content.size() - change.offset;
    content.replace(change.offset, std::min(room, change.bytes.size()), change.bytes, 0, room);
  }
}

// ---------------------------------------------------------------- names

FileKey Disk::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? 0 : found->second;
}

FileKey Disk::follow(std::string_view name) const {
  const FileKey key = find(name);
  if (key == 0 || file(key).type != engine::FileType::symlink) return key;
  return find(file(key).leads_to);
}

FileKey Disk::create(std::string_view name) {
  const FileKey key = ++keys_;
  File& file = files_[key];
  file.key = key;
  file.inode = fresh_inode();
  touch(file);
  change_names({NameChange::Kind::link, 0, std::string(name), {}, key});
  return key;
}

void Disk::make_symlink(std::string_view name, std::string_view leads_to) {
  File& file = files_.at(create(name));
  file.type = engine::FileType::symlink;
  file.leads_to = leads_to;
}

void Disk::link(std::string_view from, std::string_view to) {
  change_names({NameChange::Kind::link, 0, std::string(to), {}, find(from)});
}

void Disk::unlink(std::string_view name) {
  const FileKey key = find(name);
  change_names({NameChange::Kind::unlink, 0, std::string(name), {}, key});
  bury_if_gone(key);
}

void Disk::rename(std::string_view from, std::string_view to) {
  const FileKey replaced = find(to);
  change_names({NameChange::Kind::rename, 0, std::string(from), std::string(to), find(from)});
  if (replaced != 0) bury_if_gone(replaced);
}

void Disk::change_names(NameChange change) {
  core::check(change.file != 0, "a change of names concerns a file");
  change.serial = ++serial_;
  last_names_[change.file] = change.to.empty() ? change.name : change.to;
  make_change(change, names_);
  name_changes_.push_back(std::move(change));
}

std::string Disk::name_of(FileKey key) const {
  for (const auto& [name, file] : names_) {
    if (file == key) return name;
  }
  const auto last = last_names_.find(key);
  return last == last_names_.end() ? "?" : last->second + " (no name any more)";
}

std::uint64_t Disk::fresh_inode() {
  if (reuse_inodes_ && !free_inodes_.empty()) {
    const std::uint64_t inode = free_inodes_.back();
    free_inodes_.pop_back();
    return inode;
  }
  return ++inodes_;
}

bool Disk::named(FileKey key) const {
  const auto is = [key](const auto& entry) { return entry.second == key; };
  return std::ranges::any_of(names_, is) || std::ranges::any_of(base_names_, is) ||
         std::ranges::any_of(name_changes_, [key](const NameChange& c) { return c.file == key; });
}

void Disk::bury_if_gone(FileKey key) {
  const auto found = files_.find(key);
  if (found == files_.end() || found->second.handles > 0 || named(key)) return;
  free_inodes_.push_back(found->second.inode);
  files_.erase(found);
}

// ---------------------------------------------------------------- contents

void Disk::append(FileKey key, std::string_view bytes) {
  File& file = files_.at(key);
  file.changes.push_back(
      {DataChange::Kind::append, ++serial_, file.image.size(), std::string(bytes)});
  file.image += bytes;
  touch(file);
}

void Disk::overwrite(FileKey key, std::uint64_t offset, std::string_view bytes) {
  File& file = files_.at(key);
  core::check(offset + bytes.size() <= file.image.size(), "an overwrite stays within the file");
  file.changes.push_back({DataChange::Kind::overwrite, ++serial_, offset, std::string(bytes)});
  file.image.replace(offset, bytes.size(), bytes);
  touch(file);
}

void Disk::truncate(FileKey key, std::uint64_t size) {
  File& file = files_.at(key);
  file.changes.push_back({DataChange::Kind::truncate, ++serial_, size, {}});
  file.image.resize(std::min<std::size_t>(file.image.size(), size));
  touch(file);
}

engine::FileStat Disk::stat(FileKey key) const {
  const File& f = file(key);
  const auto links =
      std::ranges::count_if(names_, [key](const auto& entry) { return entry.second == key; });
  return {.device = 1,
          .inode = f.inode,
          .links = static_cast<std::uint64_t>(links),
          .size = f.image.size(),
          .modified = f.modified,
          .type = f.type};
}

// ---------------------------------------------------------------- descriptors

void Disk::hold(FileKey key, bool writing) {
  File& file = files_.at(key);
  ++file.handles;
  file.writers += writing ? 1 : 0;
}

void Disk::release(FileKey key, bool writing) {
  File& file = files_.at(key);
  --file.handles;
  file.writers -= writing ? 1 : 0;
  bury_if_gone(key);
}

// ---------------------------------------------------------------- what is sure

void Disk::sync(FileKey key, Serial until) {
  File& file = files_.at(key);
  while (!file.changes.empty() && file.changes.front().serial <= until) {
    make_change(file.changes.front(), file.base);
    file.changes.pop_front();
  }
}

void Disk::lose(FileKey key, Serial until) {
  File& file = files_.at(key);
  while (!file.changes.empty() && file.changes.front().serial <= until) file.changes.pop_front();
}

void Disk::sync_names(Serial until) {
  std::vector<FileKey> touched;
  while (!name_changes_.empty() && name_changes_.front().serial <= until) {
    make_change(name_changes_.front(), base_names_);
    touched.push_back(name_changes_.front().file);
    name_changes_.pop_front();
  }
  for (const FileKey key : touched) bury_if_gone(key);
}

bool Disk::name_is_sure(std::string_view name, FileKey key) const {
  const auto base = base_names_.find(name);
  if (base == base_names_.end() || base->second != key) return false;
  return std::ranges::none_of(name_changes_, [&](const NameChange& change) {
    return change.name == name || change.to == name;
  });
}

void Disk::reborn(Names names, std::map<FileKey, std::string> contents) {
  names_ = std::move(names);
  base_names_ = names_;
  name_changes_.clear();
  for (auto& [key, content] : contents) {
    File& file = files_.at(key);
    file.image = std::move(content);
    file.base = file.image;
    file.changes.clear();
    file.handles = 0;
    file.writers = 0;
  }
  for (auto each = files_.begin(); each != files_.end();) {
    const FileKey key = (each++)->first;
    bury_if_gone(key);
  }
}

}  // namespace innduct::sim
