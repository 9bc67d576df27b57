// engine_world.h: a world around a whole engine in which an input decides all that happens, within
// the rules of engine/port.h and not within reason.
//
// Files have bytes, names lead to files, and what is done to them has its effect; but any answer
// may be a failure or a lie: another size, other bytes, a name that is not there. The engine must
// keep its own invariants, ask for nothing that the rules forbid, and come to rest. Whether
// articles are lost is not asked here, since who is lied to may lose them; that is the simulator's
// question.
//
// With INNDUCT_FUZZ_TRACE in the environment the story is printed.
#pragma once

#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "input.h"

namespace innduct::fuzz {

template <class A>
constexpr bool is_answered = requires(const A& a) {
  a.op;
};
template <>
inline constexpr bool is_answered<engine::ForgetFlush> = false;
template <>
inline constexpr bool is_answered<engine::Fetch> = true;
template <>
inline constexpr bool is_answered<engine::Connect> = true;

// Whether a file that was opened so is appended to, and made where there is none.
inline bool appends(engine::OpenMode mode) {
  return mode != engine::OpenMode::read && mode != engine::OpenMode::update;
}
inline bool creates(engine::OpenMode mode) {
  return appends(mode) && mode != engine::OpenMode::append;
}

class World {
 public:
  explicit World(Input& input);

  // From the start to the end of the input, and a while of quiet behind it.
  void live();

 private:
  struct File {
    engine::FileStat stat;
    std::string bytes;
    std::string target;  // of a symbolic link
  };
  using FilePtr = std::shared_ptr<File>;
  struct Open {
    FilePtr file;
    engine::OpenMode mode{};
  };
  // An action that is to be answered, with copies of its texts.
  struct Pending {
    engine::Action action;
    std::string text;
    std::string more;
  };
  struct Connection {
    bool connected = false;
    bool lost = false;      // and the engine does not know, or is about to
    std::string last_said;  // a command, or "body"
    std::size_t unsent = 0;
    std::deque<std::string> commands;  // as the peer heard them, not answered yet
  };
  // `gone`: the engine is being told that it cannot be had.
  enum class Article : std::uint8_t { asked, held, gone };
  static constexpr std::size_t article_size = 1000;

  // ---- the story (engine_fuzz.cc)
  void step();
  void pass_time();
  void innd_writes();
  void people_ask();
  void somebody_meddles();
  void peer_speaks();
  std::string line();
  // The answer to a command; 0 is the best one.
  std::string reply_to(const std::string& command, std::size_t choice);

  // ---- turns
  void turn(std::size_t events_max);
  void say(std::string_view who, std::string_view what) const;
  // All that is asked for is done, and done well, until nothing more is.
  void go_well();
  void demand_rest();
  void demand(const engine::Action& action);
  void demand_name(std::string_view name) const;
  template <class A>
  void demand_this(const A&) {}
  void demand_this(const engine::OpenFile& a);
  void demand_this(const engine::CloseFile& a);
  void demand_this(const engine::Overwrite& a);
  void demand_this(const engine::Append& a);
  void demand_this(const engine::Truncate& a);
  void demand_this(const engine::Link& a);
  void demand_this(const engine::Watch& a);
  void demand_this(const engine::ForgetFlush& a);
  void demand_this(const engine::Fetch& a);
  void demand_this(const engine::ClearMarks& a);
  void demand_this(const engine::Release& a);
  void demand_this(const engine::Connect& a);
  void demand_this(const engine::Send& a);
  void demand_this(const engine::Disconnect& a);
  void demand_this(const engine::Answer& a);
  void demand_this(const engine::AnswerTrace& a);
  void demand_this(const engine::Note& a);
  void demand_this(const engine::Outcome& a);
  void demand_this(const engine::Tell& a);
  void demand_this(const engine::Exit& a);

  // ---- the shell
  void take_actions();
  bool may_happen_now(std::size_t index) const;
  void happen(std::size_t index, bool well);
  void answer_at_random();
  template <class E>
  void tell(E event) {
    events_.push_back(event);
  }
  std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }
  void done_or(engine::OpId op, int error);
  void fail(engine::OpId op);
  int any_error();
  FilePtr find(const std::string& name, bool follow) const;
  FilePtr make_file(const std::string& name);
  engine::FileStat stat_of(const File& file, bool truly);
  std::string_view odd_bytes(std::size_t size_max);

  void act(const engine::OpenFile& a, const Pending& p, bool well);
  void act(const engine::CloseFile& a, const Pending& p, bool well);
  void act(const engine::StatName& a, const Pending& p, bool well);
  void act(const engine::StatFile& a, const Pending& p, bool well);
  void act(const engine::Read& a, const Pending& p, bool well);
  void act(const engine::Overwrite& a, const Pending& p, bool well);
  void act(const engine::Append& a, const Pending& p, bool well);
  void act(const engine::Truncate& a, const Pending& p, bool well);
  void act(const engine::Sync& a, const Pending& p, bool well);
  void act(const engine::SyncDirectory& a, const Pending& p, bool well);
  void act(const engine::Link& a, const Pending& p, bool well);
  void act(const engine::Unlink& a, const Pending& p, bool well);
  void act(const engine::List& a, const Pending& p, bool well);
  void act(const engine::ProveUnwritten& a, const Pending& p, bool well);
  void act(const engine::Flush& a, const Pending& p, bool well);
  void act(const engine::Fetch& a, const Pending& p, bool well);
  void act(const engine::ReopenStore& a, const Pending& p, bool well);
  void act(const engine::ReadMarks& a, const Pending& p, bool well);
  void act(const engine::ClearMarks& a, const Pending& p, bool well);
  void act(const engine::AnswerTrace& a, const Pending& p, bool well);
  void act(const engine::Resolve& a, const Pending& p, bool well);
  void act(const engine::Connect& a, const Pending& p, bool well);

  Input& input_;
  engine::Config config_;
  std::unique_ptr<engine::Engine> engine_;
  engine::Actions actions_;
  core::Now now_;

  std::vector<Pending> pending_;
  std::vector<engine::Event> events_;
  // What the events to be told show.
  std::deque<std::string> texts_;
  std::deque<std::vector<engine::ListedName>> listings_;
  std::deque<std::vector<std::string_view>> address_lists_;
  std::deque<std::vector<engine::Mark>> mark_lists_;

  std::set<engine::ClientId> reading_;  // who has not taken in a piece of a trace
  std::map<std::string, FilePtr> names_;
  std::map<engine::FileId, Open> open_;
  bool site_is_known_ = true;  // to innd
  bool peer_obliges_ = true;   // it takes all that it is offered, when all goes well
  FilePtr innd_has_;           // what innd appends to
  std::uint64_t inodes_ = 0;
  unsigned lines_ = 0;
  std::size_t bytes_written_ = 0;
  engine::FileId watched_;

  std::map<engine::ConnId, Connection> connections_;
  std::set<std::string> addresses_;
  std::map<engine::ArticleRef, Article> articles_;
  std::set<engine::ClientId> clients_;  // all that ever joined
  std::uint64_t last_client_ = 0;
  // All names that the engine ever gave.
  std::set<engine::OpId> ops_;
  std::set<engine::FileId> files_;
  std::set<engine::FileId> closing_;
  std::set<engine::ConnId> conns_;
  bool marks_cleared_ = false;
  bool exited_ = false;
  const bool traced_ = std::getenv("INNDUCT_FUZZ_TRACE") != nullptr;
};

}  // namespace innduct::fuzz
