// corpus.cc: articles for the benchmarks, put into a spool by INN's own storage library.
//
//   corpus INN-CONF ARTICLES BYTES LINES-FILE
//
// Writes ARTICLES articles of about BYTES each by the method that storage.conf names, spread over a
// hundred newsgroups as a news server's are, and their feed lines (`token message-id`) into
// LINES-FILE. Prints `articles=N bytes=B`, B in wire format. Some lines of text begin with a dot,
// so that dots have to be doubled.
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "io/inn/inn_headers.h"

namespace innduct::bench {
namespace {

constexpr std::size_t groups = 100;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "corpus: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(12);
}

std::size_t number(const char* text) {
  std::size_t value = 0;
  const std::string_view all = text;
  const auto [end, error] = std::from_chars(all.begin(), all.end(), value);
  if (error != std::errc{} || end != all.end() || value == 0) {
    std::fputs("usage: corpus INN-CONF ARTICLES BYTES LINES-FILE\n", stderr);
    std::exit(8);
  }
  return value;
}

std::string group_of(std::size_t article) {
  return "bench.group" + std::to_string(article % groups);
}

std::string place_of(std::size_t article) {
  return group_of(article) + ":" + std::to_string(article / groups + 1);
}

std::string id_of(std::size_t article) {
  return "<" + std::to_string(article) + ".bench@source.test.invalid>";
}

// Lines of all lengths up to 76, each article's a little different.
std::string article(std::size_t which, std::size_t bytes) {
  std::string text = "Path: source.test.invalid!not-for-mail\r\nFrom: somebody@test.invalid\r\n";
  text += "Newsgroups: " + group_of(which) + "\r\nSubject: number " + std::to_string(which);
  text += "\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: " + id_of(which);
  text += "\r\nXref: source.test.invalid " + place_of(which) + "\r\n\r\n";
  constexpr std::string_view words =
      "The quick brown fox jumps over the lazy dog. It is late. The news has to go out now, and...";
  for (std::size_t line = which; text.size() + 80 < bytes; ++line) {
    text += line % 40 == 0 ? ".." : "";
    text.append(words.substr(line % 13, line * 7 % 77)).append("\r\n");
  }
  if (text.size() + 5 < bytes) {
    text.append(bytes - text.size() - 5, 'x').append("\r\n");
  }
  return text.append(".\r\n");
}

TOKEN store(std::string& wire, std::string place) {
  iovec whole{.iov_base = wire.data(), .iov_len = wire.size()};
  ARTHANDLE handle = ARTHANDLE_INITIALIZER;
  handle.data = wire.data();
  handle.iov = &whole;
  handle.iovcnt = 1;
  handle.len = wire.size();
  handle.arrived = 1793613600 + static_cast<time_t>(place.size());
  handle.groups = place.data();
  handle.groupslen = static_cast<int>(place.size());
  const TOKEN token = SMstore(handle);
  if (token.type == TOKEN_EMPTY) {
    die(std::string("SMstore: ") + (SMerrorstr == nullptr ? "?" : SMerrorstr));
  }
  return token;
}

int run(int argc, char** argv) {
  const std::size_t articles = number(argc == 5 ? argv[2] : "");
  const std::size_t bytes = number(argv[3]);
  bool yes = true;
  if (!innconf_read(argv[1]) || !SMsetup(SM_RDWR, &yes) || !SMsetup(SM_PREOPEN, &yes) ||
      !SMinit()) {
    die(std::string("the spool of ") + argv[1] + " cannot be opened");
  }
  std::FILE* const lines = std::fopen(argv[4], "w");
  if (lines == nullptr) {
    die(argv[4]);
  }
  std::size_t stored = 0;
  for (std::size_t i = 0; i < articles; ++i) {
    std::string wire = article(i, bytes);
    stored += wire.size();
    const TOKEN token = store(wire, place_of(i));
    std::fprintf(lines, "%s %s\n", TokenToText(token), id_of(i).c_str());
  }
  SMshutdown();
  if (std::fclose(lines) != 0) {
    die(argv[4]);
  }
  std::printf("articles=%zu bytes=%zu\n", articles, stored);
  return 0;
}

}  // namespace
}  // namespace innduct::bench

int main(int argc, char** argv) { return innduct::bench::run(argc, argv); }
