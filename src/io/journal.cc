// journal.cc: the native protocol of the journal, one datagram for a line.
#include "io/journal.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "core/cat.h"

namespace innduct::io {
namespace {

// Whether `text` is `DEVICE:INODE` of standard error.
bool names_stderr(std::string_view text) {
  struct stat stat {};
  return ::fstat(STDERR_FILENO, &stat) == 0 && text == core::cat(stat.st_dev, ':', stat.st_ino);
}

// The form of a field that bears any value: the name, the size as eight bytes, and the value.
using Size = std::array<char, 8>;
Size size_of(std::size_t bytes) {
  Size size{};
  for (std::size_t i = 0; i < size.size(); ++i) {
    size[i] = static_cast<char>(bytes >> 8 * i & 0xff);
  }
  return size;
}

void append_field(std::string& fields, std::string_view name, std::string_view value) {
  const Size size = size_of(value.size());
  core::append(fields,
               core::cat(name, '\n', std::string_view(size.data(), size.size()), value, '\n'));
}

iovec piece(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

}  // namespace

std::optional<Journal> Journal::behind_stderr(std::string_view path) {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  if (stream == nullptr || !names_stderr(stream) || path.size() >= sizeof sockaddr_un::sun_path) {
    return std::nullopt;
  }
  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) {
    return std::nullopt;
  }
  Journal journal(std::move(socket), std::string(path));
  journal.set_feed({}, {});
  return journal;
}

void Journal::set_feed(std::string_view site, std::string_view peer) {
  fields_ = core::cat("SYSLOG_IDENTIFIER=innduct\nSYSLOG_FACILITY=", LOG_NEWS >> 3, '\n');
  if (!site.empty()) {
    append_field(fields_, "INNDUCT_SITE", site);
  }
  if (!peer.empty()) {
    append_field(fields_, "INNDUCT_PEER", peer);
  }
}

Journal::Sent Journal::send(int priority, std::string_view head, std::string_view text) const {
  const std::array<char, 2> digit{static_cast<char>('0' + priority), '\n'};
  const Size size = size_of(head.size() + text.size());
  std::array<iovec, 8> pieces{piece(fields_),
                              piece("PRIORITY="),
                              piece({digit.data(), digit.size()}),
                              piece("MESSAGE\n"),
                              piece({size.data(), size.size()}),
                              piece(head),
                              piece(text),
                              piece("\n")};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  msghdr message{};
  message.msg_name = &address;
  message.msg_namelen = sizeof address;
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  if (::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
    return Sent::yes;
  }
  return errno == EAGAIN || errno == ENOBUFS ? Sent::no_room : Sent::no_journal;
}

}  // namespace innduct::io
