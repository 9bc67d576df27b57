// outbox.cc: pieces of text and articles that wait to leave.
#include "io/outbox.h"

#include <algorithm>

#include "core/check.h"

namespace innduct::io {

void Outbox::add(std::string_view text) {
  if (text.empty()) {
    return;
  }
  const std::size_t start = text_.size();
  text_ += text;
  // Command lines that follow each other leave as one piece; one that is on its way grows no more,
  // so that it comes to its end.
  const bool on_its_way = sent_ > 0 && first_ + 1 == pieces_.size();
  if (!empty() && !pieces_.back().article && !on_its_way) {
    pieces_.back().size += text.size();
  } else {
    pieces_.push_back({.text_start = start, .size = text.size()});
  }
}

void Outbox::add(engine::ArticleRef article, const ArticleBytes& bytes) {
  core::check(bytes.size > 0, "an article that is sent has bytes");
  pieces_.push_back(
      {.article = article, .memory = bytes.memory, .file = bytes.file, .size = bytes.size});
}

std::optional<Outbox::FilePart> Outbox::file_part() const {
  if (empty() || pieces_[first_].file < 0) {
    return std::nullopt;
  }
  return FilePart{pieces_[first_].file, sent_, pieces_[first_].size - sent_};
}

bool Outbox::gather(std::vector<iovec>& vectors, std::size_t vectors_max) const {
  vectors.clear();
  std::size_t skip = sent_;
  for (std::size_t i = first_; i < pieces_.size() && vectors.size() < vectors_max; ++i) {
    const Piece& piece = pieces_[i];
    if (piece.file >= 0) {
      return true;
    }
    const char* const bytes = piece.article ? piece.memory : text_.data() + piece.text_start;
    vectors.push_back({const_cast<char*>(bytes) + skip, piece.size - skip});
    skip = 0;
  }
  return false;
}

void Outbox::accepted(std::size_t bytes, std::vector<engine::ArticleRef>& gone) {
  sent_ += bytes;
  while (!empty() && sent_ >= pieces_[first_].size) {
    sent_ -= pieces_[first_].size;
    if (pieces_[first_].article) {
      gone.push_back(pieces_[first_].article);
    }
    ++first_;
  }
  core::check(!empty() || sent_ == 0, "a socket accepts no more than it was given");
  shrink();
}

void Outbox::drop(std::vector<engine::ArticleRef>& gone) {
  for (std::size_t i = first_; i < pieces_.size(); ++i) {
    if (pieces_[i].article) {
      gone.push_back(pieces_[i].article);
    }
  }
  pieces_.clear();
  text_.clear();
  first_ = 0;
  sent_ = 0;
}

// A peer that is always a little behind never lets the outbox run empty; what has left goes when
// it is half of all, so that each piece is moved at most once.
void Outbox::shrink() {
  if (first_ < 64 && !empty()) {
    return;
  }
  if (first_ * 2 < pieces_.size()) {
    return;
  }
  pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
  const auto text = std::ranges::find_if(pieces_, [](const Piece& each) { return !each.article; });
  const std::size_t left = text == pieces_.end() ? text_.size() : text->text_start;
  text_.erase(0, left);
  for (Piece& each : pieces_) {
    each.text_start -= each.article ? 0 : left;
  }
}

}  // namespace innduct::io
