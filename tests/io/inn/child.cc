// child.cc: fork, a pipe for what the child has to say, waitpid.
#include "child.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <string_view>

namespace innduct::test {
namespace {

void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written <= 0) {
      ADD_FAILURE() << "the child cannot write to its pipe";
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

[[noreturn]] void run(const std::function<std::string()>& work, int output) {
  try {
    write_all(output, work());
  } catch (const std::exception& thrown) {
    ADD_FAILURE() << "the child threw: " << thrown.what();
  }
  std::fflush(nullptr);
  ::_exit(::testing::Test::HasFailure() ? 1 : 0);
}

}  // namespace

Child::Child(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    ADD_FAILURE() << "no pipe for the child";
    return;
  }
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(ends[0]);
    run(work, ends[1]);
  }
  ::close(ends[1]);
  output_ = ends[0];
}

Child::~Child() {
  if (pid_ > 0) {
    wait();
  }
}

std::string Child::wait() {
  std::string said;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while ((got = ::read(output_, buffer.data(), buffer.size())) > 0) {
    said.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(output_);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  EXPECT_EQ(status, 0) << "the child failed, see above";
  return said;
}

void in_child(const std::function<void()>& work) {
  Child child([&] {
    work();
    return std::string();
  });
  child.wait();
}

void become_nobody() {
  if (::geteuid() != 0) {
    return;
  }
  constexpr uid_t nobody = 65534;
  ASSERT_EQ(::setgroups(0, nullptr), 0);
  ASSERT_EQ(::setresgid(nobody, nobody, nobody), 0);
  ASSERT_EQ(::setresuid(nobody, nobody, nobody), 0);
}

}  // namespace innduct::test
