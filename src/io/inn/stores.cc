// stores.cc: finds the reader, and judges the article.
#include "io/inn/stores.h"

#include <utility>

#include "core/escape.h"
#include "core/token.h"
#include "io/inn/wire_check.h"

namespace innduct::io {
namespace {

using engine::FetchOutcome;

// The copy is judged, not the store: what a CNFS buffer holds may change under a reader, and a
// token of an overwritten article may lead to another one.
Retrieved judge(std::string_view article, std::string_view wanted) {
  const auto [found, damage] = check_wire(article, wanted);
  if (!wanted.empty() && !found.empty() && found != wanted) {
    return {FetchOutcome::other, {}, "it leads to " + core::escaped(found)};
  }
  if (found.empty()) {
    return {FetchOutcome::damaged, {}, "it has no valid Message-ID"};
  }
  if (!damage.empty()) {
    return {FetchOutcome::damaged, {}, std::string(damage)};
  }
  return {FetchOutcome::ready, wanted.empty() ? std::string(found) : std::string(), {}};
}

}  // namespace

Stores::Stores(const InnConfig& config)
    : config_(config), tokens_(token_store(config)), paths_(config.path_articles) {}

std::expected<void, std::string> Stores::open() {
  if (auto opened = paths_.open(); !opened) {
    return opened;
  }
  auto opened = tokens_->open();
  layout_ = nullptr;
  if (opened && knows_tokens) {
    layout_ = std::make_shared<const SpoolLayout>(read_spool_layout(config_));
  }
  return opened;
}

// The next article of a newsgroup that is new is found directly, too.
void Stores::look_at_layout() {
  if (layout_ != nullptr && map_has_changed(*layout_, config_)) {
    layout_ = std::make_shared<const SpoolLayout>(read_spool_layout(config_));
  }
}

ArticleReader& Stores::reader_of(std::string_view locator) {
  return core::is_token(locator) ? *tokens_ : paths_;
}

Retrieved Stores::retrieve(std::string_view locator, std::string_view message_id,
                           ArticleBuffer& article) {
  Retrieved retrieved = retrieve_once(locator, message_id, article);
  if (retrieved.outcome == FetchOutcome::damaged) {
    // INN's library takes no notice of a read that gave less than it was asked for.
    retrieved = retrieve_once(locator, message_id, article);
  }
  look_at_layout();
  return retrieved;
}

Retrieved Stores::retrieve_once(std::string_view locator, std::string_view message_id,
                                ArticleBuffer& article) {
  ReadOutcome read = reader_of(locator).read(locator, article);
  if (read.outcome != FetchOutcome::ready) {
    return {read.outcome, {}, std::move(read.text)};
  }
  return judge(article.view(), message_id);
}

}  // namespace innduct::io
