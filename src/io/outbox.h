// outbox.h: what waits to leave on one connection: texts and articles, in one gathered write.
//
// Texts are copied, one behind the other; articles are not, they leave from where they lie, in
// memory or in a file. When an article's last byte was accepted, or the outbox is dropped, it is
// given back.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ids.h"
#include "io/article_bytes.h"

namespace innduct::io {

class Outbox {
 public:
  void add(std::string_view text);
  // `bytes` must stay where they are until `article` is given back.
  void add(engine::ArticleRef article, const ArticleBytes& bytes);

  bool empty() const { return first_ == pieces_.size(); }

  // What is to leave next, if it is in a file.
  struct FilePart {
    int file;
    std::size_t offset;
    std::size_t size;
  };
  std::optional<FilePart> file_part() const;
  // Fills `vectors` with the next bytes to leave, at most `vectors_max` pieces of them, and none
  // that is in a file; whether one that is follows right behind. Valid until the next call of
  // another member.
  bool gather(std::vector<iovec>& vectors, std::size_t vectors_max) const;
  // The first `bytes` of them were accepted. Articles that left are added to `gone`.
  void accepted(std::size_t bytes, std::vector<engine::ArticleRef>& gone);
  // Forgets everything. Articles that were still here are added to `gone`.
  void drop(std::vector<engine::ArticleRef>& gone);

 private:
  struct Piece {
    engine::ArticleRef article;    // zero: text
    const char* memory = nullptr;  // of an article,
    int file = -1;                 // unless it is here
    std::size_t text_start = 0;    // in text_, if it is text
    std::size_t size = 0;
  };
  void shrink();

  std::string text_;
  std::vector<Piece> pieces_;
  std::size_t first_ = 0;  // of pieces_: what stands before has left
  std::size_t sent_ = 0;   // bytes of the first piece that have left
};

}  // namespace innduct::io
