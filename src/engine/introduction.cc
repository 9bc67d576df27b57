// introduction.cc: name, addresses, greeting, MODE STREAM, QUIT.
#include "engine/introduction.h"

#include <algorithm>
#include <cstdint>

#include "core/cat.h"
#include "core/duration.h"
#include "core/escape.h"

namespace innduct::engine {
namespace {

constexpr OpId look_up{1};

}  // namespace

Introduction::Introduction(bool may_stream, core::Duration patience)
    : may_stream_(may_stream), patience_(patience) {}

void Introduction::start(core::Now now, Actions& actions) {
  now_ = now.monotonic;
  until_ = give_up_at_ = now_ + patience_;
  actions.add(Resolve{look_up});
}

void Introduction::turn(std::span<const Event> events, core::Now now, Actions& actions) {
  now_ = now.monotonic;
  for (const Event& event : events) {
    on(event, actions);
  }
  if (!over_ && !next_ && now_ >= until_) {
    if (calling_) {
      actions.add(Disconnect{conn_, false});
      failed("no usable answer in time");
    } else {
      unknown_ = core::cat("the look-up took longer than ", core::to_text(patience_));
      over_ = true;
    }
  }
  if (next_ && !over_) {
    call_next(actions);
  }
}

void Introduction::on(const Event& event, Actions& actions) {
  if (const auto* stop = std::get_if<Stop>(&event)) {
    over_ = true;
    actions.add(Exit{0, stop->signal});
  } else if (const auto* resolved = std::get_if<Resolved>(&event)) {
    addresses_.assign(resolved->addresses.begin(), resolved->addresses.end());
    next_ = true;
  } else if (const auto* not_resolved = std::get_if<Failed>(&event)) {
    unknown_ = not_resolved->text;
    over_ = true;
  } else if (const auto* lost = std::get_if<Lost>(&event); lost != nullptr && lost->conn == conn_) {
    if (calling_) {
      failed(lost->text);
    }
  } else if (const auto* bytes = std::get_if<Received>(&event);
             bytes != nullptr && bytes->conn == conn_ && calling_) {
    received(bytes->bytes, actions);
  }
}

void Introduction::received(std::string_view bytes, Actions& actions) {
  session_->receive(bytes, out_);
  while (const auto event = session_->next_event()) {
    if (const auto* ready = std::get_if<nntp::Ready>(&*event)) {
      met_.back().ready = true;
      met_.back().streaming = ready->streaming;
      session_->quit(out_);
    } else if (const auto* end = std::get_if<nntp::Ended>(&*event)) {
      actions.add(Disconnect{conn_, false});
      met_.back().answer = core::escaped(end->text);
      failed(core::cat("the peer said: ", met_.back().answer));
      return;
    }
  }
  if (!out_.empty()) {
    actions.add(Send{conn_, actions.keep(out_), {}});
    out_.clear();
  }
  if (met_.back().ready) {
    actions.add(Disconnect{conn_, true});
    calling_ = false;
    next_ = true;
  }
}

void Introduction::failed(std::string_view why) {
  met_.back().why_not = why;
  calling_ = false;
  next_ = true;
}

void Introduction::call_next(Actions& actions) {
  next_ = false;
  if (met_.size() == addresses_.size()) {
    over_ = true;
    return;
  }
  const auto left = std::max(give_up_at_ - now_, core::Duration::zero());
  until_ = now_ + left / static_cast<std::int64_t>(addresses_.size() - met_.size());
  met_.push_back({.address = addresses_[met_.size()]});
  conn_ = {conn_.value + 1};
  session_.emplace(may_stream_);
  out_.clear();
  calling_ = true;
  actions.add(Connect{conn_, actions.keep(met_.back().address)});
}

}  // namespace innduct::engine
