// child.h: runs a part of a test in a process of its own, because INN's libraries keep their state
// in globals and serve one configuration per process.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace innduct::test {

class Child {
 public:
  // Forks; `work` runs in the child. Expectations that fail there fail the test in wait().
  // Requires that this process has no other thread.
  explicit Child(const std::function<std::string()>& work);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits for the child and returns what `work` returned.
  std::string wait();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

// Runs `work` in a child, from beginning to end.
void in_child(const std::function<void()>& work);

// Gives up root for good, if this process has it: becomes a user for whom modes matter.
void become_nobody();

}  // namespace innduct::test
