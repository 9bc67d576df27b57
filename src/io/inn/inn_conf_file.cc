// inn_conf_file.cc: lines to values, values to paths.
#include "io/inn/inn_conf_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "core/escape.h"

namespace innduct::io {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::array<std::string_view, 10> keys = {
    "pathnews", "pathspool", "pathrun",    "patharticles",  "pathoutgoing",
    "pathetc",  "runasuser", "runasgroup", "sourceaddress", "sourceaddress6"};

using Values = std::map<std::string_view, std::string>;

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view()
                            : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Whether nothing but a comment stands behind a value.
bool ends_here(std::string_view rest) {
  const std::string_view text = without_blanks(rest);
  return text.empty() || text.front() == '#';
}

// `text` begins with the opening quote.
std::expected<std::string, std::string> quoted_value(std::string_view text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      return ends_here(text.substr(i + 1))
                 ? std::expected<std::string, std::string>(value)
                 : std::unexpected("something stands behind the closing quote");
    }
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
    }
    value += text[i];
  }
  return std::unexpected("the closing quote is missing");
}

std::expected<std::string, std::string> plain_value(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of(blanks), text.size());
  const std::string_view value = text.substr(0, end);
  if (value.find_first_of("[]<>{}\"\\:;") != value.npos || !ends_here(text.substr(end))) {
    return std::unexpected("the value has to stand in double quotes");
  }
  return std::string(value);
}

// Takes one line into `values`; the error is without its place.
std::optional<std::string> take_line(std::string_view line, Values& values) {
  if (ends_here(line)) {
    return std::nullopt;
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = without_blanks(line.substr(0, colon));
  if (colon == line.npos) {
    return "expected `name: value`, found " + core::escaped(without_blanks(line), 60);
  }
  const auto* const key = std::find(keys.begin(), keys.end(), name);
  if (key == keys.end()) {
    return std::nullopt;
  }
  const std::string_view text = without_blanks(line.substr(colon + 1));
  if (ends_here(text)) {
    return std::nullopt;
  }
  auto value = text.front() == '"' ? quoted_value(text) : plain_value(text);
  if (!value) {
    return std::string(name) + ": " + value.error();
  }
  values.emplace(*key, *std::move(value));
  return std::nullopt;
}

InnConfig config_of(const Values& values) {
  const auto value = [&](std::string_view key, const std::string& otherwise) {
    const auto found = values.find(key);
    return found == values.end() ? otherwise : found->second;
  };
  const auto address = [&](std::string_view key) {
    const std::string text = value(key, {});
    return text == "all" ? std::string() : text;  // inn.conf(5): any address
  };
  const std::string news = value("pathnews", {});
  const auto below_news = [&](std::string_view name, const std::string& without_pathnews) {
    return news.empty() ? without_pathnews : news + "/" + std::string(name);
  };
  const std::string spool = value("pathspool", below_news("spool", "/var/spool/news"));
  return {
      .path_outgoing = value("pathoutgoing", spool + "/outgoing"),
      .path_run = value("pathrun", below_news("run", "/run/news")),
      .path_spool = spool,
      .path_articles = value("patharticles", spool + "/articles"),
      .path_etc = value("pathetc", below_news("etc", "/etc/news")),
      .source_address = address("sourceaddress"),
      .source_address6 = address("sourceaddress6"),
      .runas_user = value("runasuser", "news"),
      .runas_group = value("runasgroup", "news"),
  };
}

}  // namespace

std::expected<InnConfig, std::string> parse_inn_conf(std::string_view text, std::string_view file) {
  Values values;
  std::string errors;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (const auto error = take_line(text.substr(0, end), values)) {
      errors += (errors.empty() ? "" : "\n") + core::escaped(file) + ":" + std::to_string(number) +
                ": " + *error;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!errors.empty()) {
    return std::unexpected(errors);
  }
  return config_of(values);
}

}  // namespace innduct::io
