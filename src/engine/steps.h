// steps.h: file operations that must happen one after the other, each only after the one
// before it is done.
//
// The moves of durability (link, sync the directory, unlink, sync the directory) are written
// as such lists, so that the order can be read where the move is decided. A step that fails
// stops the list; its owner decides what that means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/turn.h"

namespace innduct::engine {

struct Step {
  enum class Kind : std::uint8_t {
    sync_file,
    sync_directory,
    link,             // name -> to
    unlink,           // name; that it is gone already is as good
    close,            // file
    expect_file,      // lstat of name: must be `expected`'s inode
    expect_absent,    // lstat of name: there must be nothing
    expect_size,      // stat of name: must be of `expected.size` bytes
    prove_unwritten,  // name
  };
  Kind kind{};
  FileId file;
  std::string name;
  std::string to;
  FileStat expected;
  Rule rule = Rule::none;  // why the step is there, if a rule demands it

  static Step sync(Rule rule, FileId file) { return {Kind::sync_file, file, {}, {}, {}, rule}; }
  static Step sync_directory(Rule rule) { return {Kind::sync_directory, {}, {}, {}, {}, rule}; }
  static Step link(std::string from, std::string to) {
    return {Kind::link, {}, std::move(from), std::move(to), {}};
  }
  static Step unlink(std::string name) { return {Kind::unlink, {}, std::move(name), {}, {}}; }
  static Step close(FileId file) { return {Kind::close, file, {}, {}, {}}; }
  static Step expect_file(Rule rule, std::string name, const FileStat& stat) {
    return {Kind::expect_file, {}, std::move(name), {}, stat, rule};
  }
  static Step expect_absent(Rule rule, std::string name) {
    return {Kind::expect_absent, {}, std::move(name), {}, {}, rule};
  }
  static Step expect_size(Rule rule, std::string name, std::uint64_t size) {
    FileStat stat;
    stat.size = size;
    return {Kind::expect_size, {}, std::move(name), {}, stat, rule};
  }
  static Step prove_unwritten(Rule rule, std::string name) {
    return {Kind::prove_unwritten, {}, std::move(name), {}, {}, rule};
  }
};

class Steps {
 public:
  // How a list ended.
  struct End {
    bool ok = false;
    Step failed;       // the step that failed
    int error = 0;     // its errno; 0: an expectation was not met
    std::string text;  // for people: what failed
  };

  // Starts a list. `owner` is told of the answers. Requires that none is running.
  void begin(Turn& turn, Room owner, std::vector<Step> steps);
  bool running() const { return at_ < steps_.size(); }
  // Takes an event; tells how the list ended, if it did with this event. A failed sync or close
  // ends the engine (I9).
  std::optional<End> on(Turn& turn, const Event& event);

 private:
  void ask(Turn& turn);
  std::optional<End> advance(Turn& turn);
  std::optional<End> failed(Turn& turn, int error, std::string_view text);

  Room owner_{};
  std::vector<Step> steps_;
  std::size_t at_ = 0;
  OpId op_;
};

}  // namespace innduct::engine
