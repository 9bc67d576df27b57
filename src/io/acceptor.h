// acceptor.h: takes whoever connects to a listening socket, for ever.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace innduct::io {

template <class Protocol>
class Acceptor {
 public:
  using Socket = typename Protocol::socket;

  // `take` is given each connection; `cannot` why there is none, once an hour at most.
  Acceptor(boost::asio::io_context& loop, std::function<void(Socket)> take,
           std::function<void(const std::string&)> cannot)
      : loop_(loop),
        take_(std::move(take)),
        cannot_(std::move(cannot)),
        listener_(loop),
        next_(loop),
        retry_(loop) {}

  // To be opened, bound and made to listen before start().
  boost::asio::basic_socket_acceptor<Protocol>& listener() { return listener_; }

  void start() {
    listener_.async_accept(next_,
                           [this](const boost::system::error_code& error) { accepted(error); });
  }

 private:
  void accepted(const boost::system::error_code& error) {
    if (error == boost::asio::error::operation_aborted) {
      return;
    }
    if (error) {
      const auto now = std::chrono::steady_clock::now();
      if (!said_at_ || now - *said_at_ >= std::chrono::hours(1)) {
        said_at_ = now;
        cannot_(error.message());
      }
      // Out of descriptors, most likely: the one who waits would wake us at once again.
      retry_.expires_after(std::chrono::seconds(1));
      retry_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) {
          start();
        }
      });
      return;
    }
    Socket socket = std::exchange(next_, Socket(loop_));
    start();
    take_(std::move(socket));
  }

  boost::asio::io_context& loop_;
  std::function<void(Socket)> take_;
  std::function<void(const std::string&)> cannot_;
  std::optional<std::chrono::steady_clock::time_point> said_at_;
  boost::asio::basic_socket_acceptor<Protocol> listener_;
  Socket next_;  // the one to be accepted
  boost::asio::steady_timer retry_;
};

}  // namespace innduct::io
