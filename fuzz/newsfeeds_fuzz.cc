// newsfeeds_fuzz.cc: any bytes as newsfeeds: what is found for a site is of that site and in order,
// comments and other people's entries between make no difference, and what --check says of it is
// printable.
#include <string>

#include "app/findings.h"
#include "input.h"
#include "io/inn/newsfeeds.h"

using namespace innduct;
using core::check;

namespace {

std::string lower(std::string_view text) {
  std::string small;
  for (const char c : text) {
    small += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return small;
}

bool same(const io::NewsfeedsEntry& left, const io::NewsfeedsEntry& right) {
  return left.site == right.site && left.exclusions == right.exclusions &&
         left.patterns == right.patterns && left.flags == right.flags &&
         left.parameter == right.parameter;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const auto entries = io::entries_of(text, "peer");
  std::size_t line = 0;
  for (const io::NewsfeedsEntry& entry : entries) {
    check(lower(entry.site) == "peer", "an entry is of the site that was asked for");
    check(entry.line > line, "entries come in their order");
    line = entry.line;
    check(entry.type() != '\0' || text.find('\0') != text.npos, "a feed has a type");
    check(entry.items().find(',') == std::string_view::npos, "a flag is one flag");
  }
  const auto behind = io::entries_of("# comment\nME:!*::\n" + std::string(text), "peer");
  check(behind.size() == entries.size() &&
            std::equal(behind.begin(), behind.end(), entries.begin(), same),
        "other lines make no difference");

  app::Seen seen;
  seen.site = "peer";
  seen.newsfeeds.path = "newsfeeds";
  seen.entries = entries;
  for (const app::Finding& finding : app::judge(seen)) {
    if (finding.what != "newsfeeds") {
      continue;
    }
    fuzz::check_printable(finding.text, 40000);
    check(finding.good == finding.remedy.empty(), "what is wrong has its remedy");
    for (const std::string& remedy : finding.remedy) {
      fuzz::check_printable(remedy, 40000);
    }
  }
  return 0;
}
