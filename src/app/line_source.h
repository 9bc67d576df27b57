// line_source.h: where innductctl's commands come from when none is on its command line.
#pragma once

#include <optional>
#include <string>

namespace innduct::app {

// A terminal: lines can be edited, and earlier ones be found again. Else lines as they come.
class LineSource {
 public:
  // `prompt` is shown on a terminal only.
  explicit LineSource(std::string prompt);
  // The next line without its newline; nothing at the end.
  std::optional<std::string> next();
  // What can be read from when Enter is pressed on the terminal; without one, -1.
  int enter() const;
  // Takes what was typed up to that.
  void take_enter() const;

 private:
  std::string prompt_;
  bool terminal_;
};

}  // namespace innduct::app
