// command_fuzz.cc: any bytes from a control client: the same lines at any split, each of bounded
// length; each is a command, or the error is one printable line; blanks between words are all one.
//
// The first byte of the input is the size of the pieces.
#include <string>
#include <vector>

#include "engine/command.h"
#include "input.h"
#include "io/line_cutter.h"

using namespace innduct;
using core::check;

namespace {

// The lines that are cut until one is too long, which the last text then says.
std::vector<std::string> lines(std::string_view bytes, std::size_t piece_size) {
  std::vector<std::string> all;
  io::LineCutter cutter;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_size);
    bytes.remove_prefix(piece.size());
    cutter.feed(piece);
    while (const auto line = cutter.next()) {
      check(line->size() <= io::LineCutter::line_size_max, "a line has bounded length");
      check(line->find('\n') == line->npos, "a line is one line");
      all.emplace_back(*line);
    }
    if (cutter.overlong()) {
      all.emplace_back("\n");
      break;
    }
  }
  return all;
}

std::string spread(std::string_view line) {
  std::string wide = "\t ";
  for (const char c : line) {
    wide += c;
    wide += c == ' ' ? "\t  " : "";
  }
  return wide + " \r";
}

void check_command(std::string_view line) {
  const auto command = engine::parse_command(line);
  if (!command) {
    fuzz::check_printable(command.error(), 300);
  }
  check(engine::parse_command(spread(line)) == command, "blanks between words are all one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t piece_size = std::size_t{1} + input.byte();
  const std::string_view bytes = input.rest();
  const std::vector<std::string> whole = lines(bytes, bytes.size());
  check(lines(bytes, piece_size) == whole, "the split does not matter");
  for (const std::string& line : whole) {
    check_command(line);
  }
  return 0;
}
