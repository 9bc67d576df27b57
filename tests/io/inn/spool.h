// spool.h: an INN installation's configuration and spool in a directory of a test, and articles
// put into it by INN's own storage library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "temp_dir.h"

namespace innduct::test {

// Writes inn.conf, and storage.conf with tradspool, into `dir`, for a spool in dir/articles;
// returns the path of inn.conf. `more` are lines of inn.conf that come first, and so win.
std::string write_inn_conf(const TempDir& dir, std::string_view more = "");

struct Stored {
  std::string token;
  std::string message_id;
  std::string wire;
};

enum class Method { tradspool, tradspool_native, timehash, timecaf, cnfs };

// A spool that keeps its articles by one method. Needs a build with INN.
class Spool {
 public:
  explicit Spool(Method method);

  const TempDir& dir() const { return dir_; }
  std::string inn_conf() const { return dir_ / "inn.conf"; }
  std::string articles() const { return dir_ / "articles"; }

  // Stores articles in a child process. Ids are unique in the spool and made of `first` and up.
  std::vector<Stored> store(int first, const std::vector<std::string>& bodies,
                            std::string_view group = "misc.test") const;
  // Cancels an article, likewise.
  void cancel(const Stored& article) const;
  // The file that holds the article, for methods with one file each. There must be just one.
  std::string only_file() const;

 private:
  TempDir dir_;
};

}  // namespace innduct::test
