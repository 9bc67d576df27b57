// message_id.cc: message-ids whole, and what is left of torn ones.
//
// All that is asked of the inside of an id is said by two rules: which octets may stand there,
// and that one `@` stands at least two octets from either end, the brackets counted.
#include "core/message_id.h"

namespace innduct::core {
namespace {

constexpr std::size_t at_distance_min = 2;

// RFC 3977 9.8: A-NOTGT.
constexpr bool may_stand_inside(char c) { return c > ' ' && c < '\x7f' && c != '>'; }

// Without an early end, as nearly every text is right to its end.
bool all_may_stand_inside(std::string_view text) {
  bool all = true;
  for (const char c : text) {
    all &= may_stand_inside(c);
  }
  return all;
}

bool is_whole_size(std::size_t size) {
  return size >= message_id_size_min && size <= message_id_size_max;
}

}  // namespace

bool is_message_id(std::string_view text) {
  if (!is_whole_size(text.size()) || text.front() != '<' || text.back() != '>') {
    return false;
  }
  const std::string_view middle = text.substr(at_distance_min, text.size() - 2 * at_distance_min);
  return middle.find('@') != std::string_view::npos &&
         all_may_stand_inside(text.substr(1, text.size() - 2));
}

std::size_t message_id_length(std::string_view text) {
  const std::size_t end = text.substr(0, message_id_size_max).find('>');
  return end != std::string_view::npos && is_message_id(text.substr(0, end + 1)) ? end + 1 : 0;
}

bool is_message_id_prefix(std::string_view text, std::size_t whole_size) {
  if (!is_whole_size(whole_size) || text.empty() || text.size() >= whole_size ||
      text.front() != '<' || !all_may_stand_inside(text.substr(1))) {
    return false;
  }
  const std::size_t at_last = whole_size - at_distance_min - 1;
  const bool room_for_at = text.size() <= at_last;
  return room_for_at || text.substr(0, at_last + 1).find('@', at_distance_min) != text.npos;
}

bool is_message_id_suffix(std::string_view text, std::size_t whole_size) {
  if (!is_whole_size(whole_size) || text.empty() || text.size() >= whole_size ||
      text.back() != '>' || !all_may_stand_inside(text.substr(0, text.size() - 1))) {
    return false;
  }
  const std::size_t torn_off = whole_size - text.size();
  if (torn_off > at_distance_min) {
    return true;  // the `@` may have been there
  }
  const std::size_t at_first = at_distance_min - torn_off;
  const std::size_t at = text.find('@', at_first);
  return at != text.npos && at + at_distance_min < text.size();
}

}  // namespace innduct::core
