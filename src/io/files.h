// files.h: the feed directory's files by the names that the engine gave them, and their order.
//
// What is quick is done at once, on the loop thread; what waits for a disk goes to the disk
// thread. Actions on one FileId keep their order: as long as one of them is on the disk thread,
// those that follow it, its CloseFile included, go there too, behind it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/port.h"
#include "io/descriptor.h"
#include "io/file.h"
#include "io/inbox.h"
#include "io/worker.h"

namespace innduct::io {

class Files {
 public:
  // `directory` is looked up anew for each action: an administrator may move it.
  Files(std::string directory, Worker& disk, Inbox& inbox);

  void perform(const engine::OpenFile& action);
  void perform(const engine::CloseFile& action);
  void perform(const engine::StatName& action);
  void perform(const engine::StatFile& action);
  void perform(const engine::Read& action);
  void perform(const engine::Overwrite& action);
  void perform(const engine::Append& action);
  void perform(const engine::Truncate& action);
  void perform(const engine::Sync& action);
  void perform(const engine::SyncDirectory& action);
  void perform(const engine::Link& action);
  void perform(const engine::Unlink& action);
  void perform(const engine::List& action);
  void perform(const engine::ProveUnwritten& action);

  // The descriptor of an open file, or -1.
  int descriptor(engine::FileId file) const;

 private:
  struct File {
    Descriptor descriptor;
    engine::OpenMode mode{};
    std::size_t on_disk_thread = 0;  // actions that are still there
  };

  std::string path_of(std::string_view name) const;
  // Calls `call` with the descriptor of `file`, now or behind what is on the disk thread.
  template <class Call>
  void in_order(engine::OpId op, engine::FileId file, Call call);
  // Calls `call` on the disk thread, on behalf of `file` if that is not zero.
  template <class Call>
  void on_disk_thread(engine::OpId op, engine::FileId file, Call call);
  File* find(engine::OpId op, engine::FileId file);

  void tell(engine::OpId op, const Tried<void>& result);
  void tell(engine::OpId op, const Tried<engine::FileStat>& result);
  void tell(engine::OpId op, const Tried<std::string>& bytes);
  void tell(engine::OpId op, const Tried<std::vector<FoundName>>& names);
  void tell_failed(engine::OpId op, int error);

  std::string directory_;
  Worker& disk_;
  Inbox& inbox_;
  std::unordered_map<engine::FileId, File> files_;
};

}  // namespace innduct::io
