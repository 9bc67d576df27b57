// inflight.cc: the mapped table.
#include "io/inflight.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <new>

#include "core/cat.h"
#include "core/check.h"
#include "core/escape.h"
#include "engine/port.h"
#include "io/file.h"

namespace innduct::io {
namespace {

constexpr std::array<char, 8> magic{'i', 'n', 'n', 'd', 'u', 'c', 't', '\n'};
constexpr std::size_t boot_id_size = 36;
constexpr std::uint32_t probe_flag = 1U << 16;

// Room is made for so many slots at a time, up to a number that is never needed: four megabytes of
// small articles, and what ten connections have not sent yet, are some ten thousand.
constexpr std::size_t slots_step = 1024;
constexpr std::size_t slots_max = 32 * slots_step;

using BootId = std::array<char, boot_id_size>;

// All zeros if the system has none: then no crash is believed.
BootId boot_id() {
  BootId id{};
  const Descriptor file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  if (const auto got = read_at(file.get(), 0, id); !got || *got != id.size()) {
    id = {};
  }
  return id;
}

}  // namespace

struct Inflight::Header {
  std::array<char, 8> magic;
  std::uint32_t slot_size;
  std::uint32_t signal;
  BootId boot;
  std::uint32_t spare;
  std::uint64_t run;
};

struct Inflight::Slot {
  std::uint32_t state;  // 0: free; else the length of `text`, and probe_flag
  std::array<char, engine::mark_size_max> text;
};

namespace {

constexpr std::size_t header_size = 64;
constexpr std::size_t slot_size = 4 + engine::mark_size_max;
constexpr std::size_t size_of(std::size_t slots) { return header_size + slots * slot_size; }

}  // namespace

Inflight::Inflight() {
  static_assert(sizeof(Header) == header_size && sizeof(Slot) == slot_size);
  void* const bytes = ::mmap(nullptr, size_of(slots_max), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (bytes == MAP_FAILED) {
    throw std::bad_alloc();
  }
  bytes_ = static_cast<char*>(bytes);
  slots_ = slots_max;
}

Inflight::~Inflight() {
  fatal_signals_.reset();
  unmap();
}

void Inflight::unmap() { ::munmap(bytes_, size_of(slots_max)); }

Inflight::Header& Inflight::header() const { return *reinterpret_cast<Header*>(bytes_); }

Inflight::Slot& Inflight::slot(std::size_t number) const {
  return *reinterpret_cast<Slot*>(bytes_ + size_of(number));
}

std::expected<void, std::string> Inflight::open(const std::string& path) {
  const auto trouble = [&](int error) {
    return std::unexpected(core::cat(core::escaped(path, 4096), ": ", std::strerror(error)));
  };
  Descriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0664));
  if (!file) {
    return trouble(errno);
  }
  const Tried<engine::FileStat> stat = stat_file(file.get());
  if (!stat || stat->type != engine::FileType::plain) {
    return trouble(stat ? EINVAL : stat.error());
  }
  const std::size_t held = stat->size < size_of(0) ? 0 : (stat->size - size_of(0)) / slot_size;
  const std::size_t slots = std::clamp(held, slots_step, slots_max);
  const auto size = static_cast<off_t>(size_of(slots));
  if (const int error = ::posix_fallocate(file.get(), 0, size); error != 0) {
    return trouble(error);
  }
  // What lies behind the end of the file is not touched before room was made for it.
  void* const bytes =
      ::mmap(nullptr, size_of(slots_max), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (bytes == MAP_FAILED) {
    return trouble(errno);
  }
  unmap();
  file_ = std::move(file);
  bytes_ = static_cast<char*>(bytes);
  slots_ = slots;
  return {};
}

bool Inflight::crashed() const {
  const Header& left = header();
  const BootId now = boot_id();
  return left.magic == magic && left.slot_size == slot_size && left.signal != 0 &&
         left.boot == now && now != BootId{};
}

std::uint64_t Inflight::run() const { return header().run; }

std::vector<Inflight::Found> Inflight::found() const {
  std::vector<Found> all;
  if (header().magic != magic || header().slot_size != slot_size) {
    return all;
  }
  for (std::size_t number = 0; number < slots_ && file_; ++number) {
    const Slot& each = slot(number);
    const std::size_t length = each.state & (probe_flag - 1);
    if (length > 0 && length <= each.text.size()) {
      all.push_back({std::string(each.text.data(), length), (each.state & probe_flag) != 0});
    }
  }
  return all;
}

void Inflight::clear() {
  fatal_signals_.reset();
  core::check(marked_.empty(), "the table is emptied when nothing is in hand");
  for (std::size_t number = 0; number < slots_ && file_; ++number) {
    slot(number).state = 0;
  }
  free_.clear();
  unused_ = 0;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto run = std::chrono::nanoseconds(now).count();
  header() = {magic, slot_size, 0, boot_id(), 0, static_cast<std::uint64_t>(run)};
  fatal_signals_.emplace(header().signal);
}

bool Inflight::grow() {
  if (!file_ || slots_ == slots_max) {
    return false;
  }
  const std::size_t slots = slots_ + slots_step;
  if (::posix_fallocate(file_.get(), 0, static_cast<off_t>(size_of(slots))) != 0) {
    return false;
  }
  slots_ = slots;
  return true;
}

bool Inflight::mark(engine::ArticleRef article, std::string_view text, bool probe) {
  core::check(!text.empty() && text.size() <= engine::mark_size_max, "a mark fits into its slot");
  std::uint32_t number = 0;
  if (!free_.empty()) {
    number = free_.back();
    free_.pop_back();
  } else if (unused_ < slots_ || grow()) {
    number = static_cast<std::uint32_t>(unused_++);
  } else {
    return false;
  }
  marked_.emplace(article, number);
  Slot& taken = slot(number);
  std::ranges::copy(text, taken.text.begin());
  // The state says that the text is there: it is stored last.
  std::atomic_ref(taken.state)
      .store(static_cast<std::uint32_t>(text.size()) | (probe ? probe_flag : 0),
             std::memory_order_release);
  return true;
}

void Inflight::unmark(engine::ArticleRef article) {
  const auto found = marked_.find(article);
  if (found == marked_.end()) {
    return;
  }
  std::atomic_ref(slot(found->second).state).store(0, std::memory_order_release);
  free_.push_back(found->second);
  marked_.erase(found);
}

}  // namespace innduct::io
