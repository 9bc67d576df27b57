// session_fuzz.cc: any bytes from a peer, any verbs that the caller may use, in any order.
//
// Demands of a Session: it never crashes; articles are answered in the order in which they were
// asked for, none twice or unasked; the numbers of unanswered commands are right; nothing follows
// Ended; all that is said is NNTP; and a twin that gets the same bytes one by one tells the same.
//
// The first byte of the input says whether the session may stream and whether the caller is hasty.
// Then come steps. A step begins with a byte: 0 to 5 are verbs, everything else a piece of what the
// peer sends, which goes on to the next byte 0xff (any other byte may be in it). A hasty caller
// uses the verb of the next step after each event, before it has taken the others.
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "input.h"
#include "nntp/session.h"
#include "nntp_text.h"

namespace innduct::nntp {
namespace {

constexpr std::uint8_t verbs = 6;

// Ids of a peer's replies that the corpus can guess.
std::string message_id(Tag tag) { return "<" + std::to_string(tag % 10) + "@x>"; }

class Conversation {
 public:
  explicit Conversation(bool may_stream) : session_(may_stream), twin_(may_stream) {}

  void step(std::uint8_t verb) {
    const bool offers = ready_ && !quitting_ && offered_ < articles_max;
    const Tag tag = offered_;
    if (verb == 0 && offers && streaming_) {
      both([&](Session& session) { session.check(tag, message_id(tag), out_); });
      ask(offered_++);
    } else if (verb == 1 && offers && streaming_) {
      both([&](Session& session) { session.take_this(tag, message_id(tag), false, out_); });
      ask(offered_++);
    } else if (verb == 2 && offers && streaming_ && granted_) {
      both([&](Session& session) {
        session.take_this(*granted_, message_id(*granted_), true, out_);
      });
      ask(*std::exchange(granted_, std::nullopt));
    } else if (verb == 3 && offers && !streaming_ && asked_.empty()) {
      both([&](Session& session) { session.ihave(tag, message_id(tag), out_); });
      ask(offered_++);
    } else if (verb == 4 && body_due_) {
      both([](Session& session) { session.ihave_body(); });
      body_due_ = false;
    } else if (verb == 5 && !body_due_ && !may_owe_a_body()) {
      both([this](Session& session) { session.quit(out_); });
      quitting_ = true;
    }
    agree();
  }

  // `hasty`: where the verbs between events come from, if from anywhere.
  void hear(std::string_view bytes, fuzz::Input* hasty) {
    hasty_ = hasty_ || hasty != nullptr;
    session_.receive(bytes, out_);
    for (const char byte : bytes) {
      twin_.receive(std::string_view(&byte, 1), twin_out_);
    }
    untaken_ = true;
    while (const auto event = session_.next_event()) {
      core::check(!ended_, "nothing follows Ended");
      core::check(same(event, twin_.next_event()), "the split does not matter");
      std::visit([this](const auto& told) { believe(told); }, *event);
      if (hasty != nullptr && !hasty->empty()) {
        step(hasty->byte() % verbs);
      }
    }
    core::check(!twin_.next_event(), "the split does not matter");
    untaken_ = false;
    agree();
  }

 private:
  static constexpr Tag articles_max = 500;

  template <class Verb>
  void both(Verb verb) {
    verb(session_);
    std::swap(out_, twin_out_);
    verb(twin_);
    std::swap(out_, twin_out_);
  }
  void ask(Tag tag) { asked_.push_back(tag); }
  // An IHAVE may have been granted by an event that was not taken yet.
  bool may_owe_a_body() const { return untaken_ && !streaming_ && !asked_.empty(); }

  void believe(const Ready& ready) {
    core::check(ready.streaming || asked_.empty() || hasty_, "IHAVE waits for all other answers");
    ready_ = true;
    streaming_ = ready.streaming;
  }
  void believe(const Granted& granted) {
    core::check(!asked_.empty() && asked_.front() == granted.tag, "answers come in order (I6)");
    core::check(granted.body_due == !streaming_, "an IHAVE's article follows at once");
    if (granted.body_due) {
      body_due_ = true;
    } else {
      asked_.pop_front();
      granted_ = granted.tag;
    }
  }
  void believe(const Answered& answered) {
    core::check(!body_due_, "an article is answered when it was sent");
    core::check(answered.text.size() < reply_size_max, "a text is no longer than a reply");
    settle(answered.tag);
  }
  void believe(const Returned& returned) {
    core::check(streaming_ || !ready_ || hasty_, "only a CHECK is returned");
    ready_ = ready_ && !streaming_;
    streaming_ = false;
    granted_.reset();
    settle(returned.tag);
  }
  void believe(const Ended& ended) {
    core::check(session_.ended(), "Ended is true");
    core::check(ended.text.size() <= reply_size_max, "a text is no longer than a reply");
    core::check(!ended.blamed || (!asked_.empty() && asked_.front() == *ended.blamed),
                "who is blamed is the first without an answer");
    ended_ = true;
    ready_ = false;
    body_due_ = false;
  }

  void settle(Tag tag) {
    core::check(!asked_.empty() && asked_.front() == tag, "answers come in order (I6)");
    asked_.pop_front();
  }

  static bool same(const std::optional<Event>& left, const std::optional<Event>& right) {
    if (!left || !right || left->index() != right->index()) {
      return false;
    }
    if (const auto* answered = std::get_if<Answered>(&*left)) {
      const auto& other = std::get<Answered>(*right);
      return answered->tag == other.tag && answered->outcome == other.outcome &&
             answered->code == other.code && answered->text == other.text;
    }
    if (const auto* ended = std::get_if<Ended>(&*left)) {
      const auto& other = std::get<Ended>(*right);
      return ended->reason == other.reason && ended->blamed == other.blamed &&
             ended->code == other.code && ended->text == other.text;
    }
    return true;
  }

  void agree() {
    core::check(out_ == twin_out_, "the split does not matter");
    fuzz::check_said(out_, said_);
    if (!untaken_) {
      core::check(session_.unanswered() == asked_.size(), "the count is right");
      core::check(session_.ended() == ended_, "the end is told");
      core::check(session_.ready() == (ready_ && !quitting_), "Ready is told, and holds");
      core::check(!ready_ || session_.streaming() == streaming_, "streaming is told, and holds");
    }
    core::check(session_.unanswered_takes() <= session_.unanswered(), "takes are counted, too");
  }

  Session session_;
  Session twin_;
  std::string out_;
  std::string twin_out_;
  fuzz::Said said_;
  // What the caller knows.
  std::deque<Tag> asked_;       // in order, unanswered
  std::optional<Tag> granted_;  // the last one
  Tag offered_ = 0;
  bool ready_ = false;
  bool streaming_ = false;
  bool body_due_ = false;
  bool quitting_ = false;
  bool ended_ = false;
  bool untaken_ = false;  // there may be events that the caller has not taken
  bool hasty_ = false;    // it does not wait for them
};

}  // namespace
}  // namespace innduct::nntp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace innduct;
  fuzz::Input input(data, size);
  const std::uint8_t character = input.byte();
  nntp::Conversation conversation((character & 1) == 0);
  while (!input.empty()) {
    if (input.next() < nntp::verbs) {
      conversation.step(input.byte());
    } else {
      conversation.hear(input.up_to('\xff'), (character & 2) != 0 ? &input : nullptr);
    }
  }
  return 0;
}
