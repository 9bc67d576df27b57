// introduction.h: meets the peer once, without an article, and tells what came of it.
//
// For `innduct --check`: the peer's addresses are tried one after the other, each up to the point
// at which articles could be offered; then QUIT is said. The shell runs it as it runs the engine.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/actions.h"
#include "engine/ids.h"
#include "engine/port.h"
#include "nntp/session.h"

namespace innduct::engine {

class Introduction {
 public:
  // What came of one address.
  struct Met {
    std::string address;
    bool ready = false;      // articles could be offered
    bool streaming = false;  // with CHECK and TAKETHIS
    std::string why_not;     // if not `ready`; fit for logs
    std::string answer;      // if that was an answer of the peer's: what it said, fit for logs
  };

  // In all it takes no longer than `patience`, of which each address has its share.
  Introduction(bool may_stream, core::Duration patience);

  void start(core::Now now, Actions& actions);
  void turn(std::span<const Event> events, core::Now now, Actions& actions);
  core::Instant deadline() const { return until_; }

  // Whether all is known; no event is needed any more.
  bool over() const { return over_; }
  // Each address that was tried.
  const std::vector<Met>& met() const { return met_; }
  // Why none could be tried; empty if one was.
  const std::string& unknown() const { return unknown_; }

 private:
  void on(const Event& event, Actions& actions);
  void received(std::string_view bytes, Actions& actions);
  void failed(std::string_view why);
  void call_next(Actions& actions);

  bool may_stream_;
  core::Duration patience_;
  core::Instant now_{};
  core::Instant give_up_at_{};
  core::Instant until_{};  // for what is under way
  bool over_ = false;
  bool calling_ = false;  // met_.back() has no result yet
  bool next_ = false;     // it is time for the next address
  std::string unknown_;
  std::vector<std::string> addresses_;
  std::vector<Met> met_;
  ConnId conn_;
  std::optional<nntp::Session> session_;
  std::string out_;
};

}  // namespace innduct::engine
