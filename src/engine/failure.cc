// failure.cc: the table of failed file operations.
#include "engine/failure.h"

#include <cerrno>

#include "core/cat.h"

namespace innduct::engine {
namespace {

bool disk_is_full(int error) { return error == ENOSPC || error == EDQUOT; }
bool resources_are_short(int error) {
  return disk_is_full(error) || error == EMFILE || error == ENFILE || error == ENOMEM;
}

}  // namespace

Remedy remedy(DiskDeed deed, int error) {
  switch (deed) {
    case DiskDeed::append:
      return disk_is_full(error) ? Remedy::put_back : Remedy::end_12;
    case DiskDeed::blank:
      return disk_is_full(error) ? Remedy::retry : Remedy::end_12;
    case DiskDeed::read:
      return Remedy::retry;
    case DiskDeed::open:
    case DiskDeed::look:
      return resources_are_short(error) ? Remedy::retry : Remedy::end_12;
    case DiskDeed::sync:
    case DiskDeed::truncate:
    case DiskDeed::unlink:
      return Remedy::end_12;
  }
  return Remedy::end_12;
}

std::string_view cure(int error) {
  switch (error) {
    case EMFILE:
      return "let it have more descriptors (ulimit -n, LimitNOFILE=)";
    case ENFILE:
      return "the system has too few descriptors (fs.file-max)";
    case ENOMEM:
      return "it needs more memory";
    case ENOSPC:
    case EDQUOT:
      return "make room";
    case EROFS:
      return "the file system is read-only: see why";
    case EACCES:
    case EPERM:
      return "see to its owner and mode";
    case ELOOP:
      return "only backlog files may be symbolic links, so put the file itself there";
    default:
      return "check the disk";
  }
}

std::string failure_text(std::string_view what, std::string_view name,
                         std::string_view error_text) {
  return core::cat("cannot ", what, " ", name, ": ", error_text);
}

}  // namespace innduct::engine
