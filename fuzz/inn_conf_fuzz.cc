// inn_conf_fuzz.cc: any bytes as inn.conf: every path is known then, or each error is a printable
// line that names its place; comments and other people's settings make no difference.
#include <string>

#include "input.h"
#include "io/inn/inn_conf_file.h"
#include "io/source_address.h"

using namespace innduct;
using core::check;

namespace {

void check_errors(std::string_view errors) {
  check(!errors.empty(), "an error says something");
  while (!errors.empty()) {
    const std::string_view line = errors.substr(0, errors.find('\n'));
    fuzz::check_printable(line, 500);
    check(line.starts_with("inn.conf:"), "an error names its place");
    errors.remove_prefix(std::min(line.size() + 1, errors.size()));
  }
}

bool same(const io::InnConfig& left, const io::InnConfig& right) {
  return left.path_outgoing == right.path_outgoing && left.path_run == right.path_run &&
         left.path_articles == right.path_articles && left.path_etc == right.path_etc &&
         left.source_address == right.source_address &&
         left.source_address6 == right.source_address6 && left.runas_user == right.runas_user &&
         left.runas_group == right.runas_group;
}

// Between any two lines stands something that we do not read.
std::string with_more_lines(std::string_view text) {
  std::string more = "# comment\n";
  for (const char c : text) {
    more += c;
    more += c == '\n' ? "  # \"\norganization: \"not ours\nvirtualhost:\n\n" : "";
  }
  return more + "\nhismethod: {";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const auto config = io::parse_inn_conf(text, "inn.conf");
  const auto again = io::parse_inn_conf(with_more_lines(text), "inn.conf");
  check(config.has_value() == again.has_value(), "other lines make no difference");
  if (!config) {
    check_errors(config.error());
    check_errors(again.error());
    return 0;
  }
  check(same(*config, *again), "other lines make no difference");
  const auto addresses = io::read_source_addresses(config->source_address, config->source_address6);
  if (!addresses) {
    fuzz::check_printable(addresses.error(), 1000);
  }
  return 0;
}
