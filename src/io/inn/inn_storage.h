// inn_storage.h: INN's own storage library as the reader of every token.
//
// libinnstorage keeps its state in globals: one InnStorage at a time, and one thread. What its
// answers prove is decided here, once: only "no such article" is `absent`, and that
// only with a spool that is there; "I do not know this method" is `unknown`, since innd may have
// begun to use one after we asked for the list; anything else is trouble of this machine.
#pragma once

#include <string>
#include <string_view>

#include "io/inn/article_reader.h"

namespace innduct::io {

class InnStorage : public ArticleReader {
 public:
  // inn.conf must have been read by read_inn_config().
  explicit InnStorage(std::string path_articles);
  ~InnStorage() override;
  InnStorage(const InnStorage&) = delete;
  InnStorage& operator=(const InnStorage&) = delete;

  std::expected<void, std::string> open() override;
  ReadOutcome read(std::string_view locator, ArticleBuffer& article) override;

 private:
  ReadOutcome failure(unsigned char type, int error);

  std::string path_articles_;
  bool open_ = false;
  std::string why_not_open_ = "the article store was not opened";
};

}  // namespace innduct::io
