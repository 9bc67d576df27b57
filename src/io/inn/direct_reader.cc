// direct_reader.cc: tokens to places, places to bytes.
#include "io/inn/direct_reader.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <span>
#include <utility>

#include "core/token.h"
#include "io/inn/article_reader.h"
#include "io/inn/native_article.h"
#include "io/inn/wire_check.h"

namespace innduct::io {
namespace {

// What may be read and looked at while others wait.
constexpr std::size_t at_once_size_max = std::size_t{2} << 20;
// From here on it is cheaper to send a file as it is, though it is read all the same.
constexpr std::size_t lent_size_min = std::size_t{128} << 10;
// Reading what is cached stops at the end of a page, never within.
constexpr std::size_t page_size = 4096;

// The numbers of the methods are part of the token's format.
enum : unsigned char { timehash = 2, cnfs = 3, tradspool = 5 };

unsigned value_of(char digit) {
  return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'A' + 10);
}

std::uint32_t number_at(const void* bytes) {
  std::array<unsigned char, 4> number{};
  std::memcpy(number.data(), bytes, number.size());
  return std::uint32_t{number[0]} << 24 | std::uint32_t{number[1]} << 16 |
         std::uint32_t{number[2]} << 8 | std::uint32_t{number[3]};
}

}  // namespace

// ---------------------------------------------------------------- a CNFS buffer

bool DirectReader::read_cnfs(const Token& token, ArticleBuffer& article) {
  const auto* const name = reinterpret_cast<const char*>(token.data()) + 2;
  const std::string_view wanted(name, ::strnlen(name, 8));
  const auto found = std::ranges::find(cycbuffs_, wanted, &Cycbuff::name);
  const std::uint64_t block = number_at(token.data() + 10);
  if (found == cycbuffs_.end() || !found->holds(block)) {
    return false;
  }
  // Nearly always the first block holds all of a small article.
  const std::uint64_t offset = found->offset_of(block);
  std::array<char, Cycbuff::article_header_size> header{};
  const std::size_t got = glance(found->file(), offset, header, page_size, article);
  return got > header.size() && complete(found->file(), offset + header.size(), got - header.size(),
                                         number_at(header.data()), article);
}

// ---------------------------------------------------------------- a file each

// Each number stands in the first half of eight bytes.
bool DirectReader::read_tradspool(const Token& token, ArticleBuffer& article) {
  const std::uint32_t group = number_at(token.data() + 2);
  if (group >= layout_->groups.size() || layout_->groups[group].empty()) {
    return false;
  }
  std::array<char, 12> name{};
  std::to_chars(name.begin(), name.end(), number_at(token.data() + 10));
  int directory = -1;
  if (patience_ == Patience::only_cached) {
    directory = directories_.find(group);
  }
  if (directory < 0) {
    path_.assign(layout_->articles).append("/").append(layout_->groups[group]);
    if (patience_ == Patience::only_cached) {
      directory = directories_.open(group, path_.c_str());
    }
  }
  if (directory < 0) {
    return read_file(AT_FDCWD, path_.append("/").append(name.data()).c_str(), article);
  }
  const bool found = read_file(directory, name.data(), article);
  if (!found) {
    directories_.forget(group);  // it may have been removed, and made anew
  }
  return found;
}

bool DirectReader::read_timehash(const Token& token, ArticleBuffer& article) {
  const std::uint32_t time = number_at(token.data() + 2);
  const unsigned sequence = static_cast<unsigned>(token[6] << 8 | token[7]);
  std::array<char, 40> name{};
  std::snprintf(name.data(), name.size(), "/time-%02x/%02x/%02x/%04x-%04x", unsigned{token[1]},
                time >> 16 & 0xff, time >> 8 & 0xff, sequence,
                (time & 0xff) | (time >> 16 & 0xff00));
  return read_file(AT_FDCWD, path_.assign(layout_->articles).append(name.data()).c_str(), article);
}

bool DirectReader::read_file(int directory, const char* path, ArticleBuffer& article) {
  const int atime = may_hide_reading_ ? O_NOATIME : 0;
  Descriptor file(open(directory, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | atime));
  if (!file && errno == EPERM && atime != 0) {
    may_hide_reading_ = false;  // it is not our file
    file = Descriptor(open(directory, path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  }
  if (!file) {
    return false;
  }
  // Beyond that it is read again by whoever verifies it as a file.
  const std::size_t asked = std::clamp(article.capacity(), glance_size, lent_size_min);
  const std::size_t got = glance(file.get(), 0, {}, asked, article);
  std::size_t size = got;
  if (got == asked || got % page_size == 0) {
    struct stat about {};
    if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
      return false;
    }
    size = static_cast<std::size_t>(about.st_size);
  }
  if (size >= lent_size_min && may_be_read(size)) {
    article.lend(std::move(file), size);
    return true;
  }
  return complete(file.get(), 0, got, size, article) && is_wire_format(article.view());
}

// A descriptor, or -1 and errno; EAGAIN if it would have to wait for a disk.
int DirectReader::open(int directory, const char* path, int flags) const {
  if (patience_ == Patience::wait) {
    return ::openat(directory, path, flags | O_CLOEXEC);
  }
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_CACHED;
  return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how));
}

