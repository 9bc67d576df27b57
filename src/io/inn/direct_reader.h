// direct_reader.h: articles read from where they lie, without INN's library.
//
//   tradspool, timehash   a file each: open, look, read, close; a large one is read to be verified,
//   and
//                         stays open, so that it leaves as a file (decision 0009)
//   cnfs                  a place in a buffer that stays open, unless its bit says "cancelled"
//
// It finds, and proves nothing: an article counts only if the bytes that were read bear its
// message-id and are fit for the wire. For all else, "no such article" too, ask the library. So it
// may be wrong about a spool, and that costs time only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/inn/article_buffer.h"
#include "io/inn/cycbuff.h"
#include "io/inn/group_directories.h"
#include "io/inn/spool_layout.h"
#include "io/inn/wire_check.h"

namespace innduct::io {

// Used by one thread.
class DirectReader {
 public:
  enum class Patience : std::uint8_t {
    only_cached,  // never waits for a disk; and leaves large articles to those who may take time
    wait,
  };
  explicit DirectReader(Patience patience) : patience_(patience) {}
  DirectReader(const DirectReader&) = delete;
  DirectReader& operator=(const DirectReader&) = delete;

  // Reads by this layout from now on, and closes what it has open. None: it finds nothing.
  void follow(std::shared_ptr<const SpoolLayout> layout);
  // To be called now and then: closes what is open for files if nothing was read since the last
  // call, so that nobody is kept from unmounting the disk of a spool that is not in use. Whether
  // any may still be open.
  bool rest() { return directories_.rest(); }

  // Whether it is worth while to ask for this article.
  bool may_find(std::string_view token, std::string_view message_id) const;

  // True: `article` is the one of this message-id, whole, in wire format, verified as a copy; or
  // as the file that it is now.
  bool read(std::string_view token, std::string_view message_id, ArticleBuffer& article);

 private:
  // A token's bytes: method, class, and what the method makes of the rest.
  using Token = std::array<unsigned char, 18>;

  bool read_tradspool(const Token& token, ArticleBuffer& article);
  bool read_timehash(const Token& token, ArticleBuffer& article);
  bool read_cnfs(const Token& token, ArticleBuffer& article);
  bool read_file(int directory, const char* path, ArticleBuffer& article);
  bool verify_file(int file, std::size_t size, std::string_view message_id);
  int open(int directory, const char* path, int flags) const;
  std::size_t glance(int file, std::uint64_t offset, std::span<char> header, std::size_t size,
                     ArticleBuffer& article);
  bool complete(int file, std::uint64_t offset, std::size_t got, std::size_t size,
                ArticleBuffer& article) const;
  bool may_be_read(std::size_t size) const;
  std::size_t fill(int file, std::uint64_t offset, char* bytes, std::size_t size) const;

  // What is read at first, at least: nearly always a whole article, and so no size has to be asked
  // for.
  static constexpr std::size_t glance_size = 16384;
  // A large article is looked at in pieces of this size, which the processor's cache holds.
  static constexpr std::size_t piece_size = 65536;

  Patience patience_;
  bool may_hide_reading_ = true;  // O_NOATIME: nobody looks at it, and it costs a write
  std::shared_ptr<const SpoolLayout> layout_;
  std::string path_;  // of the file or directory that is looked for
  GroupDirectories directories_;
  // The rest of a glance, or a piece.
  std::unique_ptr<char[]> scratch_ =
      std::make_unique_for_overwrite<char[]>(piece_overlap + piece_size);
  std::vector<Cycbuff> cycbuffs_;
};

}  // namespace innduct::io
