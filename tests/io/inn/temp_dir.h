// temp_dir.h: a directory for one test, short of name (socket paths are), gone at its end.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace innduct::test {

class TempDir {
 public:
  TempDir() {
    char name[] = "/tmp/inn.XXXXXX";
    if (::mkdtemp(name) == nullptr) {
      throw std::runtime_error("cannot make a directory in /tmp");
    }
    path_ = name;
    // Another user may have to look into it.
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
  }
  ~TempDir() {
    if (::getpid() == owner_) {  // not in a forked child
      std::error_code ignored;
      std::filesystem::remove_all(path_, ignored);
    }
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  // Writes a file, and the directories above it.
  std::string write(std::string_view name, std::string_view content) const {
    const std::filesystem::path file = *this / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file.native();
  }

 private:
  std::string path_;
  pid_t owner_ = ::getpid();
};

}  // namespace innduct::test
