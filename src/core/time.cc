// time.cc: wall-clock time for people and programs.
#include "core/time.h"

namespace innduct::core {
namespace {

void append_digits(std::string& text, std::int64_t number, std::size_t width) {
  text.append(width, '0');
  for (std::size_t at = text.size(); width > 0 && number > 0; --width, number /= 10) {
    text[--at] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

void append_time(std::string& text, WallTime time) {
  using namespace std::chrono;
  const auto whole = floor<milliseconds>(time);
  const auto day = floor<days>(whole);
  const year_month_day date(day);
  const hh_mm_ss clock(whole - day);
  append_digits(text, static_cast<int>(date.year()), 4);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_digits(text, clock.hours().count(), 2);
  text += ':';
  append_digits(text, clock.minutes().count(), 2);
  text += ':';
  append_digits(text, clock.seconds().count(), 2);
  text += '.';
  append_digits(text, clock.subseconds().count(), 3);
  text += 'Z';
}

}  // namespace innduct::core
