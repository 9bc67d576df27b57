// appender.cc: news that arrives: feed lines, written as innd writes them.
//
//   appender LINES-FILE RATE TIMES-FILE [SITE] >>FEED-FILE
//
// Writes each line of LINES-FILE to standard output by a write(2) of its own, RATE of them a second
// at even distances (0: all at once), and with SITE behind each, as a channel gets them. Writes
// into TIMES-FILE when each of them began: a line `number nanoseconds` of the monotonic clock.
// When standard output is a pipe that nobody reads any more, it ends with what it has.
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/program.h"

namespace innduct::bench {
namespace {

constexpr std::int64_t second = 1'000'000'000;

void sleep_until(std::int64_t at) {
  const timespec time{at / second, at % second};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
  }
}

// False: nobody reads any more.
bool write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EPIPE) {
      return false;
    }
    if (written < 0 && errno != EINTR) {
      die("write");
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

std::vector<std::string> lines_of(const char* path, const std::string& end) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line + end);
  }
  if (!file.eof() || lines.empty()) {
    die(path);
  }
  return lines;
}

int run(int argc, char** argv) {
  std::int64_t rate = -1;
  if (argc == 4 || argc == 5) {
    const std::string_view text = argv[2];
    std::from_chars(text.data(), text.data() + text.size(), rate);
  }
  if (rate < 0) {
    std::fputs("usage: appender LINES-FILE RATE TIMES-FILE [SITE]\n", stderr);
    return 8;
  }
  const auto lines = lines_of(argv[1], argc == 5 ? std::string(" ") + argv[4] + "\n" : "\n");
  std::FILE* const times = std::fopen(argv[3], "w");
  if (times == nullptr) {
    die(argv[3]);
  }
  std::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_TIMERSLACK, 1);  // nanosecond: it is not to be late
  std::vector<std::int64_t> began;
  began.reserve(lines.size());
  const std::int64_t start = now();
  for (const std::string& line : lines) {
    if (rate != 0) {
      sleep_until(start + static_cast<std::int64_t>(began.size()) * second / rate);
    }
    began.push_back(now());
    if (!write_all(line)) {
      break;
    }
  }
  for (std::size_t i = 0; i < began.size(); ++i) {
    std::fprintf(times, "%zu %lld\n", i, static_cast<long long>(began[i]));
  }
  if (std::fclose(times) != 0) {
    die(argv[3]);
  }
  return 0;
}

}  // namespace
}  // namespace innduct::bench

int main(int argc, char** argv) { return innduct::bench::run(argc, argv); }
