// inn_conf_file.h: inn.conf, read without INN: the few keys of InnConfig and what they derive from.
//
// inn.conf(5): lines `name: value`; blank lines, and comments from a `#` at a line's start or
// behind the value; a value with blanks or any of []<>{}"\:; stands in double quotes, in which a
// backslash escapes a quote or a backslash. The first of several values for a name counts. Names
// that we do not need are skipped, whatever their values look like.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "io/inn/inn_config.h"

namespace innduct::io {

// Where INN's Debian package has its inn.conf.
inline constexpr std::string_view inn_conf_default = "/etc/news/inn.conf";

// Reads the text of `file`, a name for error messages (`file:line: ...`, one line for each error).
// Without pathnews, paths default to the places of INN's Debian package; with it, to directories
// below it as inn.conf(5) says.
std::expected<InnConfig, std::string> parse_inn_conf(std::string_view text, std::string_view file);

}  // namespace innduct::io
