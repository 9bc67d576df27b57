// innd_reply_fuzz.cc: any datagram as innd's reply to a flush: it has one meaning, and a printable
// text; only the two replies that innd has for it mean `ok` and `no such site`.
#include <string>

#include "input.h"
#include "io/inn/innd_datagram.h"

using namespace innduct;
using core::check;
using engine::FlushOutcome;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view datagram = fuzz::as_text(data, size);
  const io::InndReply reply = io::read_innd_reply(datagram);
  fuzz::check_printable(reply.text, 1000);
  check(reply.outcome != FlushOutcome::unreachable && reply.outcome != FlushOutcome::unknown,
        "who replied was there, and said something");
  const std::string_view said = datagram.substr(std::min<std::size_t>(3, datagram.size()));
  if (reply.outcome == FlushOutcome::ok) {
    check(said.starts_with("0 "), "ok is said by innd");
  }
  if (reply.outcome == FlushOutcome::no_such_site) {
    check(said.starts_with("1 No such site"), "no such site is said by innd");
  }
  return 0;
}
