// watch.h: tells when the feed file grows, as soon as it does.
//
// inotify also tells of our own writes: blanking a line must not cause a turn. So the file's size
// is compared, and only another size than the one last seen is told.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <expected>
#include <string>

#include "engine/ids.h"
#include "io/inbox.h"
#include "io/log.h"

namespace innduct::io {

class Watch {
 public:
  Watch(boost::asio::io_context& loop, Inbox& inbox, const Log& log);

  // Gets ready to watch files in `directory`. The error says why files cannot be watched here;
  // then nothing below does anything.
  std::expected<void, std::string> open(const std::string& directory);
  // Tells Grew for `file`, whose descriptor is `number`, instead of for any other.
  void start(engine::FileId file, int number);
  void end();
  // `file` is about to be closed.
  void closing(engine::FileId file);

 private:
  void await();
  void look();

  boost::asio::posix::stream_descriptor inotify_;
  Inbox& inbox_;
  const Log& log_;
  engine::FileId file_;
  int number_ = -1;  // of the watched file; Files owns it
  int watch_ = -1;
  std::uint64_t size_ = 0;  // the last one that was seen
  bool warned_ = false;
};

}  // namespace innduct::io
