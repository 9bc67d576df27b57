// daemon.cc: one fork, one pipe.
#include "app/daemon.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/failure.h"
#include "core/cat.h"

namespace innduct::app {
namespace {

constexpr char all_is_well = '+';

Failure cannot(const char* what) {
  return {exit_code::trouble,
          core::cat("cannot go into the background: ", what, ": ", std::strerror(errno))};
}

void lead_nowhere(int descriptor, int flags) {
  const io::Descriptor nowhere(::open("/dev/null", flags | O_CLOEXEC));
  if (!nowhere || ::dup2(nowhere.get(), descriptor) < 0) {
    throw cannot("/dev/null");
  }
}

// No destructor and no exit handler runs here: what they would undo belongs to the child.
[[noreturn]] void wait_for(pid_t child, int news) {
  char word = 0;
  ssize_t got = 0;
  do {
    got = ::read(news, &word, 1);
  } while (got < 0 && errno == EINTR);
  if (got == 1 && word == all_is_well) {
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : exit_code::unexpected);
}

}  // namespace

Daemon Daemon::start() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0) {
    throw cannot("pipe");
  }
  io::Descriptor listens(ends[0]);
  io::Descriptor tells(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) {
    throw cannot("fork");
  }
  if (child > 0) {
    tells = io::Descriptor();
    wait_for(child, listens.get());
  }
  ::setsid();
  lead_nowhere(STDIN_FILENO, O_RDONLY);
  lead_nowhere(STDOUT_FILENO, O_WRONLY);
  return Daemon(std::move(tells));
}

void Daemon::ready() {
  lead_nowhere(STDERR_FILENO, O_WRONLY);
  // A foreground process that was killed meanwhile is no reason to stop.
  [[maybe_unused]] const ssize_t told = ::write(news_.get(), &all_is_well, 1);
  news_ = io::Descriptor();
}

}  // namespace innduct::app
