// workers.cc: fork, pipes, and who died of what.
#include "sim/workers.h"

#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

namespace innduct::sim {
namespace {

// What stands before each piece of news from a worker: `begun` has no text.
struct Header {
  enum class Kind : std::uint64_t { begun, done } kind{};
  std::uint64_t number = 0;
  std::uint64_t size = 0;
};

struct Worker {
  pid_t pid = 0;
  int pipe = -1;
  std::string received;
  std::optional<std::uint64_t> at;  // the number it is working on
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::_Exit(8);
}

void tell(int pipe, Header::Kind kind, std::uint64_t number, std::string_view text) {
  const Header header{kind, number, text.size()};
  std::string bytes(sizeof header, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  bytes += text;
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = write(pipe, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) std::_Exit(8);
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Takes the next piece of news out of what was received.
std::optional<Header> next_news(std::string& received, std::string& text) {
  Header header;
  if (received.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, received.data(), sizeof header);
  if (received.size() < sizeof header + header.size) return std::nullopt;
  text = received.substr(sizeof header, header.size);
  received.erase(0, sizeof header + header.size);
  return header;
}

}  // namespace

unsigned processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(CPU_COUNT(&set));
}

void share_out(unsigned processes, std::uint64_t first,
               const std::function<bool(std::uint64_t)>& more,
               const std::function<std::string(std::uint64_t)>& work,
               const std::function<bool(const Job&)>& took, const std::function<void()>& idle) {
  // A worker takes every so-manyth number, from `from` on.
  const auto begin = [&](Worker& worker, std::uint64_t from) {
    std::fflush(nullptr);
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) fail("pipe");
    worker = {.pid = fork(), .pipe = ends[0]};
    if (worker.pid < 0) fail("fork");
    if (worker.pid == 0) {
      for (std::uint64_t number = from; more(number); number += processes) {
        tell(ends[1], Header::Kind::begun, number, {});
        tell(ends[1], Header::Kind::done, number, work(number));
      }
      std::_Exit(0);
    }
    close(ends[1]);
  };
  std::vector<Worker> workers(processes);
  for (unsigned w = 0; w < processes; ++w) begin(workers[w], first + w);

  bool stopped = false;
  const auto hear = [&](Worker& worker) {
    std::string text;
    while (const auto news = next_news(worker.received, text)) {
      worker.at = news->kind == Header::Kind::begun ? std::optional(news->number) : std::nullopt;
      if (news->kind == Header::Kind::done && !stopped) {
        stopped = !took({news->number, std::move(text), 0});
      }
    }
  };
  const auto end = [&](Worker& worker) {
    int status = 0;
    close(worker.pipe);
    waitpid(worker.pid, &status, 0);
    worker.pid = 0;
    if (stopped || !worker.at) return;
    const std::uint64_t number = *worker.at;
    stopped = !took({number, {}, WIFSIGNALED(status) ? WTERMSIG(status) : SIGABRT});
    if (!stopped) begin(worker, number + processes);
  };
  while (true) {
    std::vector<pollfd> waiting;
    std::vector<Worker*> whose;
    for (Worker& worker : workers) {
      if (worker.pid == 0) continue;
      if (stopped) kill(worker.pid, SIGTERM);
      waiting.push_back({.fd = worker.pipe, .events = POLLIN, .revents = 0});
      whose.push_back(&worker);
    }
    if (waiting.empty()) return;
    constexpr int patience_ms = 500;
    if (poll(waiting.data(), waiting.size(), patience_ms) < 0 && errno != EINTR) fail("poll");
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      std::array<char, 65536> buffer{};
      const ssize_t size = read(whose[i]->pipe, buffer.data(), buffer.size());
      if (size <= 0) {
        end(*whose[i]);
      } else {
        whose[i]->received.append(buffer.data(), static_cast<std::size_t>(size));
        hear(*whose[i]);
      }
    }
    idle();
  }
}

}  // namespace innduct::sim
