// failure_test.cc: proves the table of failed file operations: a failed sync is final whatever the
// errno (I9), a full disk never is, and a disk that refuses ends the process before it loses.
#include "engine/failure.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

#include "printed.h"

namespace innduct::engine {
namespace {

TEST(FailureTest, TheTable) {
  struct Row {
    DiskDeed deed;
    std::vector<int> errors;
    Remedy remedy;
  };
  const std::vector<int> full{ENOSPC, EDQUOT};
  const std::vector<int> broken{EIO, EROFS, EACCES, EPERM};
  const std::vector<int> short_of{ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM};
  const Row rows[] = {
      {DiskDeed::sync, {EIO, ENOSPC, EDQUOT, EROFS}, Remedy::end_12},
      {DiskDeed::append, full, Remedy::put_back},
      {DiskDeed::append, broken, Remedy::end_12},
      {DiskDeed::truncate, {EIO, ENOSPC}, Remedy::end_12},
      {DiskDeed::blank, full, Remedy::retry},
      {DiskDeed::blank, broken, Remedy::end_12},
      {DiskDeed::read, {EIO, ENOMEM}, Remedy::retry},
      {DiskDeed::open, short_of, Remedy::retry},
      {DiskDeed::open, broken, Remedy::end_12},
      {DiskDeed::look, short_of, Remedy::retry},
      {DiskDeed::look, {EACCES}, Remedy::end_12},
      {DiskDeed::unlink, {EACCES, EPERM, EROFS, ENOSPC}, Remedy::end_12},
  };
  for (const Row& row : rows) {
    for (const int error : row.errors) {
      EXPECT_EQ(remedy(row.deed, error), row.remedy)
          << "deed " << static_cast<int>(row.deed) << ", " << error_text(error);
    }
  }
}

TEST(FailureTest, TheCureIsThatOfTheError) {
  const struct {
    int error;
    const char* cure;
  } cases[] = {
      {EMFILE, "descriptors (ulimit -n"},
      {ENFILE, "fs.file-max"},
      {ENOMEM, "memory"},
      {ENOSPC, "make room"},
      {EDQUOT, "make room"},
      {EROFS, "read-only"},
      {EACCES, "owner and mode"},
      {EPERM, "owner"},
      {ELOOP, "symbolic links"},
      {EIO, "check the disk"},
  };
  for (const auto& [error, words] : cases) {
    EXPECT_NE(cure(error).find(words), std::string_view::npos) << error << ": " << cure(error);
  }
}

TEST(FailureTest, SaysWhatAndWhere) {
  EXPECT_EQ(failure_text("sync", "F_defer", "no space"), "cannot sync F_defer: no space");
}

}  // namespace
}  // namespace innduct::engine
