// dialog_test.cc: proves that a session says and understands what the dialogs in dialogs/ show,
// however the network cuts the peer's bytes: each is replayed whole, by line and by byte.
#include "dialog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

namespace innduct::nntp {
namespace {

std::vector<std::string> dialog_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(DIALOGS)) {
    if (entry.path().extension() == ".nntp") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

class DialogTest : public testing::TestWithParam<std::string> {};

TEST_P(DialogTest, GoesAsWrittenAtAnySplit) {
  const auto dialogs = read_dialogs(std::filesystem::path(DIALOGS) / (GetParam() + ".nntp"));
  EXPECT_FALSE(dialogs.empty());
  for (const Dialog& dialog : dialogs) {
    for (const auto& [split, how] :
         {std::pair(Split::whole, "in one piece"), std::pair(Split::lines, "line by line"),
          std::pair(Split::bytes, "byte by byte")}) {
      SCOPED_TRACE(how);
      play(dialog, split);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, DialogTest, testing::ValuesIn(dialog_files()),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace innduct::nntp
