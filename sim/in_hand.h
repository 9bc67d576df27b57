// in_hand.h: the table of articles that the program has in hand, which outlives its process.
//
// The shell's part of engine/port.h: an article is in it from its Fetch until its retrieval fails,
// it is released, or a socket has accepted its last byte. Whoever reads it learns whether the
// process before died of a crash of its own; a SIGKILL or a power cut leaves no such word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ids.h"
#include "sim/arrival.h"

namespace innduct::sim {

class InHand {
 public:
  void mark(engine::ArticleRef article, std::string_view text, bool probe);
  void unmark(engine::ArticleRef article) { marks_.erase(article); }
  // Bytes were handed to a connection, with an article at their end or none.
  void sent(engine::ConnId conn, std::size_t size, engine::ArticleRef article);
  // The socket accepted so many of them.
  void accepted(engine::ConnId conn, std::size_t bytes);
  // The connection is gone, and with it what was not accepted.
  void closed(engine::ConnId conn);
  // Empties it: from now on a crash leaves its word.
  void clear();

  bool after_crash() const { return crashed_; }
  std::uint64_t run() const { return run_; }
  std::vector<ArrivalMark> marks() const;

  // The process ends, by a crash of its own or otherwise. What is marked stays marked.
  void process_ended(bool by_crash);
  void power_lost();

 private:
  struct Outgoing {
    std::uint64_t handed = 0;
    std::uint64_t accepted = 0;
    std::deque<std::pair<std::uint64_t, engine::ArticleRef>> ends;  // where each article ends
  };
  std::map<engine::ArticleRef, ArrivalMark> marks_;
  std::map<engine::ConnId, Outgoing> connections_;
  bool crashed_ = false;
  bool armed_ = false;     // this process has emptied it
  std::uint64_t run_ = 0;  // counts those that did
};

}  // namespace innduct::sim
