// session.h: one NNTP conversation with a peer, from its greeting to QUIT, without any I/O.
//
// Bytes in, events out; verbs in, bytes out. Modelled on a sequence, not on a socket: the
// session neither connects nor closes, knows no time, and forgets nothing that is unanswered.
//
//   session.receive(bytes, out);                  // may write commands of its own to `out`
//   while (auto event = session.next_event()) ...
//   session.check(tag, "<a@b>", out);             // appends "CHECK <a@b>\r\n"
//
// Greeting, CAPABILITIES and MODE STREAM are its own business (RFC 3977 5.1, 5.2; RFC 4644
// 2.3): it says Ready when articles may be offered. Replies are matched to commands by order
// (I6); an id that a reply carries is compared. What each reply means is one table, in
// verdict.h. TLS, AUTHINFO and COMPRESS have their place in session.cc's list of set-up steps.
//
// receive() reads all that it is given at once, so the session may be further than the event
// in hand: it may have ended, or lost its streaming, by a later event that still waits. A verb
// called meanwhile does no harm: it is carried out, and what it asked is as unanswered as the
// rest. Once next_event() returned nothing, the caller knows all, and each verb demands what
// is written at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "nntp/command.h"
#include "nntp/reply.h"
#include "nntp/ring.h"

namespace innduct::nntp {

// What the caller calls an article that it offers; means nothing to the session.
using Tag = std::uint32_t;

// Articles may be offered now: with check() and take_this(), or, not streaming, one at a time
// with ihave().
struct Ready {
  bool streaming = false;
};

// 238 or 335: the peer wants the article. After 238 it may be sent with take_this() or not at
// all; after 335, then `body_due`, ihave_body() must follow.
struct Granted {
  Tag tag = 0;
  bool body_due = false;
};

enum class Outcome : std::uint8_t {
  accepted,  // 239, 235
  unwanted,  // 438, 435: the peer has it
  rejected,  // 439, 437: the peer will not have it
  deferred,  // 431, 436, 403, other 4xx: later; also 501 and other 5xx, then `suspicious`
};

// The article's command was answered and is done with.
struct Answered {
  Tag tag = 0;
  Outcome outcome{};
  bool suspicious = false;   // the answer blames this article or is nonsense for it (501, 5xx)
  bool unchecked = false;    // the answer is to a TAKETHIS that no CHECK preceded
  bool after_grant = false;  // the answer is to an article that a 238 asked for
  int code = 0;
  std::string_view text;  // the reply line without CRLF; valid until the next receive()
};

// 500 to CHECK: the peer cannot stream after all (or 238 to a CHECK behind such a one). This
// article was not offered. When no command is unanswered any more, the session says Ready
// again, for IHAVE; until then nothing may be offered. Articles that were granted earlier and
// not sent are to be offered anew. With a TAKETHIS unanswered the session ends instead.
struct Returned {
  Tag tag = 0;
};

enum class EndReason : std::uint8_t {
  closing,        // 400: the peer is going away; nobody is to blame
  configuration,  // 401, 480, 483, 502: an administrator must act
  protocol,       // nonsense: malformed, too long, wrong id, unasked, or 5xx to TAKETHIS
  unusable,       // the greeting or MODE STREAM stage did not lead to a usable session
  goodbye,        // 205 to our QUIT
};

// The session is over: whatever is unanswered goes back to the queue and the connection is to
// be closed. `blamed` is the article that the evidence points to; it is deferred.
struct Ended {
  EndReason reason{};
  std::optional<Tag> blamed;
  bool no_streaming = false;  // 500 to CHECK was seen: new sessions should use IHAVE
  int code = 0;               // 0 if no code could be read
  // The offending line or its beginning, unescaped; valid until the next receive().
  std::string_view text;
};

using Event = std::variant<Ready, Granted, Answered, Returned, Ended>;

// Is shown each line of a conversation, without what ends it, as it is said: ours (`we`) or the
// peer's; and the message-id of the article that it concerns, if any. Article text is not shown.
using Witness = std::function<void(bool we, std::string_view line, std::string_view message_id)>;

class Session {
 public:
  // `may_stream` false: IHAVE only, MODE STREAM is never sent.
  explicit Session(bool may_stream);
  // From now on `witness` is shown what is said.
  void watch(Witness witness) { witness_ = std::move(witness); }

  // Takes what the peer sent, in any split. Commands that the session itself must send (MODE
  // STREAM) are appended to `out`. Nothing is taken after Ended.
  void receive(std::string_view bytes, std::string& out);

  // The next event, oldest first.
  std::optional<Event> next_event();

  // Offers an article. Needs Ready, streaming.
  void check(Tag tag, std::string_view message_id, std::string& out);
  // Appends the command line behind which the caller puts the article. `granted`: a 238 asked
  // for it. Needs Ready, streaming.
  void take_this(Tag tag, std::string_view message_id, bool granted, std::string& out);
  // Offers an article. Needs Ready, not streaming, nothing unanswered.
  void ihave(Tag tag, std::string_view message_id, std::string& out);
  // Says that the caller now sends the article that the 335 asked for.
  void ihave_body();
  // Asks for the end. Nothing may be offered afterwards; unanswered commands are still answered.
  // Before the greeting, the QUIT follows it. Not between a Granted 335 and its article. Asked
  // again, or after the end, it does nothing.
  void quit(std::string& out);

  // Whether articles may be offered now.
  bool ready() const { return ready_ && !quitting_ && !ended_; }
  // Whether they may be offered with check() and take_this().
  bool streaming() const { return streams_ && !check_unknown_; }
  bool ended() const { return ended_; }
  bool quitting() const { return quitting_; }
  // Number of commands without an answer (the ones for articles).
  std::size_t unanswered() const { return unanswered_; }
  // Number of unanswered TAKETHIS or IHAVE bodies.
  std::size_t unanswered_takes() const { return takes_; }

 private:
  // Something that the peer has not answered yet.
  struct Asked {
    Verb verb{};
    Tag tag = 0;
    bool granted = false;  // take_this: a 238 asked for it
    std::string message_id;
  };
  // An event that was not taken yet, with what its text will show.
  struct Told {
    Event event;
    std::string text;
  };

  void judge(const Reply& reply, std::string& out);
  void welcome(std::string& out);
  void pass_list_line(const Reply& reply);
  void step_done();
  void grant();
  void answer(Outcome outcome, bool suspicious, const Reply& reply);
  void stop_streaming(const Reply& reply);
  void hand_back();
  void end(EndReason reason, std::optional<Tag> blamed, const Reply& reply);
  std::optional<Tag> first_unanswered() const;
  void tell(const Event& event, std::string_view text = {});
  void show(const Reply& reply) const;
  void show(std::string_view command, std::string_view message_id) const;

  void ask(Verb verb, std::string& out);
  void offer(Verb verb, Tag tag, std::string_view message_id, bool granted, std::string& out);
  void article_done();
  bool may_stream_articles() const;
  bool caller_may(bool permitted) const;

  Witness witness_;
  bool may_stream_;
  bool ready_ = false;          // Ready was said, and holds
  bool streams_ = false;        // MODE STREAM was answered by 203
  bool check_unknown_ = false;  // CHECK was answered by 500
  bool body_due_ = false;       // a 335 came, and ihave_body() did not
  bool quitting_ = false;
  bool ended_ = false;
  std::optional<int> list_lines_;  // how long the list is so far that is being passed over
  std::size_t unanswered_ = 0;
  std::size_t takes_ = 0;
  ReplyReader reader_;
  Ring<Asked> asked_;
  Ring<Told> told_;
};

}  // namespace innduct::nntp
