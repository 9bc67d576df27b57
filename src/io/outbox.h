// outbox.h: what waits to leave on one connection: texts and articles, in one gathered write.
//
// Texts are copied, one behind the other; articles are not, they leave from where they lie. When
// an article's last byte was accepted, or the outbox is dropped, it is given back.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ids.h"

namespace innduct::io {

class Outbox {
 public:
  void add(std::string_view text);
  // `bytes` must stay where they are until `article` is given back.
  void add(engine::ArticleRef article, std::string_view bytes);

  bool empty() const { return first_ == pieces_.size(); }

  // Fills `vectors` with the next bytes to leave, at most `vectors_max` pieces of them. Valid until
  // the next call of another member.
  void gather(std::vector<iovec>& vectors, std::size_t vectors_max) const;
  // The first `bytes` of them were accepted. Articles that left are added to `gone`.
  void accepted(std::size_t bytes, std::vector<engine::ArticleRef>& gone);
  // Forgets everything. Articles that were still here are added to `gone`.
  void drop(std::vector<engine::ArticleRef>& gone);

 private:
  struct Piece {
    engine::ArticleRef article;  // zero: text
    const char* bytes = nullptr;
    std::size_t text_start = 0;  // in text_, if it is text
    std::size_t size = 0;
  };
  void shrink();

  std::string text_;
  std::vector<Piece> pieces_;
  std::size_t first_ = 0;  // of pieces_: what stands before has left
  std::size_t sent_ = 0;   // bytes of the first piece that have left
};

}  // namespace innduct::io
