// scene.h: a whole engine on a stage: a feed directory in memory, innd, a peer and an article store
// that do as they are told. Nothing here judges; what goes well goes well at once.
//
//   Scene s;
//   s.file("F", lines(1, 2));
//   s.start();
//   EXPECT_EQ(s.peer(1).said(), "CHECK <1@x>; CHECK <2@x>");
//   s.peer(1).says("438 <1@x>\r\n");
//   EXPECT_EQ(s.text("F"), blanked(line(1)) + line(2));
//
// Whoever wants it to go badly says so before: hold() keeps an action unanswered, fail() lets it
// fail. Both name actions by how their printed lines begin (printed.h).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/duct.h"
#include "printed.h"
#include "samples.h"

namespace innduct::engine {

class Scene;

// One connection, as the peer has it.
class Peer {
 public:
  // What it heard since this was last asked: commands, and (article) for each body.
  std::string said();
  // Its answer; then the engine does what it does.
  void says(std::string_view bytes);
  // It is gone; with error 0 in good order.
  void hangs_up(int error = 0);
  // The socket takes in what it was given, if Scene::slow_sockets.
  void drains();
  bool open() const { return open_; }
  const std::string& address() const { return address_; }

 private:
  friend class Scene;
  Scene* scene_ = nullptr;
  ConnId id_;
  std::string address_;
  bool open_ = true;
  std::string heard_;
  std::size_t unsent_ = 0;
};

class Scene {
 public:
  Scene();

  Config config;

  // ---- the directory
  // A file with these bytes, long unchanged. Replaces one of that name.
  void file(const std::string& name, std::string_view bytes);
  // Somebody appends to it.
  void append(const std::string& name, std::string_view bytes);
  void remove(const std::string& name);
  void rename(const std::string& from, const std::string& to);
  void cut(const std::string& name, std::size_t size);
  // `name` becomes a symbolic link.
  void symlink(const std::string& name, const std::string& target);
  bool exists(const std::string& name) const { return names_.contains(name); }
  const std::string& text(const std::string& name) const;
  FileStat& stat(const std::string& name);
  // Names of backlog files.
  std::vector<std::string> backlog() const;
  bool somebody_writes = false;  // ProveUnwritten's answer
  int cannot_prove = 0;          // or this errno

  // ---- time
  void start();
  // Everything that can happen without time passing happens.
  void run();
  void pass(core::Duration duration);
  void period() { pass(config.period); }
  // Nothing more is asked for: the process was killed. Another engine finds what is left.
  void restart();

  // ---- what goes badly
  void hold(const std::string& prefix) { held_prefixes_.insert(prefix); }
  // Carries out what was held under `prefix`.
  void let_go(const std::string& prefix);
  bool holding(std::string_view prefix) const;
  // The next `times` actions of this kind fail.
  void fail(const std::string& prefix, int error, int times = 1);

  // ---- innd
  bool flush_asked() const { return flush_.value != 0; }
  int flushes = 0;  // asked so far
  void innd(FlushOutcome outcome, std::string_view text = {});
  // It makes a new F and says Ok.
  void innd_flushes();

  // ---- the peer
  Peer& peer(std::size_t number) { return *peers_.at(number - 1); }
  std::size_t peers() const { return peers_.size(); }
  std::size_t open_peers() const;
  std::vector<std::string> addresses{"192.0.2.1"};
  int resolve_error = 0;
  std::set<std::string> dead_addresses;          // connect fails
  std::string greeting = "200 hello\r\n";        // empty: says nothing
  std::string set_up_answer = "500\r\n203\r\n";  // to CAPABILITIES and MODE STREAM
  std::map<std::string, std::string> answers;    // verb -> code: given by itself, with the id
  bool slow_sockets = false;

  // ---- the article store; what is not named here is there
  std::map<std::string, FetchOutcome> store;  // by locator
  std::size_t article_size = 1000;

