// cycbuff.cc: the header of a CNFS buffer, and its bits.
#include "io/inn/cycbuff.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>

namespace innduct::io {
namespace {

constexpr std::string_view magic{"CBuf4\0", 6};
constexpr std::size_t length_at = 88;
constexpr std::size_t block_size_at = 192;
constexpr std::size_t number_size = 16;
constexpr std::size_t bits_at = 512;

std::uint64_t hex(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

}  // namespace

std::optional<Cycbuff> Cycbuff::open(std::string name, const std::string& path) {
  Cycbuff cycbuff;
  cycbuff.name_ = std::move(name);
  cycbuff.file_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  std::array<char, bits_at> bytes{};
  struct stat about {};
  if (!cycbuff.file_ || ::fstat(cycbuff.file(), &about) != 0 ||
      (!S_ISREG(about.st_mode) && !S_ISBLK(about.st_mode)) ||
      ::pread(cycbuff.file(), bytes.data(), bytes.size(), 0) != bits_at) {
    return std::nullopt;
  }
  const std::string_view header(bytes.data(), bytes.size());
  const std::uint64_t length = hex(header.substr(length_at, number_size));
  cycbuff.block_size_ = hex(header.substr(block_size_at, number_size));
  if (!header.starts_with(magic) || cycbuff.block_size_ == 0) {
    return std::nullopt;
  }
  cycbuff.blocks_ = length / cycbuff.block_size_;
  const std::uint64_t size = bits_at + (cycbuff.blocks_ / 64 + 1) * sizeof(std::uint64_t);
  // A token names blocks by 32 bits. Behind the end of a file no page can be read.
  if (cycbuff.blocks_ >> 32 != 0 ||
      (S_ISREG(about.st_mode) && static_cast<std::uint64_t>(about.st_size) < size)) {
    return std::nullopt;
  }
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, cycbuff.file(), 0);
  if (mapped == MAP_FAILED) {
    return std::nullopt;
  }
  cycbuff.mapped_ = mapped;
  cycbuff.mapped_size_ = size;
  return cycbuff;
}

Cycbuff::~Cycbuff() {
  if (mapped_ != nullptr) {
    ::munmap(mapped_, mapped_size_);
  }
}

Cycbuff& Cycbuff::operator=(Cycbuff&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(file_, other.file_);
  std::swap(block_size_, other.block_size_);
  std::swap(blocks_, other.blocks_);
  std::swap(mapped_, other.mapped_);
  std::swap(mapped_size_, other.mapped_size_);
  return *this;
}

// The first block has the highest bit of a word of this machine.
bool Cycbuff::holds(std::uint64_t block) const {
  if (block >= blocks_) {
    return false;
  }
  const char* const bits = static_cast<const char*>(mapped_) + bits_at;
  const auto* const words = reinterpret_cast<const std::uint64_t*>(bits);
  const std::uint64_t word = __atomic_load_n(words + block / 64, __ATOMIC_RELAXED);
  return (word >> (63 - block % 64) & 1) != 0;
}

}  // namespace innduct::io
