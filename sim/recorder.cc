// recorder.cc: lines as `   1234.567890 innd      appends ...`.
#include "sim/recorder.h"

#include <cstddef>

namespace innduct::sim {

void Recorder::line(core::Instant when, std::string_view who, std::string_view what) {
  if (!on()) return;
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
  std::string fraction = std::to_string(micros % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  std::string text = std::to_string(micros / 1'000'000);
  if (text.size() < 7) text.insert(0, 7 - text.size(), ' ');
  text += core::cat('.', fraction, ' ', who);
  if (text.size() < 24) text.append(24 - text.size(), ' ');
  text += ' ';
  text += what;
  if (trace_ == Trace::printed) {
    std::puts(text.c_str());
  } else {
    lines_.push_back(std::move(text));
  }
}

void Recorder::mix(std::string_view bytes) {
  mix(bytes.size());
  std::uint64_t word = 0;
  std::size_t filled = 0;
  for (const char c : bytes) {
    word = word << 8 | static_cast<unsigned char>(c);
    if (++filled == 8) {
      mix(word);
      word = 0;
      filled = 0;
    }
  }
  if (filled > 0) mix(word);
}

}  // namespace innduct::sim
