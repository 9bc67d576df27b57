// spool_layout.cc: two small files of INN's.
#include "io/inn/spool_layout.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

namespace innduct::io {
namespace {

// More newsgroups than any server has.
constexpr std::uint32_t group_number_max = 2'000'000;

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string map_path(const InnConfig& config) { return config.path_spool + "/tradspool.map"; }

std::int64_t changed_ns(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) {
    return 0;
  }
  return std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec;
}

// Calls `take` with each line, without its newline.
template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::vector<std::string> parse_tradspool_map(std::string_view text) {
  std::vector<std::string> groups;
  each_line(text, [&](std::string_view line) {
    const std::size_t blank = line.find(' ');
    std::uint32_t number = 0;
    if (blank == 0 || blank == line.npos) {
      return;
    }
    const auto [end, error] =
        std::from_chars(line.data() + blank + 1, line.data() + line.size(), number);
    if (error != std::errc{} || end != line.data() + line.size() || number > group_number_max) {
      return;
    }
    if (number >= groups.size()) {
      groups.resize(number + std::size_t{1});
    }
    groups[number] = line.substr(0, blank);
    std::ranges::replace(groups[number], '.', '/');
  });
  return groups;
}

std::vector<SpoolLayout::Cycbuff> parse_cycbuff_conf(std::string_view text) {
  std::vector<SpoolLayout::Cycbuff> found;
  constexpr std::string_view keyword = "cycbuff:";
  each_line(text, [&](std::string_view line) {
    if (!line.starts_with(keyword)) {
      return;
    }
    line.remove_prefix(keyword.size());
    const std::size_t name_end = line.find(':');
    const std::size_t path_end = line.find(':', std::min(name_end, line.size() - 1) + 1);
    if (name_end != line.npos && path_end != line.npos) {
      found.push_back({std::string(line.substr(0, name_end)),
                       std::string(line.substr(name_end + 1, path_end - name_end - 1))});
    }
  });
  return found;
}

SpoolLayout read_spool_layout(const InnConfig& config) {
  const std::int64_t changed = changed_ns(map_path(config));  // first: it may change meanwhile
  return {.articles = config.path_articles,
          .groups = parse_tradspool_map(text_of(map_path(config))),
          .cycbuffs = parse_cycbuff_conf(text_of(config.path_etc + "/cycbuff.conf")),
          .map_changed_ns = changed};
}

bool map_has_changed(const SpoolLayout& layout, const InnConfig& config) {
  return changed_ns(map_path(config)) != layout.map_changed_ns;
}

}  // namespace innduct::io
