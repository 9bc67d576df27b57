// session.cc: the state machine of one conversation.
//
// Its state is the queue of what the peer has not answered, from the greeting to QUIT; each
// reply belongs to the front of that queue (I6) and verdict.h says what it means there.
#include "nntp/session.h"

#include "core/check.h"
#include "core/message_id.h"
#include "nntp/verdict.h"

namespace innduct::nntp {
namespace {

// What is said between the greeting and the first article, in one pipeline. A step that must
// end a pipeline (STARTTLS, AUTHINFO, COMPRESS) would cut this list in two.
constexpr Verb set_up_steps[] = {Verb::capabilities, Verb::mode_stream};

// A list of capabilities has some ten lines. A peer that never ends it is given up.
constexpr int list_lines_max = 1000;

// Whether the reply to `verb` names another article than `message_id`. RFC 4644 2.4, 2.5: the
// id comes first. What follows the code of an IHAVE's reply is free text, so only what is
// beyond doubt an id is taken for one there.
bool names_another(const Reply& reply, Verb verb, std::string_view message_id) {
  const std::string_view id = named_id(reply.line);
  if (id.empty() || id == message_id) {
    return false;
  }
  return verb == Verb::check || verb == Verb::take_this || core::is_message_id(id);
}

// Whether the verdict is one about the article that the command named.
bool concerns_article(Verdict verdict) {
  switch (verdict) {
    case Verdict::granted:
    case Verdict::accepted:
    case Verdict::unwanted:
    case Verdict::rejected:
    case Verdict::deferred:
      return true;
    default:
      return false;
  }
}

}  // namespace

Session::Session(bool may_stream) : may_stream_(may_stream) { asked_.push().verb = Verb::greeting; }

void Session::receive(std::string_view bytes, std::string& out) {
  while (!ended_) {
    const std::optional<Reply> reply = reader_.next(bytes);
    if (!reply) {
      return;
    }
    judge(*reply, out);
  }
}

std::optional<Event> Session::next_event() {
  if (told_.empty()) {
    return std::nullopt;
  }
  const Told& told = told_.pop();
  Event event = told.event;
  if (auto* answered = std::get_if<Answered>(&event)) {
    answered->text = told.text;
  } else if (auto* ended = std::get_if<Ended>(&event)) {
    ended->text = told.text;
  }
  return event;
}

void Session::check(Tag tag, std::string_view message_id, std::string& out) {
  core::check(may_stream_articles(), "CHECK needs a session that streams");
  offer(Verb::check, tag, message_id, false, out);
}

void Session::take_this(Tag tag, std::string_view message_id, bool granted, std::string& out) {
  core::check(may_stream_articles(), "TAKETHIS needs a session that streams");
  offer(Verb::take_this, tag, message_id, granted, out);
  ++takes_;
}

void Session::ihave(Tag tag, std::string_view message_id, std::string& out) {
  core::check(ready_ && !streaming() && unanswered_ == 0 && !quitting_ && caller_may(!ended_),
              "IHAVE needs a session that does not stream and has nothing unanswered");
  offer(Verb::ihave, tag, message_id, false, out);
}

void Session::ihave_body() {
  core::check(body_due_, "an IHAVE's article follows its 335");
  body_due_ = false;
  asked_.front().verb = Verb::ihave_body;
  ++takes_;
}

void Session::quit(std::string& out) {
  if (quitting_ || ended_) {
    return;
  }
  core::check(!body_due_, "a QUIT behind 335 would be read as the article");
  quitting_ = true;
  const bool greeted = asked_.empty() || asked_.front().verb != Verb::greeting;
  if (greeted) {
    ask(Verb::quit, out);
  }
}

void Session::judge(const Reply& reply, std::string& out) {
  show(reply);
  if (list_lines_) {
    return pass_list_line(reply);
  }
  const Verb verb = asked_.empty() || body_due_ ? Verb::nothing : asked_.front().verb;
  Verdict meaning = verdict(verb, reply.code);
  if (concerns_article(meaning) && names_another(reply, verb, asked_.front().message_id)) {
    meaning = Verdict::nonsense;
  }
  switch (meaning) {
    case Verdict::welcome:
      return welcome(out);
    case Verdict::list_follows:
      list_lines_ = 0;
      return;
    case Verdict::streaming:
      streams_ = true;
      return step_done();
    case Verdict::passed_over:
    case Verdict::not_streaming:
      return step_done();
    case Verdict::unusable:
      return end(EndReason::unusable, std::nullopt, reply);

    case Verdict::granted:
      return grant();
    case Verdict::accepted:
      return answer(Outcome::accepted, false, reply);
    case Verdict::unwanted:
      return answer(Outcome::unwanted, false, reply);
    case Verdict::rejected:
      return answer(Outcome::rejected, false, reply);
    case Verdict::deferred:
      return answer(Outcome::deferred, false, reply);
    case Verdict::suspicious:
      return answer(Outcome::deferred, true, reply);
    case Verdict::check_unknown:
      return stop_streaming(reply);

    case Verdict::closing:
      return end(EndReason::closing, std::nullopt, reply);
    case Verdict::configuration:
      return end(EndReason::configuration, std::nullopt, reply);
    case Verdict::nonsense:
      return end(EndReason::protocol, first_unanswered(), reply);
    case Verdict::goodbye:
      return end(EndReason::goodbye, std::nullopt, reply);
  }
}

void Session::welcome(std::string& out) {
  asked_.pop();
  if (quitting_) {
    return ask(Verb::quit, out);
  }
  for (const Verb step : set_up_steps) {
    if (step != Verb::mode_stream || may_stream_) {
      ask(step, out);
    }
  }
}

// A line of a list that nobody reads. RFC 3977 3.1.1: only its last line is a single dot.
void Session::pass_list_line(const Reply& reply) {
  if (reply.line == ".") {
    list_lines_.reset();
    return step_done();
  }
  if (reply.too_long || ++*list_lines_ > list_lines_max) {
    end(EndReason::unusable, std::nullopt, {.code = 0, .line = reply.line});
  }
}

void Session::step_done() {
  asked_.pop();
  if (asked_.empty()) {
    ready_ = true;
    tell(Ready{.streaming = streaming()});
  }
}

void Session::grant() {
  const Asked& first = asked_.front();
  if (first.verb == Verb::check && check_unknown_) {
    return hand_back();
  }
  const bool alone = first.verb == Verb::ihave;
  tell(Granted{.tag = first.tag, .body_due = alone});
  if (alone) {
    body_due_ = true;  // It stays unanswered.
  } else {
    article_done();
  }
}

void Session::answer(Outcome outcome, bool suspicious, const Reply& reply) {
  const Asked& first = asked_.front();
  const bool take = first.verb == Verb::take_this;
  tell(Answered{.tag = first.tag,
                .outcome = outcome,
                .suspicious = suspicious,
                .unchecked = take && !first.granted,
                .after_grant = take && first.granted,
                .code = reply.code,
                .text = {}},
       reply.line);
  article_done();
}

void Session::stop_streaming(const Reply& reply) {
  ready_ = ready_ && check_unknown_;  // Ready for IHAVE is said once, and then holds.
  check_unknown_ = true;
  if (takes_ > 0) {
    return end(EndReason::protocol, std::nullopt, reply);
  }
  hand_back();
}

void Session::hand_back() {
  tell(Returned{.tag = asked_.front().tag});
  article_done();
}

void Session::end(EndReason reason, std::optional<Tag> blamed, const Reply& reply) {
  ended_ = true;
  tell(Ended{.reason = reason,
             .blamed = blamed,
             .no_streaming = check_unknown_,
             .code = reply.code,
             .text = {}},
       reply.line);
}

// What is asked besides articles is asked before the first and behind the last of them.
std::optional<Tag> Session::first_unanswered() const {
  return unanswered_ > 0 ? std::optional(asked_.front().tag) : std::nullopt;
}

void Session::tell(const Event& event, std::string_view text) {
  Told& told = told_.push();
  told.event = event;
  told.text.assign(text);
}

// The reply is not judged yet: what it belongs to is in front.
void Session::show(const Reply& reply) const {
  if (witness_) {
    // What is asked besides articles names none, but its room may hold the id of an earlier one.
    const bool concerns_one = unanswered_ > 0;
    witness_(false, reply.line, concerns_one ? asked_.front().message_id : std::string_view());
  }
}

// `command`: with its CRLF.
void Session::show(std::string_view command, std::string_view message_id) const {
  if (witness_) {
    command.remove_suffix(2);
    witness_(true, command, message_id);
  }
}

void Session::ask(Verb verb, std::string& out) {
  const std::size_t start = out.size();
  append_command(verb, {}, out);
  show(std::string_view(out).substr(start), {});
  asked_.push().verb = verb;
}

void Session::offer(Verb verb, Tag tag, std::string_view message_id, bool granted,
                    std::string& out) {
  const std::size_t start = out.size();
  append_command(verb, message_id, out);
  show(std::string_view(out).substr(start), message_id);
  Asked& asked = asked_.push();
  asked.verb = verb;
  asked.tag = tag;
  asked.granted = granted;
  asked.message_id.assign(message_id);
  ++unanswered_;
}

void Session::article_done() {
  const Verb verb = asked_.pop().verb;
  --unanswered_;
  if (verb == Verb::take_this || verb == Verb::ihave_body) {
    --takes_;
  }
  if (!ready_ && unanswered_ == 0 && !quitting_) {
    ready_ = true;  // The last CHECK that the peer did not know is out of the way.
    tell(Ready{.streaming = false});
  }
}

bool Session::may_stream_articles() const {
  return streams_ && !quitting_ && caller_may(ready_ && streaming() && !ended_);
}

// The caller cannot know what an event says that it has not taken yet.
bool Session::caller_may(bool permitted) const { return permitted || !told_.empty(); }

}  // namespace innduct::nntp
