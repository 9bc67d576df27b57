// innd.h: asks innd, over its control channel, to flush a feed file.
//
// One datagram each way. Each request has a socket of its own, under a name in
// pathrun that nobody can guess and that is gone as soon as the request is answered or forgotten:
// a late reply finds no reader, and never answers a later request. Nothing here waits: the engine
// has the timeout, and calls forget().
#pragma once

#include <boost/asio/io_context.hpp>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/ids.h"
#include "engine/port.h"

namespace innduct::io {

class Innd {
 public:
  // `text` is innd's reply, or what went wrong; fit for logs.
  using Answered = std::function<void(engine::OpId, engine::FlushOutcome, std::string text)>;

  // innd listens in `path_run`.
  Innd(boost::asio::io_context& loop, std::string path_run);
  ~Innd();
  Innd(const Innd&) = delete;
  Innd& operator=(const Innd&) = delete;

  // Asks innd to flush `site`, which must not be empty (an empty name flushes every feed).
  // `answered` is called once, later, from the loop; never from within, and never after
  // forget(op).
  void flush(engine::OpId op, std::string_view site, Answered answered);
  // Closes and unlinks the request's socket. Forgetting what was answered does nothing.
  void forget(engine::OpId op);

 private:
  struct Request;

  void ask(Request& request, std::string_view site);
  void await_reply(Request& request);
  void answer_later(engine::OpId op, engine::FlushOutcome outcome, std::string text);
  void answer(engine::OpId op, engine::FlushOutcome outcome, std::string text);

  boost::asio::io_context& loop_;
  std::string path_run_;
  std::map<engine::OpId, std::unique_ptr<Request>> requests_;
};

// Proves that some process listens at innd's control channel in `path_run`, without a word to it.
// The error is for people.
std::expected<void, std::string> innd_listens(const std::string& path_run);

// Unlinks the sockets that a killed innduct left behind in `path_run`. Those of a process that
// still lives are kept. Called at start, before the first Innd.
void sweep(const std::string& path_run);

}  // namespace innduct::io
