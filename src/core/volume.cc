// volume.cc: bytes in the unit that leaves few digits.
#include "core/volume.h"

#include <array>
#include <cstddef>
#include <string_view>

#include "core/cat.h"

namespace innduct::core {

std::string volume_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> units{"KB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) {
    return cat(bytes, " bytes");
  }
  std::size_t unit = 0;
  std::uint64_t tenths = bytes / 100;
  for (; tenths >= 10'000; tenths /= 1000) {
    ++unit;
  }
  return cat(tenths / 10, ".", tenths % 10, " ", units[unit]);
}

}  // namespace innduct::core
