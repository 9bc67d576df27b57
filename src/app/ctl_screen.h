// ctl_screen.h: the terminal as a page to draw on. What it was before comes back at the end.
//
// A few control functions of ECMA-48 that every terminal of today knows, and the alternate screen;
// no terminal database. It decides nothing.
#pragma once

#include <termios.h>

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "app/cells.h"
#include "app/top_view.h"

namespace innduct::app {

class Screen {
 public:
  // Whether standard input and output are a terminal that can do it; else why not.
  static std::expected<void, std::string> possible();

  // Takes the terminal over: keys come one by one and are not shown. Throws Failure, as draw()
  // does.
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // What it can show, and its size now.
  Terminal terminal() const;
  void draw(const std::vector<Line>& lines);
  // Waits for a key; nothing: there will be none any more.
  std::optional<char> key();

 private:
  termios before_{};
};

}  // namespace innduct::app
