// reply_fuzz.cc: any bytes from a peer, cut into reply lines: the same lines at any split, nothing
// left out, no line longer than it may be, and a code only where three digits stand alone.
//
// The first byte of the input is the size of the pieces.
#include <string>
#include <vector>

#include "input.h"
#include "nntp/reply.h"

using namespace innduct::nntp;
using innduct::core::check;

namespace {

struct Told {
  int code = 0;
  bool too_long = false;
  std::string line;
  bool operator==(const Told&) const = default;
};

void check_named_id(std::string_view line) {
  const std::string_view id = named_id(line);
  check(id.empty() || (line.substr(4).starts_with(id) && id.front() == '<'),
        "an id is the second word");
  check(id.find_first_of(" \t") == id.npos, "an id is one word");
}

// What a reader tells until a line is too long, which ends a conversation.
std::vector<Told> told(std::string_view bytes, std::size_t piece_size) {
  std::vector<Told> all;
  ReplyReader reader;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, piece_size);
    bytes.remove_prefix(piece.size());
    while (const auto reply = reader.next(piece)) {
      check_named_id(reply->line);
      all.push_back({reply->code, reply->too_long, std::string(reply->line)});
      if (reply->too_long) {
        return all;
      }
    }
    check(piece.empty(), "what makes no whole line is taken");
  }
  return all;
}

int code_of(std::string_view line) {
  const bool digits = line.substr(0, 3).find_first_not_of("0123456789") == line.npos;
  const bool alone = line.size() == 3 || (line.size() > 3 && line[3] == ' ');
  return digits && alone ? std::stoi(std::string(line.substr(0, 3))) : 0;
}

// The rule, said once more: a line goes up to its LF, which is among its first 512 octets.
std::vector<Told> lines_of(std::string_view bytes) {
  std::vector<Told> all;
  while (true) {
    const std::size_t end = bytes.find('\n');
    if (end == bytes.npos ? bytes.size() >= reply_size_max : end >= reply_size_max) {
      all.push_back({0, true, std::string(bytes.substr(0, reply_size_max))});
      return all;
    }
    if (end == bytes.npos) {
      return all;
    }
    std::string_view line = bytes.substr(0, end);
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    all.push_back({code_of(line), false, std::string(line)});
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innduct::fuzz::Input input(data, size);
  const std::size_t piece_size = std::size_t{1} + input.byte();
  const std::string_view bytes = input.rest();
  const std::vector<Told> expected = lines_of(bytes);
  check(told(bytes, bytes.size()) == expected, "lines are what they are");
  check(told(bytes, piece_size) == expected, "the split does not matter");
  check(told(bytes, 1) == expected, "not even into single bytes");
  return 0;
}
