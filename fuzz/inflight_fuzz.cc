// inflight_fuzz.cc: any bytes as F_inflight, the table that a crash left: what is found in it is
// bounded, a crash is believed only where the table says that it is one; emptied and used, it tells
// the next process just what was marked.
//
// The first byte of the input is how many marks are made. The rest is the table; its first bytes,
// where they are not given, are those of a good one.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "core/cat.h"
#include "engine/port.h"
#include "input.h"
#include "io/inflight.h"

using namespace innduct;
using core::check;

namespace {

class Folder {
 public:
  Folder() { std::filesystem::create_directory(path_); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string table() const { return path_ / "F_inflight"; }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / core::cat("inflight_fuzz.", ::getpid());
};

// magic, the size of a slot, no signal
constexpr std::string_view good_header("innduct\n\x04\x01\0\0\0\0\0\0", 16);

std::set<std::string> found_in(const io::Inflight& table) {
  std::set<std::string> texts;
  for (const io::Inflight::Found& found : table.found()) {
    check(!found.text.empty() && found.text.size() <= engine::mark_size_max, "a mark is bounded");
    texts.insert(core::cat(found.text, found.probe ? " probe" : ""));
  }
  return texts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  const std::string path = folder.table();
  fuzz::Input input(data, size);
  const std::size_t count = input.byte();
  const std::string_view bytes = input.rest();
  {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << (bytes.size() % 2 == 0 ? good_header : "") << bytes;
  }
  std::set<std::string> expected;
  {
    io::Inflight table;
    check(table.open(path).has_value(), "any file can be the table");
    const std::set<std::string> left = found_in(table);
    check(left.empty() || bytes.size() > 48, "nothing is found where nothing was");
    table.clear();
    check(!table.crashed() && table.found().empty(), "an emptied table says nothing");
    for (std::uint64_t i = 1; i <= count; ++i) {
      const std::string text = core::cat("<", i, "@x>");
      check(table.mark({i}, text, i % 3 == 0), "there is room for some marks");
      if (i % 4 == 0) {
        table.unmark({i});
      } else {
        expected.insert(core::cat(text, i % 3 == 0 ? " probe" : ""));
      }
    }
  }
  io::Inflight next;
  check(next.open(path).has_value(), "the next process can open it");
  check(!next.crashed(), "an end in good order is no crash");
  check(found_in(next) == expected, "what was marked is found");
  return 0;
}
