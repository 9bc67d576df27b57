// inn_conf.cc: the least that libinn and its storage library are content with.
#include "spool.h"

namespace innduct::test {

std::string write_inn_conf(const TempDir& dir, std::string_view more) {
  std::filesystem::create_directories(dir / "articles");
  dir.write("storage.conf", "method tradspool {\n  newsgroups: *\n  class: 0\n}\n");
  dir.write("active", "misc.test 0000000000 0000000001 y\n");
  const std::string paths = "pathnews: " + dir.path() + "\npathspool: " + dir.path() +
                            "\npathrun: " + dir.path() + "\npathetc: " + dir.path() +
                            "\npathdb: " + dir.path() + "\npathtmp: " + dir.path() + "\n";
  return dir.write("inn.conf", std::string(more) +
                                   "domain: test.invalid\npathhost: test.invalid\n"
                                   "mta: \"/bin/true %s\"\nhismethod: hisv6\n"
                                   "ovmethod: tradindexed\nenableoverview: false\n" +
                                   paths);
}

}  // namespace innduct::test
