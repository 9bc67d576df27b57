// receiver.cc: a peer that takes every article, verifies it, and is never the bottleneck.
//
//   receiver --articles N [--delay-ms D] [--times FILE] [--address A]
//
//   --articles N   says `complete` when so many articles have come, and `first` after the first
//   --delay-ms D   each answer leaves so much later than what it answers: a long path
//   --times FILE   writes there when each article's last byte was read: a line `number nanoseconds`
//                  of the monotonic clock
//   --address A    where it listens: default 127.0.0.1
//
// Prints `port=P`. Ends when its standard input does, and prints what it
// has heard (Tally::report). Exit status 1 if a feeder did what none may do.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/inbound.h"
#include "bench/program.h"

namespace innduct::bench {
namespace {

[[noreturn]] void usage() {
  std::fputs("usage: receiver --articles N [--delay-ms D] [--times FILE] [--address A]\n", stderr);
  std::exit(8);
}

struct Connection {
  Connection(int number, Tally& tally) : socket(number), inbound(tally) {}

  int socket;
  Inbound inbound;
  std::string answers;
  // Up to this byte of `answers` they are due at that time.
  struct Due {
    std::size_t end = 0;
    std::int64_t at = 0;
  };
  std::deque<Due> due;
  std::size_t left = 0;  // bytes of `answers` that have left
  bool full = false;     // the socket takes no more for now
};

class Receiver {
 public:
  Receiver(std::uint64_t articles, std::int64_t delay) : articles_(articles), delay_(delay) {}

  void run(const std::string& at) {
    listen(at);
    for (std::array<epoll_event, 64> events{}; !over_;) {
      const int count = ::epoll_wait(epoll_, events.data(), events.size(), patience());
      if (count < 0 && errno != EINTR) {
        die("epoll_wait");
      }
      for (int i = 0; i < count; ++i) {
        serve(events.at(static_cast<std::size_t>(i)));
      }
      for (auto each = connections_.begin(); each != connections_.end();) {
        Connection& connection = *(each++)->second;
        if (!connection.due.empty() && !connection.full) {
          answer(connection);
        }
      }
    }
  }
  const Tally& tally() const { return tally_; }

 private:
  void listen(const std::string& at) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || ::inet_pton(AF_INET, at.c_str(), &address.sin_addr) != 1 ||
        ::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      die(at.c_str());
    }
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
    watch(STDIN_FILENO, EPOLLIN, EPOLL_CTL_ADD);
    std::printf("port=%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
  }

  void watch(int file, unsigned events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.fd = file;
    if (::epoll_ctl(epoll_, operation, file, &event) != 0) {
      die("epoll_ctl");
    }
  }

