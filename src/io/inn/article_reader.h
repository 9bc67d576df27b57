// article_reader.h: the seam behind which the article stores differ.
//
// A reader finds the bytes of an article; whether they are the right ones, and fit for the wire,
// is judged once for all of them (stores.h).
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "engine/port.h"
#include "io/inn/article_buffer.h"

namespace innduct::io {

// What came of one attempt to find an article. `ready`: its bytes were found.
struct ReadOutcome {
  engine::FetchOutcome outcome{};
  std::string text;  // why not; fit for logs
};

// May block. All calls come from one thread at a time.
class ArticleReader {
 public:
  virtual ~ArticleReader() = default;
  // Initialises the store, or shuts it down and initialises it anew. The error is for people.
  virtual std::expected<void, std::string> open() = 0;
  // Copies the article that `locator` names into `article`, in wire format. Says `other` never:
  // it does not look into the article.
  virtual ReadOutcome read(std::string_view locator, ArticleBuffer& article) = 0;
};

// Nobody sends articles of this size; a file that large is not an article.
inline constexpr std::size_t article_size_max = std::size_t{64} << 20;

// What it means that a file below patharticles is not there: `absent`, but `trouble` while
// patharticles itself is no directory or has no entries, as when its disk is not mounted.
ReadOutcome absent_if_spool_is_there(const std::string& path_articles);

}  // namespace innduct::io
