// allocations.h: how often this program has called operator new.
#pragma once

#include <cstddef>

namespace innduct::bench {

std::size_t allocations();

}  // namespace innduct::bench
