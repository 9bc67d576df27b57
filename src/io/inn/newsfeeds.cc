// newsfeeds.cc: logical lines, variables, fields.
#include "io/inn/newsfeeds.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace innduct::io {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view blanks = " \t\r";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_of_a_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_site(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

// Cuts what stands before the next `end` off the front of `text`, and `end`, too.
std::string_view cut(std::string_view& text, char end) {
  const std::string_view front = text.substr(0, text.find(end));
  text.remove_prefix(std::min(front.size() + 1, text.size()));
  return front;
}

struct LogicalLine {
  std::size_t number = 0;  // of its first line
  std::string text;
};

// Cuts the next logical line off the front of `text`; `number` counts the lines.
LogicalLine next_line(std::string_view& text, std::size_t& number) {
  LogicalLine line{++number, std::string(cut(text, '\n'))};
  while (line.text.ends_with('\\') && !text.empty()) {
    line.text.pop_back();
    ++number;
    const std::string_view more = cut(text, '\n');
    line.text += more.substr(std::min(more.find_first_not_of(" \t"), more.size()));
  }
  return line;
}

// `text` with the value of each variable in the place of its name. What is no variable stays.
std::string expanded(std::string_view text, const Variables& variables) {
  std::string all;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    all += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) {
      break;
    }
    const auto* const end = std::find_if_not(text.begin() + 1, text.end(), is_of_a_name);
    const std::string_view name(text.begin(), end);
    const auto found = variables.find(name.substr(1));
    all += found == variables.end() ? name : std::string_view(found->second);
    text.remove_prefix(name.size());
  }
  return all;
}

// What INN's parser takes for the value of `line`, if it sets a variable.
void take_variable(std::string_view line, Variables& variables) {
  line.remove_prefix(1);
  const std::string_view name = cut(line, '=');
  variables.insert_or_assign(std::string(name), expanded(line, variables));
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    parts.emplace_back(cut(text, ','));
  }
  return parts;
}

NewsfeedsEntry entry_of(const LogicalLine& line, const Variables& variables) {
  std::string_view rest = line.text;
  const std::string_view head = cut(rest, ':');
  const std::size_t slash = std::min(head.find('/'), head.size());
  NewsfeedsEntry entry;
  entry.line = line.number;
  entry.site = expanded(head.substr(0, slash), variables);
  entry.exclusions = head.substr(slash);
  entry.patterns = cut(rest, ':');
  entry.flags = split(expanded(cut(rest, ':'), variables));
  entry.parameter = expanded(rest, variables);
  while (!entry.parameter.empty() && blanks.find(entry.parameter.back()) != blanks.npos) {
    entry.parameter.pop_back();
  }
  return entry;
}

// The value of the last flag that begins with `letter`.
std::optional<std::string_view> flag(const NewsfeedsEntry& entry, char letter) {
  for (auto each = entry.flags.rbegin(); each != entry.flags.rend(); ++each) {
    if (each->starts_with(letter)) {
      return std::string_view(*each).substr(1);
    }
  }
  return std::nullopt;
}

}  // namespace

char NewsfeedsEntry::type() const {
  const std::string_view value = flag(*this, 'T').value_or("f");
  return value.empty() ? 'f' : value.front();
}

std::string_view NewsfeedsEntry::items() const { return flag(*this, 'W').value_or("n"); }

std::vector<NewsfeedsEntry> entries_of(std::string_view newsfeeds, std::string_view site) {
  Variables variables;
  std::vector<NewsfeedsEntry> entries;
  for (std::size_t number = 0; !newsfeeds.empty();) {
    const LogicalLine line = next_line(newsfeeds, number);
    if (line.text.starts_with('$')) {
      take_variable(line.text, variables);
    } else if (!line.text.starts_with('#')) {
      NewsfeedsEntry entry = entry_of(line, variables);
      if (same_site(entry.site, site)) {
        entries.push_back(std::move(entry));
      }
    }
  }
  return entries;
}

}  // namespace innduct::io
