// plain_feeder.h: a feeder of the simplest kind, known to be right, and wrong on demand.
//
// It reads the feed file from its beginning, offers one article at a time by streaming, and
// blanks a line when the peer gave its final answer; what is deferred is offered again later, from
// memory. Each period it makes durable what innd wrote. It never flushes and knows no other file.
// That is enough to lose nothing, and to prove that the simulator lets a right program pass and
// catches each planted mistake.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/subject.h"

namespace innduct::sim {

enum class Mistake : std::uint8_t {
  none,
  blanks_when_sent,
  blanks_when_deferred,
  blanks_newlines,
  forgets_when_lost,  // does not offer again what was unanswered on a lost connection
  offers_twice,
  sends_other_article,
  removes_feed,
  creates_feed,
  spins,
  sleeps,  // its deadline never comes
  exits,
  never_syncs,
  fails_a_check,
  forgets_the_marks,  // does not empty the table of articles in hand
  quarantines,        // whoever is deferred
};

class PlainFeeder : public Subject {
 public:
  explicit PlainFeeder(Mistake mistake) : mistake_(mistake) {}
  void start(core::Now now, engine::Actions& actions) override;
  void turn(std::span<const engine::Event> events, core::Now now,
            engine::Actions& actions) override;
  core::Instant deadline() const override;

 private:
  struct Entry {
    std::uint64_t offset = 0;
    std::string token;
    std::string id;
  };
  enum class Link : std::uint8_t { none, resolving, connecting, greeted, ready, busy };

  engine::OpId op() { return {++ids_}; }
  void on(const engine::Event& event);
  void on_reply(std::string_view line);
  void find_entries(std::string_view text, std::uint64_t offset);
  void open();
  void make_durable();
  void read();
  void offer();
  void send(std::string_view text, engine::ArticleRef article = {});
  void settle();
  void put_off();

  Mistake mistake_;
  core::Now now_{};
  engine::Actions* actions_ = nullptr;
  std::uint64_t ids_ = 0;
  core::Instant next_tick_{};
  engine::FileId file_;
  bool open_ = false;
  bool reading_ = false;
  std::uint64_t read_up_to_ = 0;
  std::string partial_;
  std::deque<Entry> entries_;
  Link link_ = Link::none;
  engine::ConnId conn_;
  engine::ArticleRef article_;
  std::string received_;
  bool greeting_seen_ = false;
};

// Makes feeders that all make the same mistake.
inline MakeSubject plain_feeders(Mistake mistake) {
  return [mistake](const engine::Config&, std::uint64_t) {
    return std::make_unique<PlainFeeder>(mistake);
  };
}

}  // namespace innduct::sim
