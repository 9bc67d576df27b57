// sample_fuzz.cc: any bytes as the answer to `show json`: they are a Sample or an error that can be
// printed; and of every two Samples there is a picture that fits its terminal and can be printed.
#include <algorithm>
#include <string>

#include "app/top_view.h"
#include "input.h"
#include "io/sample.h"

using namespace innduct;
using core::check;

namespace {

bool printable(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check_texts(const io::Sample& sample) {
  check(printable(sample.site) && printable(sample.peer) && printable(sample.state) &&
            std::ranges::all_of(sample.troubles, printable) &&
            std::ranges::all_of(sample.errors, printable, &io::ErrorSample::text) &&
            std::ranges::all_of(sample.errors, printable, &io::ErrorSample::level) &&
            std::ranges::all_of(sample.files, printable, &io::FileSample::name) &&
            std::ranges::all_of(sample.connections, printable, &io::ConnectionSample::address),
        "texts are printable");
}

// What can be told by the bytes of UTF-8 that it has three of.
bool drawable(char32_t glyph) {
  return (glyph >= U' ' && glyph <= U'~') || (glyph >= 0x2000 && glyph < 0x2600);
}

void check_picture(const app::Watched& watched, const app::Terminal& terminal) {
  const auto lines = app::top_view(watched, terminal);
  check(lines.size() <= terminal.rows, "a picture is no higher than its terminal");
  for (const app::Line& line : lines) {
    check(line.size() <= terminal.columns, "a picture is no wider than its terminal");
    check(std::ranges::all_of(line, drawable, &app::Cell::glyph), "a picture can be printed");
  }
}

}  // namespace

// The samples stand on a line each; the last two are looked at.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  app::Watched watched;
  while (!input.empty()) {
    auto sample = io::read_sample(input.up_to('\n'));
    if (!sample) {
      fuzz::check_printable(sample.error());
      continue;
    }
    check_texts(*sample);
    watched.before = std::move(watched.now);
    watched.now = *std::move(sample);
  }
  for (const app::Terminal& terminal :
       {app::Terminal{}, app::Terminal{0, 0}, app::Terminal{1, 1}, app::Terminal{20, 5},
        app::Terminal{50, 26, true}, app::Terminal{200, 60, true}}) {
    check_picture(watched, terminal);
  }
  return 0;
}
