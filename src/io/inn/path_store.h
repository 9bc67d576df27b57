// path_store.h: articles that are plain files below patharticles, named by their paths.
//
// Feed lines may name a file instead of a token. The name comes from a file that people can write
// to, so it must not lead out of patharticles: no leading `/`, no `..`. Symbolic links in the
// spool are the administrator's way to spread it over disks; they are followed.
#pragma once

#include <string>
#include <string_view>

#include "io/inn/article_reader.h"

namespace innduct::io {

class PathStore : public ArticleReader {
 public:
  explicit PathStore(std::string path_articles);

  std::expected<void, std::string> open() override { return {}; }
  ReadOutcome read(std::string_view locator, ArticleBuffer& article) override;

 private:
  ReadOutcome read_file(int file, const std::string& path);

  std::string path_articles_;
  ArticleBuffer stored_;  // the file as it is
};

}  // namespace innduct::io
