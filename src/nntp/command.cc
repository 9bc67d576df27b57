// command.cc: the command words.
#include "nntp/command.h"

#include "core/check.h"
#include "core/message_id.h"

namespace innduct::nntp {
namespace {

std::string_view word(Verb verb) {
  switch (verb) {
    case Verb::capabilities:
      return "CAPABILITIES";
    case Verb::mode_stream:
      return "MODE STREAM";
    case Verb::check:
      return "CHECK";
    case Verb::take_this:
      return "TAKETHIS";
    case Verb::ihave:
      return "IHAVE";
    case Verb::quit:
      return "QUIT";
    case Verb::nothing:
    case Verb::greeting:
    case Verb::ihave_body:
      break;
  }
  return {};
}

bool names_an_article(Verb verb) {
  return verb == Verb::check || verb == Verb::take_this || verb == Verb::ihave;
}

}  // namespace

void append_command(Verb verb, std::string_view message_id, std::string& out) {
  const std::string_view command = word(verb);
  core::check(!command.empty(), "only what is a command is sent as one");
  out += command;
  if (names_an_article(verb)) {
    // An id with a space or a line end would be read as other words, or as another command.
    core::check(core::is_message_id(message_id), "an article is offered by a valid message-id");
    out += ' ';
    out += message_id;
  }
  out += "\r\n";
}

}  // namespace innduct::nntp
