// documented.h: what a document prints of a table in the code, so that a test can compare the two.
#pragma once

#include <fstream>
#include <string>

namespace innduct::engine {

// The lines of `path` between <!-- name --> and <!-- /name -->, but for empty ones and those that
// begin and end a code block.
inline std::string documented(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  std::string text;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "<!-- " + name + " -->" || line == "<!-- /" + name + " -->") {
      inside = !inside;
    } else if (inside && !line.empty() && !line.starts_with("```")) {
      text += line + "\n";
    }
  }
  return text;
}

}  // namespace innduct::engine
