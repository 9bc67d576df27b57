// stores.h: all stores that an article may lie in, behind one call, and the verdict on what they
// hand out.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "engine/port.h"
#include "io/inn/article_buffer.h"
#include "io/inn/article_reader.h"
#include "io/inn/inn_config.h"
#include "io/inn/path_store.h"
#include "io/inn/spool_layout.h"

namespace innduct::io {

// What came of one retrieval (engine::Fetched tells what the outcomes mean).
struct Retrieved {
  engine::FetchOutcome outcome{};
  std::string message_id;  // as the article bears it, if none was wanted
  std::string text;        // why it is not `ready`; fit for logs
};

// Blocks; used by one thread at a time.
class Stores {
 public:
  explicit Stores(const InnConfig& config);

  // Initialises every store, or shuts all down and initialises them anew.
  std::expected<void, std::string> open();

  // Copies an article into `article`, in wire format, and verifies the copy: it must bear the
  // id `message_id` (unless that is empty) and be fit for the wire. What seems damaged is copied
  // once more before that is believed.
  Retrieved retrieve(std::string_view locator, std::string_view message_id, ArticleBuffer& article);

  // Where articles lie that can be read directly; another one after open(), or when INN's
  // newsgroups have changed. Null if no token can be read.
  const std::shared_ptr<const SpoolLayout>& layout() const { return layout_; }

 private:
  Retrieved retrieve_once(std::string_view locator, std::string_view message_id,
                          ArticleBuffer& article);
  ArticleReader& reader_of(std::string_view locator);

  void look_at_layout();

  InnConfig config_;
  std::shared_ptr<const SpoolLayout> layout_;
  std::unique_ptr<ArticleReader> tokens_;
  PathStore paths_;
};

// The store of everything that a token may name: INN's storage library, or, in a build without it,
// one that knows no token.
std::unique_ptr<ArticleReader> token_store(const InnConfig& config);
// Whether it knows any.
extern const bool knows_tokens;

}  // namespace innduct::io
