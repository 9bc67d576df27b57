// ctl_screen.cc: termios, and control sequences by their numbers.
#include "app/ctl_screen.h"

#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "app/failure.h"
#include "core/cat.h"

namespace innduct::app {
namespace {

// The alternate screen; the cursor hidden. And back, with all looks off.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view leave = "\x1b[0m\x1b[?25h\x1b[?1049l";
constexpr std::string_view erase_to_end_of_line = "\x1b[K";
constexpr std::string_view erase_to_end_of_screen = "\x1b[J";

std::string go_to_row(std::size_t row) { return core::cat("\x1b[", row + 1, ";1H"); }

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

[[noreturn]] void fail(std::string_view what) {
  throw Failure{exit_code::trouble, core::cat(what, ": ", std::strerror(errno))};
}

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool utf8() {
  const locale_t of_environment = ::newlocale(LC_CTYPE_MASK, "", locale_t{});
  if (of_environment == locale_t{}) {
    return false;
  }
  const bool is = std::string_view(::nl_langinfo_l(CODESET, of_environment)) == "UTF-8";
  ::freelocale(of_environment);
  return is;
}

}  // namespace

std::expected<void, std::string> Screen::possible() {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
    return std::unexpected("standard input and output have to be a terminal");
  }
  const std::string_view name = environment("TERM");
  if (name.empty() || name == "dumb") {
    return std::unexpected(core::cat("this terminal cannot be drawn on (TERM=", name, ")"));
  }
  return {};
}

Screen::Screen() {
  if (::tcgetattr(STDIN_FILENO, &before_) < 0) {
    fail("cannot ask the terminal how it is set");
  }
  termios keys = before_;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  keys.c_iflag &= ~static_cast<tcflag_t>(IXON);  // Ctrl-S would stop us at the next draw()
  keys.c_cc[VMIN] = 1;
  keys.c_cc[VTIME] = 0;
  if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &keys) < 0) {
    fail("cannot set the terminal");
  }
  write_all(enter);
}

Screen::~Screen() {
  write_all(leave);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

Terminal Screen::terminal() const {
  Terminal terminal{.unicode = utf8(), .colours = environment("NO_COLOR").empty()};
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    terminal.columns = size.ws_col;
    terminal.rows = size.ws_row;
  }
  return terminal;
}

void Screen::draw(const std::vector<Line>& lines) {
  const Terminal size = terminal();
  std::string bytes;
  for (std::size_t row = 0; row < lines.size(); ++row) {
    bytes += go_to_row(row) + painted(lines[row], size.colours);
    if (lines[row].size() < size.columns) {  // else the cursor is still on the last cell
      bytes += erase_to_end_of_line;
    }
  }
  if (lines.size() < size.rows) {
    bytes += core::cat(go_to_row(lines.size()), erase_to_end_of_screen);
  }
  if (!write_all(bytes)) {
    fail("cannot write to the terminal");
  }
}

std::optional<char> Screen::key() {
  char key = 0;
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, &key, 1);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    return got == 1 ? std::optional(key) : std::nullopt;
  }
}

}  // namespace innduct::app
