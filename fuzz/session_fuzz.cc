// reply_fuzz.cc: any bytes from a peer, any verbs that the caller may use, in any order.
//
// Demands of a Session: it never crashes; no article is answered twice or unasked; the numbers
// of unanswered commands are right; nothing follows Ended; what is kept is bounded; and a twin
// that gets the same bytes one by one tells the same events.
//
// The input is a list of steps. A step begins with a byte: 0 to 5 are verbs, everything else a
// piece of what the peer sends, which goes on to the next byte 0xff (any other byte may be in it).
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/check.h"
#include "nntp/session.h"

namespace innduct::nntp {
namespace {

// Ids of a peer's replies that the corpus can guess.
std::string message_id(Tag tag) { return "<" + std::to_string(tag % 10) + "@x>"; }

enum class Fate : std::uint8_t { unanswered, granted, done };

struct Article {
  bool alone = false;  // offered by IHAVE
  Fate fate = Fate::unanswered;
};

class Conversation {
 public:
  explicit Conversation(bool may_stream) : session_(may_stream), twin_(may_stream) {}

  void step(std::uint8_t verb) {
    const bool offers = session_.ready() && articles_.size() < articles_max;
    const bool streams = offers && session_.streaming();
    const Tag tag = static_cast<Tag>(articles_.size());
    if (verb == 0 && streams) {
      both([&](Session& session) { session.check(tag, message_id(tag), out_); });
      articles_.push_back({});
    } else if (verb == 1 && streams) {
      both([&](Session& session) { session.take_this(tag, message_id(tag), false, out_); });
      articles_.push_back({});
    } else if (verb == 2 && streams && granted_ && !body_due_) {
      both([&](Session& session) {
        session.take_this(*granted_, message_id(*granted_), true, out_);
      });
      articles_[*granted_].fate = Fate::unanswered;
      granted_.reset();
    } else if (verb == 3 && offers && !streams && session_.unanswered() == 0) {
      both([&](Session& session) { session.ihave(tag, message_id(tag), out_); });
      articles_.push_back({.alone = true});
    } else if (verb == 4 && body_due_) {
      both([](Session& session) { session.ihave_body(); });
      articles_[*granted_].fate = Fate::unanswered;
      granted_.reset();
      body_due_ = false;
    } else if (verb == 5 && !body_due_) {
      both([this](Session& session) { session.quit(out_); });
    }
    agree();
  }

  void hear(std::string_view bytes) {
    session_.receive(bytes, out_);
    for (const char byte : bytes) {
      twin_.receive(std::string_view(&byte, 1), twin_out_);
    }
    while (const auto event = session_.next_event()) {
      core::check(!ended_, "nothing follows Ended");
      core::check(same(event, twin_.next_event()), "the split does not matter");
      std::visit([this](const auto& told) { believe(told); }, *event);
    }
    core::check(!twin_.next_event(), "the split does not matter");
    agree();
  }

 private:
  static constexpr std::size_t articles_max = 2000;

  template <class Verb>
  void both(Verb verb) {
    verb(session_);
    std::swap(out_, twin_out_);
    verb(twin_);
    std::swap(out_, twin_out_);
  }

  void believe(const Ready& ready) {
    core::check(ready.streaming == session_.streaming() || session_.ended(), "Ready is true");
  }
  void believe(const Granted& granted) {
    settle(granted.tag, Fate::granted);
    granted_ = granted.tag;
    body_due_ = articles_[granted.tag].alone;
  }
  void believe(const Answered& answered) {
    settle(answered.tag, Fate::done);
    core::check(answered.text.size() < reply_size_max, "a text is no longer than a reply");
  }
  void believe(const Returned& returned) { settle(returned.tag, Fate::done); }
  void believe(const Ended& ended) {
    core::check(session_.ended(), "Ended is true");
    core::check(ended.text.size() <= reply_size_max, "a text is no longer than a reply");
    core::check(!ended.blamed || articles_.at(*ended.blamed).fate != Fate::done,
                "who is blamed has no answer yet");
    ended_ = true;
  }

  void settle(Tag tag, Fate fate) {
    core::check(tag < articles_.size(), "only what was asked is answered");
    core::check(articles_[tag].fate == Fate::unanswered, "nothing is answered twice");
    articles_[tag].fate = fate;
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
    std::size_t unanswered = 0;
    for (const Article& article : articles_) {
      unanswered += article.fate == Fate::unanswered ? 1 : 0;
    }
    unanswered += body_due_ ? 1 : 0;
    core::check(unanswered == session_.unanswered() || session_.ended(), "the count is right");
    core::check(session_.unanswered_takes() <= session_.unanswered(), "takes are counted, too");
    core::check(out_ == twin_out_, "the split does not matter");
    core::check(out_.size() < 100 + 32 * (articles_.size() + 1) * 2, "commands are few");
  }

  Session session_;
  Session twin_;
  std::string out_;
  std::string twin_out_;
  std::vector<Article> articles_;
  std::optional<Tag> granted_;  // the last one
  bool body_due_ = false;
  bool ended_ = false;
};

}  // namespace
}  // namespace innduct::nntp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  innduct::nntp::Conversation conversation((data[0] & 1) == 0);
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (!rest.empty()) {
    const auto first = static_cast<std::uint8_t>(rest.front());
    if (first <= 5) {
      conversation.step(first);
      rest.remove_prefix(1);
    } else {
      const std::size_t end = std::min(rest.find('\xff'), rest.size());
      conversation.hear(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return 0;
}
