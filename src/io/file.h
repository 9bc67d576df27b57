// file.h: the system calls on files, with EINTR retried and short transfers continued.
//
// Each answers with its result or errno; nothing is decided here. Any of them may run on any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/port.h"

namespace innduct::io {

// A result, or errno.
template <class Result>
using Tried = std::expected<Result, int>;

// A name that list_names() found.
struct FoundName {
  std::string name;
  engine::FileStat self;
  std::optional<engine::FileStat> target;
};

// More names than this, and list_names() gives up with EOVERFLOW: half a list would mislead.
inline constexpr std::size_t listed_names_max = 100'000;

// Opens (engine::OpenFile). The descriptor is closed at exec, becomes no controlling terminal and
// never makes open(2) wait. New files get the mode 0664, which the umask 002 leaves as it is.
Tried<int> open_file(const std::string& path, engine::OpenMode mode, bool follow);
// Closes. The descriptor is void even after a failure.
Tried<void> close_file(int file);
Tried<engine::FileStat> stat_file(int file);
Tried<engine::FileStat> stat_name(const std::string& path, bool follow);
// Fills `room` from `offset`; less only at the end of the file.
Tried<std::size_t> read_at(int file, std::uint64_t offset, std::span<char> room);
// Overwrites bytes that exist; ERANGE if that would make the file longer. The file must not have
// been opened for appending: Linux would append.
Tried<void> overwrite_at(int file, std::uint64_t offset, std::string_view bytes);
Tried<void> append_to(int file, std::string_view bytes);
// The same, for whoever needs to know how much of it was written: less than all if it failed, and
// errno says why.
std::size_t append_part(int file, std::string_view bytes);
Tried<void> cut_to(int file, std::uint64_t size);
Tried<void> sync_file(int file);
Tried<void> sync_directory(const std::string& path);
// A symbolic link itself gets the other name, never what it leads to.
Tried<void> link_name(const std::string& from, const std::string& to);
Tried<void> unlink_name(const std::string& path);
// The names in `directory` that start with `prefix`, in no order.
Tried<std::vector<FoundName>> list_names(const std::string& directory, std::string_view prefix);
// Proves that no process has the file open for writing: it could not be leased for reading.
// EAGAIN: one has.
Tried<void> prove_unwritten(const std::string& path);

}  // namespace innduct::io
