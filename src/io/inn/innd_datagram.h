// innd_datagram.h: the bytes that go to innd's control channel and come from it.
//
// Pure. Request: 'a', the length of it all (16 bits, big-endian), then the reply socket's path, the
// letter of the command and its arguments, separated by \1. Reply: 'a', length, `CODE text`.
#pragma once

#include <string>
#include <string_view>

#include "engine/port.h"

namespace innduct::io {

std::string flush_request(std::string_view reply_path, std::string_view site);

struct InndReply {
  engine::FlushOutcome outcome{};
  std::string text;  // what innd said; fit for logs
};

// What any datagram means as the reply to a flush request.
InndReply read_innd_reply(std::string_view datagram);

}  // namespace innduct::io
