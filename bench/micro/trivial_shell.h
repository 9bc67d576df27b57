// trivial_shell.h: the least shell that an engine can feed through: a feed file in memory, a store
// that has every article, and a peer that takes each. All succeeds, at once, and allocates nothing
// once it is warm; what remains is the engine.
//
//   TrivialShell shell(config);
//   shell.arrive(1000);   // so many lines more
//   shell.run();          // until the engine rests
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/actions.h"
#include "engine/engine.h"

namespace innduct::bench {

class TrivialShell {
 public:
  explicit TrivialShell(const engine::Config& config);

  // Lines appear in the feed file. Whatever came earlier is to be settled: it is blank, and its
  // place in memory is used again.
  void arrive(std::size_t lines);
  // Turns, until none has anything to do.
  void run();

  std::size_t taken() const { return taken_; }
  std::size_t turns() const { return turns_; }
  // Calls of operator new within turns.
  std::size_t allocations() const { return allocations_; }

 private:
  void turn();
  void perform();
  void answer(engine::ConnId conn, std::string_view text);
  engine::FileStat stat() const;

  // What each action does.
  void act(const engine::OpenFile& a);
  void act(const engine::StatName& a);
  void act(const engine::StatFile& a);
  void act(const engine::Read& a);
  void act(const engine::Overwrite& a);
  void act(const engine::List& a);
  void act(const engine::Watch& a) { watched_ = a.file; }
  void act(const engine::Fetch& a);
  void act(const engine::ReadMarks& a);
  void act(const engine::Resolve& a);
  void act(const engine::Connect& a);
  void act(const engine::Send& a);
  template <class Action>
  void act(const Action& a);

  engine::Engine engine_;
  engine::Actions actions_;
  core::Now now_{core::Instant(std::chrono::hours(1)), core::WallTime(std::chrono::days(10'000))};
  engine::FileId watched_;
  std::vector<engine::Event> events_;  // to be told in the next turn
  std::vector<engine::Event> told_;    // told in this one
  std::string unread_;                 // the end of the feed file
  std::uint64_t begin_ = 0;            // where in the file that stands
  std::uint64_t blanked_ = 0;          // bytes
  std::string answers_;                // of the peer, in the order of its commands
  std::string told_answers_;           // those that this turn's events show
  engine::ConnId conn_;
  std::array<std::string_view, 1> addresses_{"192.0.2.1"};
  std::array<engine::ListedName, 1> names_{};
  std::size_t next_ = 10'000'000;  // so that all message-ids have the same length
  std::size_t taken_ = 0;
  std::size_t turns_ = 0;
  std::size_t allocations_ = 0;
};

}  // namespace innduct::bench
