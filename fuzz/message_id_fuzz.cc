// message_id_fuzz.cc: any text as message-id, and as what a torn write left of one.
//
// What is_message_id() says is compared with the rule spelled out; a torn text could be a part
// of an id exactly if the id can be made whole again: by `@`, which may stand anywhere inside.
//
// The first byte of the input is the size that the whole id is believed to have.
#include <string>

#include "core/message_id.h"
#include "input.h"

using namespace innduct::core;

namespace {

// RFC 3977 3.6 and INN's own rule, said once more.
bool obeys_the_rule(std::string_view text) {
  if (text.size() < 5 || text.size() > 250) {
    return false;
  }
  bool has_at = false;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] < '!' || text[i] > '~' || text[i] == '>') {
      return false;
    }
    has_at |= text[i] == '@' && i > 1 && i + 2 < text.size();
  }
  return has_at && text.front() == '<' && text.back() == '>';
}

void check_beginning(std::string_view text, std::size_t whole) {
  const bool fits = !text.empty() && text.size() < whole;
  const std::string made_whole =
      fits ? std::string(text) + std::string(whole - text.size() - 1, '@') + ">" : "";
  check(is_message_id_prefix(text, whole) == (fits && is_message_id(made_whole)),
        "a beginning is what can be made whole");
}

void check_end(std::string_view text, std::size_t whole) {
  const bool fits = !text.empty() && text.size() < whole;
  const std::string made_whole =
      fits ? "<" + std::string(whole - text.size() - 1, '@') + std::string(text) : "";
  check(is_message_id_suffix(text, whole) == (fits && is_message_id(made_whole)),
        "an end is what can be made whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innduct::fuzz::Input input(data, size);
  const std::size_t whole = input.byte();
  const std::string_view text = input.rest();

  check(is_message_id(text) == obeys_the_rule(text), "an id is what obeys the rule");
  std::size_t length = 0;
  for (std::size_t i = 1; i <= text.size() && i <= message_id_size_max && length == 0; ++i) {
    length = obeys_the_rule(text.substr(0, i)) ? i : 0;
  }
  check(message_id_length(text) == length, "the id at the start is as long as it is");

  for (const std::size_t whole_size : {whole, message_id_size_max}) {
    check_beginning(text, whole_size);
    check_end(text, whole_size);
  }
  for (std::size_t cut = 1; cut < length; ++cut) {
    const std::string_view id = text.substr(0, length);
    check(is_message_id_prefix(id.substr(0, cut), length), "a cut id begins one");
    check(is_message_id_prefix(id.substr(0, cut)), "and begins a longer one");
    check(is_message_id_suffix(id.substr(cut), length), "what was cut off ends one");
    check(is_message_id_suffix(id.substr(cut)), "and ends a longer one");
  }
  return 0;
}
