// inn_config_file.cc: read_inn_config() of a build without INN's libraries.
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "core/escape.h"
#include "io/inn/inn_conf_file.h"

namespace innduct::io {

std::expected<InnConfig, std::string> read_inn_config(const std::string& file) {
  if (!file.empty()) {
    ::setenv("INNCONF", file.c_str(), 1);
  }
  const char* const named = std::getenv("INNCONF");
  const std::string path = named != nullptr ? named : std::string(inn_conf_default);
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad()) {
    return std::unexpected("cannot read " + core::escaped(path) + ": " +
                           std::system_category().message(errno));
  }
  return parse_inn_conf(text, path);
}

}  // namespace innduct::io
