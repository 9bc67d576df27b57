// ctl_top.cc: waits for whatever comes first: an answer, a key, a signal, the next second.
#include "app/ctl_top.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

#include "app/ctl_screen.h"
#include "app/failure.h"
#include "app/top_view.h"
#include "core/cat.h"
#include "core/escape.h"
#include "io/descriptor.h"
#include "io/sample.h"
#include "io/signals.h"

namespace innduct::app {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds period{1};
constexpr const char* question = "show json";
constexpr char ctrl_d = 4;

// While this lives, signals do not interrupt, but are read: the terminal is never left as it is.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    for (const int each : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH}) {
      sigaddset(&held, each);
    }
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
    file_ = io::Descriptor(::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  int descriptor() const { return file_.get(); }
  // The next one that has come, or 0.
  int next() {
    signalfd_siginfo signal{};
    return ::read(file_.get(), &signal, sizeof signal) == sizeof signal
               ? static_cast<int>(signal.ssi_signo)
               : 0;
  }
  // Stops the process, as Ctrl-Z does with others, until it is told to go on.
  static void stop() {
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    std::raise(SIGTSTP);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    ::pthread_sigmask(SIG_BLOCK, &only, nullptr);
  }

 private:
  sigset_t before_{};
  io::Descriptor file_;
};

io::Sample sample_of(const std::expected<io::ControlAnswer, std::string>& answer) {
  if (!answer) {
    throw Failure{exit_code::trouble, answer.error()};
  }
  auto sample = io::read_sample(answer->text);
  if (!answer->good || !sample) {
    throw Failure{exit_code::trouble,
                  core::cat("an older innduct? It answers: ", core::escaped(answer->text))};
  }
  return *std::move(sample);
}

// The question that is asked once a second.
class Inquiry {
 public:
  explicit Inquiry(io::ControlClient& client) : client_(client) {}

  // Asks if it is time. Returns how long the answer has been missing.
  Clock::duration ask(Clock::time_point now) {
    if (!open_ && now >= asked_ + period) {
      if (const auto said = client_.say(question); !said) {
        throw Failure{exit_code::trouble, said.error()};
      }
      open_ = true;
      asked_ = now;
    }
    return open_ ? now - asked_ : Clock::duration::zero();
  }
  // What has come, if it is whole.
  std::optional<io::Sample> hear() {
    auto heard = client_.hear();
    if (heard && !*heard) {
      return std::nullopt;
    }
    open_ = false;
    return sample_of(heard ? std::expected<io::ControlAnswer, std::string>(**std::move(heard))
                           : std::unexpected(heard.error()));
  }

 private:
  io::ControlClient& client_;
  Clock::time_point asked_ = Clock::now();
  bool open_ = false;
};

// Returns the signal that ends it, or 0 if a key did.
int watch(io::ControlClient& client) {
  Watched watched{.now = sample_of(client.ask(question))};
  Inquiry inquiry(client);
  HeldSignals signals;
  std::optional<Screen> screen(std::in_place);
  while (true) {
    const auto silent_for = inquiry.ask(Clock::now());
    if (silent_for > io::ControlClient::patience) {
      throw Failure{exit_code::trouble, core::cat("innduct has not answered for ",
                                                  io::ControlClient::patience.count(), " s")};
    }
    watched.silent_for = std::chrono::duration<double>(silent_for).count();
    screen->draw(top_view(watched, screen->terminal()));

    std::array<pollfd, 3> ready{{{.fd = signals.descriptor(), .events = POLLIN},
                                 {.fd = STDIN_FILENO, .events = POLLIN},
                                 {.fd = client.descriptor(), .events = POLLIN}}};
    if (::poll(ready.data(), ready.size(), static_cast<int>(milliseconds(period).count())) < 0) {
      continue;
    }
    while (const int signal = signals.next()) {
      if (signal == SIGTSTP) {
        screen.reset();
        HeldSignals::stop();
        screen.emplace();
      } else if (signal != SIGWINCH) {
        return signal == SIGINT ? 0 : signal;
      }
    }
    if (ready[1].revents != 0) {
      const auto key = screen->key();
      if (!key || *key == 'q' || *key == 'Q' || *key == ctrl_d) {
        return 0;
      }
    }
    if (ready[2].revents != 0) {
      if (auto sample = inquiry.hear()) {
        watched.before = std::exchange(watched.now, *std::move(sample));
      }
    }
  }
}

}  // namespace

void top(io::ControlClient& client) {
  if (const auto possible = Screen::possible(); !possible) {
    throw Failure{exit_code::bad_usage,
                  core::cat("top: ", possible.error(), "; show tells the same")};
  }
  if (const int signal = watch(client); signal != 0) {
    io::die_by(signal);
  }
}

}  // namespace innduct::app
