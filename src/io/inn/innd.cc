// innd.cc: a request and its socket, from the asking to the answer.
#include "io/inn/innd.h"

#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

#include "core/check.h"
#include "core/escape.h"
#include "io/inn/innd_datagram.h"

namespace innduct::io {
namespace {

using boost::asio::local::datagram_protocol;
using boost::system::error_code;
using engine::FlushOutcome;

constexpr std::string_view prefix = "innduct.";
constexpr std::size_t path_size_max = sizeof(sockaddr_un::sun_path) - 1;

// `innduct.<pid>.<48 random bits>`
std::string fresh_name() {
  std::random_device random;
  const std::uint64_t number = (std::uint64_t{random()} << 32 | random()) & 0xffff'ffff'ffff;
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return std::string(prefix) + std::to_string(::getpid()) + "." + std::string(digits.data(), end);
}

// The process id in the name of one of our sockets.
std::optional<pid_t> owner_of(std::string_view name) {
  if (!name.starts_with(prefix)) {
    return std::nullopt;
  }
  name.remove_prefix(prefix.size());
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  const bool whole = error == std::errc() && end != name.data() + name.size() && *end == '.';
  return whole && pid > 0 ? std::optional(pid) : std::nullopt;
}

// innd's control channel.
std::string channel_in(const std::string& path_run) { return path_run + "/control"; }

std::string too_long(const std::string& path_run) {
  return "pathrun " + core::escaped(path_run) + " is too long for the name of a socket";
}

bool lives(pid_t pid) { return ::kill(pid, 0) == 0 || errno != ESRCH; }

}  // namespace

struct Innd::Request {
  Request(boost::asio::io_context& loop, engine::OpId id, Answered callback, std::string path)
      : op(id), answered(std::move(callback)), reply_path(std::move(path)), socket(loop) {}
  ~Request() {
    if (bound) {
      ::unlink(reply_path.c_str());
    }
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  engine::OpId op;
  Answered answered;
  std::string reply_path;
  datagram_protocol::socket socket;
  bool bound = false;
  std::array<char, 1024> reply{};
};

Innd::Innd(boost::asio::io_context& loop, std::string path_run)
    : loop_(loop), path_run_(std::move(path_run)) {}

Innd::~Innd() = default;

void Innd::flush(engine::OpId op, std::string_view site, Answered answered) {
  core::check(!site.empty(), "a flush names a site: an empty name flushes every feed");
  auto request =
      std::make_unique<Request>(loop_, op, std::move(answered), path_run_ + "/" + fresh_name());
  const auto [place, is_first] = requests_.emplace(op, std::move(request));
  core::check(is_first, "the id of a flush is used once");
  ask(*place->second, site);
}

void Innd::ask(Request& request, std::string_view site) {
  const std::string innd_path = channel_in(path_run_);
  if (request.reply_path.size() > path_size_max) {
    return answer_later(request.op, FlushOutcome::unreachable, too_long(path_run_));
  }
  error_code error;
  request.socket.open(datagram_protocol(), error);
  if (!error) {
    request.socket.non_blocking(true, error);
  }
  if (!error) {
    request.socket.bind(datagram_protocol::endpoint(request.reply_path), error);
  }
  if (error) {
    return answer_later(
        request.op, FlushOutcome::unreachable,
        "cannot make a socket in " + core::escaped(path_run_) + ": " + error.message());
  }
  request.bound = true;
  request.socket.send_to(boost::asio::buffer(flush_request(request.reply_path, site)),
                         datagram_protocol::endpoint(innd_path), 0, error);
  if (error) {
    const bool full = error == boost::asio::error::would_block;
    return answer_later(request.op, FlushOutcome::unreachable,
                        (full ? "innd does not read " : "innd cannot be reached at ") +
                            core::escaped(innd_path) + ": " + error.message());
  }
  await_reply(request);
}

void Innd::await_reply(Request& request) {
  request.socket.async_receive(
      boost::asio::buffer(request.reply),
      [this, op = request.op](const error_code& error, std::size_t size) {
        if (error == boost::asio::error::operation_aborted) {
          return;  // forgotten; neither the request nor, perhaps, this object exists any more
        }
        if (error) {
          return answer(op, FlushOutcome::unknown, "innd's reply is lost: " + error.message());
        }
        const auto found = requests_.find(op);
        if (found != requests_.end()) {
          InndReply reply = read_innd_reply({found->second->reply.data(), size});
          answer(op, reply.outcome, std::move(reply.text));
        }
      });
}

void Innd::answer_later(engine::OpId op, engine::FlushOutcome outcome, std::string text) {
  boost::asio::post(loop_, [this, op, outcome, text = std::move(text)]() mutable {
    answer(op, outcome, std::move(text));
  });
}

void Innd::answer(engine::OpId op, engine::FlushOutcome outcome, std::string text) {
  // The callback may ask for the next flush.
  const auto request = requests_.extract(op);
  if (!request.empty()) {
    request.mapped()->answered(op, outcome, std::move(text));
  }
}

void Innd::forget(engine::OpId op) { requests_.erase(op); }

std::expected<void, std::string> innd_listens(const std::string& path_run) {
  const std::string path = channel_in(path_run);
  if (path.size() > path_size_max) {
    return std::unexpected(too_long(path_run));
  }
  boost::asio::io_context loop;
  datagram_protocol::socket socket(loop);
  error_code error;
  if (!socket.connect(datagram_protocol::endpoint(path), error)) {
    return {};
  }
  return std::unexpected("innd cannot be reached at " + core::escaped(path) + ": " +
                         error.message());
}

void sweep(const std::string& path_run) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path_run, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto owner = owner_of(entry->path().filename().native());
    // A process that bears our own id was another one: we have made no socket yet.
    if (owner && entry->is_socket(error) && (*owner == ::getpid() || !lives(*owner))) {
      ::unlink(entry->path().c_str());
    }
  }
}

}  // namespace innduct::io