  // ---- the table of articles in hand, as the last process left it
  bool crashed = false;
  std::uint64_t run_number = 1;
  std::vector<Mark> marks;

  // ---- people
  std::string ask(std::string_view command);
  void event(const Event& event);

  // ---- what was asked for
  // All that was printed since this was last asked and begins with one of these words.
  std::vector<std::string> asked(const std::vector<std::string>& words);
  // Notes of warning and above that hold these words, since the start.
  std::ptrdiff_t said(std::string_view words) const;
  Status status() const { return duct_->status(now_); }
  FeedState state() const { return status().state; }
  std::optional<Exit> exit() const { return exit_; }
  core::Instant deadline() const { return duct_->deadline(); }
  core::Now now() const { return now_; }
  // If set, counts allocations: those within turns are added up.
  const std::size_t* allocations = nullptr;
  std::size_t allocations_in_turns = 0;
  // The states that the feed went through, since the start.
  const std::vector<std::string>& moves() const { return moves_; }

 private:
  friend class Peer;
  struct File {
    std::string bytes;
    FileStat stat;
    std::string target;  // of a symbolic link
  };
  using FilePtr = std::shared_ptr<File>;

  void turn();
  void learn_names();
  void take_actions();
  void perform(const Action& action);
  void note(const Note& note);
  bool is_held(const std::string& line) const;
  std::optional<int> takes_failure(const std::string& line);
  void answer_by_itself(Peer& peer, std::string_view text);
  FileStat stat_of(const File& file) const;
  File* find(std::string_view name, bool follow);
  void done_or(OpId op, int error);
  void changed(File& file);
  std::string_view keep(std::string_view text) { return arena_.emplace_back(text); }

  // What each action does (scene.cc).
  void act(const OpenFile& a);
  void act(const CloseFile& a);
  void act(const StatName& a);
  void act(const StatFile& a);
  void act(const Read& a);
  void act(const Overwrite& a);
  void act(const Append& a);
  void act(const Truncate& a);
  void act(const Sync& a);
  void act(const SyncDirectory& a);
  void act(const Link& a);
  void act(const Unlink& a);
  void act(const List& a);
  void act(const ProveUnwritten& a);
  void act(const Watch& a);
  void act(const Flush& a);
  void act(const ForgetFlush& a);
  void act(const Fetch& a);
  void act(const Release&) {}
  void act(const ReopenStore& a);
  void act(const ReadMarks& a);
  void act(const ClearMarks& a);
  void act(const Resolve& a);
  void act(const Connect& a);
  void act(const Send& a);
  void act(const Disconnect& a);
  void act(const Answer& a);
  void act(const AnswerJson& a);
  void act(const AnswerTrace& a) { done_or(a.op, 0); }
  void act(const Hangup&) {}
  void act(const Note& a) { note(a); }
  void act(const Outcome&) {}
  void act(const Tell&) {}
  void act(const Exit& a) { exit_ = a; }

  struct Held {
    std::string line;
    Action action;
    std::deque<std::string> texts;  // copies of what the action refers to
  };

  std::unique_ptr<Duct> duct_;
  Actions actions_;
  core::Now now_{core::Instant(std::chrono::hours(1)), core::WallTime(std::chrono::days(10'000))};
  Known known_;
  std::map<std::string, FilePtr, std::less<>> names_;
  std::map<FileId, FilePtr> open_;
  FileId watched_;
  std::uint64_t last_inode_ = 0;
  std::vector<Event> events_;
  std::deque<std::string> arena_;
  std::deque<std::vector<ListedName>> listings_;
  std::deque<std::vector<std::string_view>> address_lists_;
  std::set<std::string> held_prefixes_;
  std::deque<Held> held_;
  std::vector<std::pair<std::string, int>> failures_;
  OpId flush_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<std::string> printed_;
  std::vector<std::string> warnings_;
  std::vector<std::string> moves_;
  std::string answered_;
  std::optional<Exit> exit_;
};

}  // namespace innduct::engine
