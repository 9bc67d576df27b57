// wire_fuzz.cc: any bytes as an article: what check_wire() lets pass, a peer reads as one article
// up to its last byte; a native article becomes one that passes, and is itself again when a peer
// takes the dots away.
//
// The first byte of the input is the length of the message-id that is looked for; then comes
// that id, then the article.
#include <algorithm>
#include <optional>
#include <string>

#include "core/message_id.h"
#include "input.h"
#include "io/inn/native_article.h"
#include "io/inn/wire_check.h"

using namespace innduct;
using core::check;

namespace {

// An article as a peer reads it (RFC 3977 3.1.1): lines up to one that is a single dot; a first
// dot is taken away. Nothing if the bytes end before the article does.
struct ReadByPeer {
  std::string text;
  std::size_t size = 0;    // of what was read
  bool undoubled = false;  // a line began with a single dot
};
std::optional<ReadByPeer> read_as_peer(std::string_view bytes) {
  ReadByPeer read;
  while (read.size < bytes.size()) {
    const std::size_t end = bytes.find("\r\n", read.size);
    if (end == bytes.npos) {
      return std::nullopt;
    }
    std::string_view line = bytes.substr(read.size, end - read.size);
    read.size = end + 2;
    if (line == ".") {
      return read;
    }
    read.undoubled |= line.starts_with('.') && !line.starts_with("..");
    line.remove_prefix(line.starts_with('.') ? 1 : 0);
    read.text.append(line).append("\r\n");
  }
  return std::nullopt;
}

// As an article is looked at that is not in memory as a whole.
std::string_view damage_in_pieces(std::string_view article, std::size_t size) {
  std::string_view damage = io::damage_of(article.substr(0, size), io::Piece::first);
  for (std::size_t begin = size; begin < article.size() && damage.empty(); begin += size) {
    damage = io::damage_of(article.substr(begin - io::piece_overlap, size + io::piece_overlap),
                           begin + size < article.size() ? io::Piece::middle : io::Piece::last);
  }
  return damage;
}

void check_article(std::string_view article, std::string_view wanted) {
  const io::WireCheck found = io::check_wire(article, wanted);
  const auto read = read_as_peer(article);
  const bool whole = read && read->size == article.size();
  const bool fit = whole && !read->undoubled && article.find('\0') == article.npos;
  // An article of no line but the last one is none, though a peer would read it.
  check(found.damage.empty() == (fit && article.size() > 3),
        "what is fit passes, and nothing else");
  if (!found.damage.empty()) {
    fuzz::check_printable(found.damage, 100);
  }
  for (const std::size_t size : {io::piece_overlap + 1, article.size() / 2, article.size() / 3}) {
    if (size > io::piece_overlap && size < article.size()) {
      check(damage_in_pieces(article, size).empty() == found.damage.empty(),
            "in pieces it is as fit as in the whole");
    }
  }
  const std::string_view id = found.message_id;
  check(id.empty() || core::is_message_id(id) || id == wanted, "an id is one, or is as wanted");
  check(id.empty() || article.find(id) != article.npos, "an id is the article's own");
}

// Every LF is preceded by a CR on the wire, and no other byte is added but the dots.
void check_native(std::string_view native) {
  io::ArticleBuffer wire;
  io::wire_from_native(native, wire);
  const io::WireCheck found = io::check_wire(wire.view(), {});
  const bool fit = native.ends_with('\n') && native.find('\0') == native.npos;
  check(found.damage.empty() == fit, "a native article of whole lines becomes fit");
  if (!fit) {
    return;
  }
  check(io::is_wire_format(wire.view()), "wire format is known as such");
  const auto read = read_as_peer(wire.view());
  check(read && read->size == wire.view().size(), "it is one article");
  std::string expected;
  for (const char c : native) {
    expected += c == '\n' ? "\r\n" : std::string(1, c);
  }
  check(read->text == expected, "it is the same article");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view wanted = input.bytes(input.byte());
  const std::string_view article = input.rest();
  check_article(article, wanted);
  check_article(std::string(article) + "\r\n.\r\n", wanted);
  check_native(article);
  return 0;
}
