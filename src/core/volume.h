// volume.h: how many bytes, for people.
#pragma once

#include <cstdint>
#include <string>

namespace innduct::core {

// `0 bytes`, `999 bytes`, `1.2 KB`, `45.0 MB`: thousands, and what is below a tenth is cut off.
std::string volume_text(std::uint64_t bytes);

}  // namespace innduct::core
