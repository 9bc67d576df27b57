// inbound.h: what a feeder says on one connection, as the receiver of the benchmarks hears it.
//
//   read -> room() ... filled(n) -> commands and articles, one after the other -> answers()
//
// Everything is verified, at some gigabytes a second: each article ends with CRLF.CRLF, has all its
// dots doubled, and bears the message-id that it was announced with. It knows nothing of innduct's
// own parser: that would share its misunderstandings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace innduct::bench {

// What all connections together have heard.
class Tally {
 public:
  // An article of this id came whole at `now` (nanoseconds of the monotonic clock).
  void arrived(std::string_view message_id, std::size_t bytes, std::int64_t now);
  void began(std::int64_t now) { first_ = first_ == 0 ? now : first_; }
  void checked() { ++checks_; }
  // One connection more.
  void opened(std::int64_t now) {
    ++connections_;
    opened_ = now;
    articles_before_ = articles_;
  }
  // Something that no feeder may do; the first one is kept for people.
  void fault(std::string_view what);

  std::uint64_t articles() const { return articles_; }
  std::size_t distinct() const { return distinct_; }
  std::uint64_t faults() const { return faults_; }
  // One line of key=value.
  std::string report() const;
  // By the number at the beginning of the message-id: when the article came; 0: it did not.
  const std::vector<std::int64_t>& times() const { return times_; }

 private:
  std::vector<std::int64_t> times_;
  std::size_t distinct_ = 0;
  std::uint64_t articles_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t checks_ = 0;
  std::uint64_t faults_ = 0;
  std::int64_t first_ = 0;  // when the first article was offered
  std::int64_t last_ = 0;   // when the last one came
  std::uint64_t connections_ = 0;
  std::int64_t opened_ = 0;            // when the last connection was
  std::uint64_t articles_before_ = 0;  // how many had come by then
  std::string first_fault_;
};

class Inbound {
 public:
  explicit Inbound(Tally& tally);

  // Where the next bytes are to be read to; never empty.
  std::span<char> room();
  // So many were, at `now`. Appends the answers to `answers`.
  void filled(std::size_t bytes, std::int64_t now, std::string& answers);
  // QUIT was said, or something after which nothing can be understood.
  bool ended() const { return ended_; }
  // Nothing was cut off in the middle.
  bool between_commands() const { return next_ == end_ && !in_article_; }

 private:
  bool take_command(std::int64_t now, std::string& answers);
  bool take_article(std::int64_t now, std::string& answers);
  void obey(std::string_view line, std::int64_t now, std::string& answers);
  void give_up(std::string_view what);

  Tally& tally_;
  std::unique_ptr<char[]> bytes_;
  std::size_t next_ = 0;     // the first byte that is not understood yet
  std::size_t end_ = 0;      // behind the last byte that was read
  std::size_t scanned_ = 0;  // of an article: no end before this
  bool in_article_ = false;
  bool by_ihave_ = false;
  bool ended_ = false;
  std::string awaited_;  // the message-id of the article that comes
};

}  // namespace innduct::bench
