// article_store.h: articles, fetched wherever that is quickest, held for the loop thread.
//
// What is in the system's cache, not huge, and can be found without INN's library (direct_reader.h)
// is read by the loop thread itself: that is nearly every article of a feed that is up to date.
// Else reading may block for as long as a disk likes, and the loop thread never waits: what can be
// found without the library is read by several threads (patient_readers.h), and all that was not
// found so by one, as the library is not thread-safe.
//
//     loop thread                                    article thread, for the library
//     fetch() fetch() fetch() ... end of the turn
//        `--------------- one swap, one wake ------------> read, verify, read, verify ...
//     on_results: take_results() <--- one swap, one post ---'  each 256 KB, 2 ms, or when idle
//
// What is delivered is in wire format and was verified as a copy that nobody else can change
// (wire_check.h), or as a file that nobody does (decision 0009). Buffers travel back with release()
// and are used again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/ids.h"
#include "engine/port.h"
#include "io/article_bytes.h"
#include "io/inn/inn_config.h"

namespace innduct::io {

// What engine::Fetched tells.
struct FetchResult {
  engine::ArticleRef article;
  engine::FetchOutcome outcome{};
  std::size_t size = 0;    // with the final dot; only if `ready`
  std::string message_id;  // as the article bears it; only if the entry had none
  std::string text;        // why it is not `ready`; fit for logs
};

struct ReopenResult {
  engine::OpId op;
  std::expected<void, std::string> reopened;
};

using StoreResult = std::variant<FetchResult, ReopenResult>;

// All members are called on the loop thread. `loop` must run no handler after the store's end.
class ArticleStore {
 public:
  ArticleStore(boost::asio::io_context& loop, const InnConfig& config);
  ~ArticleStore();
  ArticleStore(const ArticleStore&) = delete;
  ArticleStore& operator=(const ArticleStore&) = delete;

  // Calls `wake` from the loop when there is something to take. One call for all that has
  // gathered until take_results(). Called once, before open().
  void on_results(std::function<void()> wake);
  // Initialises the store and starts the thread: after the last fork. Called once, before
  // anything below.
  std::expected<void, std::string> open();

  // Replaces the content of `results` by what came to an end. Articles that were released meanwhile
  // are left out.
  void take_results(std::vector<StoreResult>& results);

  // Retrieves an article (engine::Fetch). The views are copied.
  void fetch(engine::ArticleRef article, std::string_view locator, std::string_view message_id);
  // Gives the article back, or abandons its retrieval. Its bytes() are void.
  void release(engine::ArticleRef article);
  // Shuts INN's library down and initialises it anew, behind all that it was asked for. So what it
  // says of an article before comes before this ends (decision 0004).
  void reopen(engine::OpId op);

  // The bytes of an article that came `ready`; they stay in place until release(article).
  ArticleBytes bytes(engine::ArticleRef article) const;

 private:
  struct Desk;  // what both threads share
  std::unique_ptr<Desk> desk_;
};

}  // namespace innduct::io