  // Milliseconds until the next answer is due.
  int patience() const {
    std::int64_t first = -1;
    for (const auto& [socket, connection] : connections_) {
      if (!connection->due.empty() && !connection->full) {
        const std::int64_t at = connection->due.front().at;
        first = first < 0 ? at : std::min(first, at);
      }
    }
    return first < 0
               ? -1
               : static_cast<int>(std::max<std::int64_t>(first - now() + 999'999, 0) / 1'000'000);
  }

  void serve(const epoll_event& event) {
    if (event.data.fd == STDIN_FILENO) {
      char byte = 0;
      over_ = ::read(STDIN_FILENO, &byte, 1) <= 0;
    } else if (event.data.fd == listener_) {
      accept();
    } else if (const auto found = connections_.find(event.data.fd); found != connections_.end()) {
      Connection& connection = *found->second;
      if ((event.events & EPOLLOUT) != 0) {
        connection.full = false;
        watch(connection.socket, EPOLLIN, EPOLL_CTL_MOD);
      }
      if ((event.events & ~static_cast<unsigned>(EPOLLOUT)) != 0) {
        read(connection);
      }
    }
  }

  void accept() {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) {
      return;  // it went away again
    }
    tally_.opened(now());
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    auto connection = std::make_unique<Connection>(socket, tally_);
    connection->answers = "200 ready\r\n";
    connection->due.push_back({connection->answers.size(), now() + delay_});
    connections_.emplace(socket, std::move(connection));
    watch(socket, EPOLLIN, EPOLL_CTL_ADD);
  }

  void read(Connection& connection) {
    const auto room = connection.inbound.room();
    const ssize_t got = ::read(connection.socket, room.data(), room.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      return;
    }
    if (got <= 0) {
      if (!connection.inbound.between_commands()) {
        tally_.fault("a connection ended in the middle of an article or a command");
      }
      close(connection);
      return;
    }
    const std::uint64_t articles_before = tally_.articles();
    const std::int64_t at = now();
    connection.inbound.filled(static_cast<std::size_t>(got), at, connection.answers);
    const std::size_t before = connection.due.empty() ? connection.left : connection.due.back().end;
    if (connection.answers.size() > before) {
      connection.due.push_back({connection.answers.size(), at + delay_});
    } else if (connection.inbound.ended() && connection.due.empty()) {
      close(connection);
    }
    say_if_reached(1, articles_before, "first");
    say_if_reached(articles_, articles_before, "complete");
  }

  void say_if_reached(std::uint64_t count, std::uint64_t before, const char* what) {
    if (before < count && tally_.articles() >= count) {
      std::puts(what);
      std::fflush(stdout);
    }
  }

  // Sends what is due. May end the connection.
  void answer(Connection& connection) {
    std::size_t end = connection.left;
    for (const std::int64_t at = delay_ == 0 ? 0 : now(); !connection.due.empty();) {
      if (delay_ != 0 && connection.due.front().at > at) {
        break;
      }
      end = connection.due.front().end;
      connection.due.pop_front();
    }
    while (connection.left < end) {
      const ssize_t sent = ::send(connection.socket, connection.answers.data() + connection.left,
                                  end - connection.left, MSG_NOSIGNAL);
      if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
        connection.due.push_front({end, 0});
        connection.full = true;
        watch(connection.socket, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        return;
      }
      if (sent < 0) {
        close(connection);
        return;
      }
      connection.left += static_cast<std::size_t>(sent);
    }
    if (connection.left * 2 >= connection.answers.size()) {
      connection.answers.erase(0, connection.left);
      for (Connection::Due& each : connection.due) {
        each.end -= connection.left;
      }
      connection.left = 0;
    }
    if (connection.due.empty() && connection.inbound.ended()) {
      close(connection);
    }
  }

  void close(Connection& connection) {
    const int socket = connection.socket;
    ::close(socket);
    connections_.erase(socket);
  }

  std::uint64_t articles_;
  std::int64_t delay_;  // nanoseconds
  Tally tally_;
  int listener_ = -1;
  int epoll_ = -1;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  bool over_ = false;
};

std::int64_t number(std::string_view text) {
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) {
    usage();
  }
  return value;
}

void write_times(const std::string& path, const std::vector<std::int64_t>& times) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr) {
    die(path.c_str());
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] != 0) {
      std::fprintf(file, "%zu %lld\n", i, static_cast<long long>(times[i]));
    }
  }
  if (std::fclose(file) != 0) {
    die(path.c_str());
  }
}

int run(int argc, char** argv) {
  std::int64_t articles = 0;
  std::int64_t delay_ms = 0;
  std::string times;
  std::string address = "127.0.0.1";
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    if (i + 1 == argc) {
      usage();
    } else if (option == "--articles") {
      articles = number(argv[i + 1]);
    } else if (option == "--delay-ms") {
      delay_ms = number(argv[i + 1]);
    } else if (option == "--times") {
      times = argv[i + 1];
    } else if (option == "--address") {
      address = argv[i + 1];
    } else {
      usage();
    }
  }
  if (articles == 0) {
    usage();
  }
  Receiver receiver(static_cast<std::uint64_t>(articles), delay_ms * 1'000'000);
  receiver.run(address);
  if (!times.empty()) {
    write_times(times, receiver.tally().times());
  }
  std::puts(receiver.tally().report().c_str());
  return receiver.tally().faults() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace innduct::bench

int main(int argc, char** argv) { return innduct::bench::run(argc, argv); }
