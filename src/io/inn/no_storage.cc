// no_storage.cc: what takes the place of INN's storage library in a build without it.
#include "io/inn/stores.h"

namespace innduct::io {
namespace {

class NoStorage : public ArticleReader {
 public:
  std::expected<void, std::string> open() override { return {}; }
  ReadOutcome read(std::string_view, ArticleBuffer&) override {
    return {engine::FetchOutcome::unknown,
            "this innduct was built without INN's storage library and reads no tokens"};
  }
};

}  // namespace

const bool knows_tokens = false;

std::unique_ptr<ArticleReader> token_store(const InnConfig&) {
  return std::make_unique<NoStorage>();
}

}  // namespace innduct::io
