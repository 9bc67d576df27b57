// article.cc: tokens and message-ids carry the article's number, so that both are found without a
// map.
#include "sim/article.h"

#include <charconv>

#include "core/cat.h"

namespace innduct::sim {
namespace {

constexpr std::string_view host = "@sim.example>";

std::string hex(std::uint64_t value, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i > 0; --i, value >>= 4) {
    text[i - 1] = "0123456789ABCDEF"[value & 15];
  }
  return text;
}

std::optional<ArticleNumber> number_at(std::string_view text, int base) {
  ArticleNumber number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{}) return std::nullopt;
  return number;
}

}  // namespace

ArticleNumber Catalogue::add(bool big) {
  const auto number = static_cast<ArticleNumber>(articles_.size());
  // Most ids are short, some as long as they may be.
  std::string id = core::cat('<', number, '.', hex(dice_.next(), 6));
  if (dice_.one_in(30)) id.append(250 - host.size() - id.size(), 'x');
  id += host;
  std::string token =
      core::cat("@0503", hex(dice_.next(), 16), hex(number, 8), hex(~number, 8), '@');
  std::string record = core::cat(token, ' ', id);
  const std::size_t lines = big ? 7000 : dice_.below(8);
  articles_.push_back({std::move(token), std::move(id), std::move(record), lines});
  return number;
}

std::optional<ArticleNumber> Catalogue::by_token(std::string_view token) const {
  if (token.size() != 38) return std::nullopt;
  const auto number = number_at(token.substr(21, 8), 16);
  if (!number || *number >= articles_.size() || articles_[*number].token != token)
    return std::nullopt;
  return number;
}

std::optional<ArticleNumber> Catalogue::by_message_id(std::string_view id) const {
  if (id.empty()) return std::nullopt;
  const auto number = number_at(id.substr(1), 10);
  if (!number || *number >= articles_.size() || articles_[*number].message_id != id) {
    return std::nullopt;
  }
  return number;
}

std::string Catalogue::wire(ArticleNumber number) const {
  const Article& article = articles_[number];
  std::string text = core::cat("Path: sim.example!not-for-mail\r\nMessage-ID: ", article.message_id,
                               "\r\nSubject: article ", number, "\r\n\r\n");
  for (std::size_t line = 0; line < article.body_lines; ++line) {
    // Some lines begin with a stuffed dot, some are a dot alone.
    text +=
        line % 5 == 3
            ? std::string_view("..\r\n")
            : std::string_view("..and a line of text that is sixty-four octets long, all told\r\n");
  }
  text += ".\r\n";
  return text;
}

}  // namespace innduct::sim
