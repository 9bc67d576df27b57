// files.cc: who does what to a file, and in what order.
#include "io/files.h"

#include <cerrno>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

#include "core/check.h"

namespace innduct::io {

using engine::FileId;
using engine::FileStat;
using engine::OpenMode;
using engine::OpId;

Files::Files(std::string directory, Worker& disk, Inbox& inbox)
    : directory_(std::move(directory)), disk_(disk), inbox_(inbox) {}

template <class Call>
void Files::in_order(OpId op, FileId file, Call call) {
  const File* const found = find(op, file);
  if (found == nullptr) {
    return;
  }
  const int number = found->descriptor.get();
  if (found->on_disk_thread == 0) {
    tell(op, call(number));
  } else {
    on_disk_thread(op, file, [number, call = std::move(call)]() mutable { return call(number); });
  }
}

template <class Call>
void Files::on_disk_thread(OpId op, FileId file, Call call) {
  if (const auto found = files_.find(file); found != files_.end()) {
    ++found->second.on_disk_thread;
  }
  disk_.run([this, op, file, call = std::move(call)]() mutable -> Worker::Done {
    return [this, op, file, result = call()] {
      if (const auto found = files_.find(file); found != files_.end()) {
        --found->second.on_disk_thread;
      }
      tell(op, result);
    };
  });
}

void Files::perform(const engine::OpenFile& action) {
  core::check(!files_.contains(action.file), "a FileId is used once");
  const Tried<int> opened = open_file(path_of(action.name), action.mode, action.follow);
  if (!opened) {
    tell_failed(action.op, opened.error());
    return;
  }
  Descriptor descriptor(*opened);
  const Tried<FileStat> found = stat_file(*opened);
  if (!found) {
    tell_failed(action.op, found.error());
    return;
  }
  files_.emplace(action.file, File{std::move(descriptor), action.mode});
  inbox_.tell(engine::Opened{action.op, *found});
}

void Files::perform(const engine::CloseFile& action) {
  File* const found = find(action.op, action.file);
  if (found == nullptr) {
    return;
  }
  const int number = found->descriptor.release();
  const bool behind = found->on_disk_thread > 0;
  files_.erase(action.file);
  if (behind) {
    on_disk_thread(action.op, {}, [number] { return close_file(number); });
  } else {
    tell(action.op, close_file(number));
  }
}

void Files::perform(const engine::StatName& action) {
  tell(action.op, stat_name(path_of(action.name), action.follow));
}

void Files::perform(const engine::StatFile& action) {
  in_order(action.op, action.file, [](int file) { return stat_file(file); });
}

void Files::perform(const engine::Read& action) {
  const auto read = [offset = action.offset,
                     length = action.length](int file) -> Tried<std::string> {
    std::string bytes(length, '\0');
    const Tried<std::size_t> got = read_at(file, offset, bytes);
    if (!got) {
      return std::unexpected(got.error());
    }
    bytes.resize(*got);
    return bytes;
  };
  in_order(action.op, action.file, read);
}

void Files::perform(const engine::Overwrite& action) {
  const File* const found = find(action.op, action.file);
  if (found == nullptr) {
    return;
  }
  core::check(found->mode == OpenMode::update, "only a file opened for update is overwritten");
  if (found->on_disk_thread == 0) {
    tell(action.op, overwrite_at(found->descriptor.get(), action.offset, action.bytes));
  } else {
    in_order(action.op, action.file,
             [offset = action.offset, bytes = std::string(action.bytes)](int file) {
               return overwrite_at(file, offset, bytes);
             });
  }
}

void Files::perform(const engine::Append& action) {
  const File* const found = find(action.op, action.file);
  if (found == nullptr) {
    return;
  }
  core::check(found->mode != OpenMode::read && found->mode != OpenMode::update,
              "only a file opened for appending is appended to");
  if (found->on_disk_thread == 0) {
    tell(action.op, append_to(found->descriptor.get(), action.bytes));
  } else {
    in_order(action.op, action.file,
             [bytes = std::string(action.bytes)](int file) { return append_to(file, bytes); });
  }
}

void Files::perform(const engine::Truncate& action) {
  in_order(action.op, action.file, [size = action.size](int file) { return cut_to(file, size); });
}

void Files::perform(const engine::Sync& action) {
  if (const File* const found = find(action.op, action.file)) {
    on_disk_thread(action.op, action.file,
                   [number = found->descriptor.get()] { return sync_file(number); });
  }
}

void Files::perform(const engine::SyncDirectory& action) {
  on_disk_thread(action.op, {}, [path = directory_] { return sync_directory(path); });
}

void Files::perform(const engine::Link& action) {
  on_disk_thread(action.op, {}, [from = path_of(action.from), to = path_of(action.to)] {
    return link_name(from, to);
  });
}

void Files::perform(const engine::Unlink& action) {
  on_disk_thread(action.op, {}, [path = path_of(action.name)] { return unlink_name(path); });
}

void Files::perform(const engine::List& action) {
  on_disk_thread(action.op, {}, [path = directory_, prefix = std::string(action.prefix)] {
    return list_names(path, prefix);
  });
}

void Files::perform(const engine::ProveUnwritten& action) {
  on_disk_thread(action.op, {}, [path = path_of(action.name)] { return prove_unwritten(path); });
}

int Files::descriptor(FileId file) const {
  const auto found = files_.find(file);
  return found == files_.end() ? -1 : found->second.descriptor.get();
}

std::string Files::path_of(std::string_view name) const {
  core::check(!name.empty() && name.find('/') == std::string_view::npos,
              "a file is named by its base name");
  std::string path = directory_;
  path += '/';
  path += name;
  return path;
}

Files::File* Files::find(OpId op, FileId file) {
  const auto found = files_.find(file);
  if (found == files_.end()) {
    tell_failed(op, EBADF);
    return nullptr;
  }
  return &found->second;
}

void Files::tell(OpId op, const Tried<void>& result) {
  if (!result) {
    tell_failed(op, result.error());
    return;
  }
  inbox_.tell(engine::Done{op});
}

void Files::tell(OpId op, const Tried<FileStat>& result) {
  if (!result) {
    tell_failed(op, result.error());
    return;
  }
  inbox_.tell(engine::Statted{op, *result});
}

void Files::tell(OpId op, const Tried<std::string>& bytes) {
  if (!bytes) {
    tell_failed(op, bytes.error());
    return;
  }
  inbox_.tell(engine::ReadDone{op, inbox_.keep(*bytes)});
}

void Files::tell(OpId op, const Tried<std::vector<FoundName>>& names) {
  if (!names) {
    tell_failed(op, names.error());
    return;
  }
  std::vector<engine::ListedName> listed;
  listed.reserve(names->size());
  for (const FoundName& found : *names) {
    listed.push_back({inbox_.keep(found.name), found.self, found.target});
  }
  inbox_.tell(engine::Listed{op, inbox_.keep(std::move(listed))});
}

void Files::tell_failed(OpId op, int error) {
  inbox_.tell(engine::Failed{op, error, inbox_.keep(std::strerror(error))});
}

}  // namespace innduct::io