// ---------------------------------------------------------------- bytes

bool DirectReader::may_be_read(std::size_t size) const {
  return size > 0 && size <= (patience_ == Patience::wait ? article_size_max : at_once_size_max);
}

// Reads up to `size` bytes at `offset`: a header, and the beginning of an article right into the
// memory that it has, whose length no longer counts; what does not fit there is in scratch_. The
// number of bytes.
std::size_t DirectReader::glance(int file, std::uint64_t offset, std::span<char> header,
                                 std::size_t size, ArticleBuffer& article) {
  const std::size_t body = size - header.size();
  const std::size_t fits = std::min(body, article.capacity());
  const std::array<iovec, 3> parts{
      {{header.data(), header.size()}, {article.reset(fits), fits}, {scratch_.get(), body - fits}}};
  const int flags = patience_ == Patience::only_cached ? RWF_NOWAIT : 0;
  const ssize_t got =
      ::preadv2(file, parts.data(), parts.size(), static_cast<off_t>(offset), flags);
  return static_cast<std::size_t>(std::max<ssize_t>(got, 0));
}

// Makes it the article of `size` bytes that lies at `offset`; the glance got `got` bytes of it.
bool DirectReader::complete(int file, std::uint64_t offset, std::size_t got, std::size_t size,
                            ArticleBuffer& article) const {
  if (!may_be_read(size)) {
    return false;
  }
  got = std::min(got, size);
  const std::size_t in_place = std::min(got, article.capacity());
  char* const bytes = article.resize(size, in_place);
  std::memcpy(bytes + in_place, scratch_.get(), got - in_place);
  return fill(file, offset + got, bytes + got, size - got) == size - got;
}

// How many there are of `size` bytes at `offset`, without waiting for more.
std::size_t DirectReader::fill(int file, std::uint64_t offset, char* bytes,
                               std::size_t size) const {
  const int flags = patience_ == Patience::only_cached ? RWF_NOWAIT : 0;
  std::size_t filled = 0;
  while (filled < size) {
    iovec part{bytes + filled, size - filled};
    const ssize_t got = ::preadv2(file, &part, 1, static_cast<off_t>(offset + filled), flags);
    if (got <= 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
    if ((offset + filled) % page_size != 0) {
      break;  // the end of the file, or all
    }
  }
  return filled;
}

// ---------------------------------------------------------------- what is said of it

void DirectReader::follow(std::shared_ptr<const SpoolLayout> layout) {
  layout_ = std::move(layout);
  directories_.close_all();
  cycbuffs_.clear();
  if (layout_ == nullptr) {
    return;
  }
  for (const SpoolLayout::Cycbuff& each : layout_->cycbuffs) {
    if (auto cycbuff = Cycbuff::open(each.name, each.path)) {
      cycbuffs_.push_back(*std::move(cycbuff));
    }
  }
}

bool DirectReader::may_find(std::string_view token, std::string_view message_id) const {
  if (layout_ == nullptr || message_id.empty() || !core::is_token(token)) {
    return false;
  }
  const unsigned method = value_of(token[1]) << 4 | value_of(token[2]);
  return method == tradspool || method == timehash || method == cnfs;
}

bool DirectReader::read(std::string_view token, std::string_view message_id,
                        ArticleBuffer& article) {
  if (!may_find(token, message_id)) {
    return false;
  }
  Token bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] =
        static_cast<unsigned char>(value_of(token[1 + 2 * i]) << 4 | value_of(token[2 + 2 * i]));
  }
  bool found = false;
  switch (bytes[0]) {
    case tradspool:
      found = read_tradspool(bytes, article);
      break;
    case timehash:
      found = read_timehash(bytes, article);
      break;
    case cnfs:
      found = read_cnfs(bytes, article);
      break;
    default:
      break;
  }
  if (!found) {
    return false;
  }
  if (const ArticleBytes where = article.bytes(); where.in_file()) {
    return verify_file(where.file, where.size, message_id);
  }
  const WireCheck check = check_wire(article.view(), message_id);
  return check.message_id == message_id && check.damage.empty();
}

// Piece by piece, in memory that stays in the processor's cache.
bool DirectReader::verify_file(int file, std::size_t size, std::string_view message_id) {
  char* const fresh = scratch_.get() + piece_overlap;
  for (std::size_t offset = 0; offset < size;) {
    const bool begins = offset == 0;
    const std::size_t length = std::min(piece_size, size - offset);
    if (fill(file, offset, fresh, length) != length) {
      return false;
    }
    offset += length;
    const std::size_t repeated = begins ? 0 : piece_overlap;
    const std::string_view text(fresh - repeated, repeated + length);
    const Piece piece = begins ? Piece::first : offset < size ? Piece::middle : Piece::last;
    if (begins && (!is_wire_format(text) || message_id_of(text, message_id) != message_id)) {
      return false;
    }
    if (!damage_of(text, piece).empty()) {
      return false;
    }
    if (piece != Piece::last) {  // that one may be shorter than an overlap
      text.copy(scratch_.get(), piece_overlap, text.size() - piece_overlap);
    }
  }
  return true;
}

}  // namespace innduct::io
