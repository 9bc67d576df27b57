// article.h: the articles of the false world: token, message-id, text; all from a number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "sim/dice.h"

namespace innduct::sim {

using ArticleNumber = std::uint32_t;

struct Article {
  std::string token;
  std::string message_id;
  std::string record;      // the line that innd feeds, without its newline
  std::size_t body_lines;  // of its text
};

class Catalogue {
 public:
  explicit Catalogue(Dice dice) : dice_(dice) {}

  ArticleNumber add(bool big);
  const Article& operator[](ArticleNumber number) const { return articles_[number]; }
  std::size_t size() const { return articles_.size(); }

  // Whose they are, if they are exactly those of an article.
  std::optional<ArticleNumber> by_token(std::string_view token) const;
  std::optional<ArticleNumber> by_message_id(std::string_view id) const;

  // The article in wire format, dots stuffed, with the final dot.
  std::string wire(ArticleNumber number) const;

 private:
  Dice dice_;
  std::deque<Article> articles_;
};

}  // namespace innduct::sim
