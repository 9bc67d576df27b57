// counters.cc: sums over all counters.
#include "core/counters.h"

#include "core/check.h"

namespace innduct::core {

Counters& Counters::operator+=(const Counters& other) {
  for (const NamedCounter& counter : named_counters) {
    this->*counter.value += other.*counter.value;
  }
  return *this;
}

Counters& Counters::operator-=(const Counters& other) {
  for (const NamedCounter& counter : named_counters) {
    check(this->*counter.value >= other.*counter.value, "counters never go back");
    this->*counter.value -= other.*counter.value;
  }
  return *this;
}

std::uint64_t Counters::left_core() const {
  return accepted + unwanted + rejected + missing + deferred + quarantined + dropped + forgotten;
}

}  // namespace innduct::core
