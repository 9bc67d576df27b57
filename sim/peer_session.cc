// peer_session.cc: one connection as the peer sees it: reading commands, judging, answering.
#include <array>

#include "core/cat.h"
#include "core/escape.h"
#include "sim/failure.h"
#include "sim/peer.h"

namespace innduct::sim {

using core::cat;

// ---------------------------------------------------------------- saying

void PeerSession::say(std::string text, bool closes) {
  if (closed_) return;
  replies_.push_back({.text = std::move(text), .closes = closes});
  closed_ = closes;
}

void PeerSession::answer(Verb verb, ArticleNumber number, int code, bool closes) {
  if (closed_) return;
  const bool about_article = code / 100 != 5 && code != 400 && code != 401 && code != 480 &&
                             code != 483 && verb != Verb::ihave && verb != Verb::ihave_body;
  std::string text = cat(code);
  if (about_article) text += cat(' ', peer_.articles_[number].message_id);
  if (dice_.one_in(3)) text += " so it is";
  text += "\r\n";
  const bool final =
      code == 235 || code == 239 || code == 435 || code == 437 || code == 438 || code == 439;
  replies_.push_back({std::move(text), verb, number, code, closes, final});
  closed_ = closes;
}

std::optional<Reply> PeerSession::next_reply() {
  if (replies_.empty()) return std::nullopt;
  Reply reply = std::move(replies_.front());
  replies_.pop_front();
  return reply;
}

void PeerSession::delivered(const Reply& reply) {
  if (reply.verb == Verb::ihave || reply.verb == Verb::ihave_body) ihave_unanswered_ = false;
}

// ---------------------------------------------------------------- reading

void PeerSession::receive(std::string_view bytes) {
  if (closed_ || silent_) return;
  const PeerOptions& o = peer_.stage_.options.peer;
  if (strikes(o.closes)) {
    // It reads a part of this, acts on it, and is gone.
    read(bytes.substr(0, dice_.below(bytes.size() + 1)));
    say(dice_.coin() ? "" : "400 going down\r\n", true);
    return;
  }
  if (strikes(o.stalls)) silent_ = true;
  read(bytes);
}

void PeerSession::read(std::string_view bytes) {
  buffer_ += bytes;
  while (!closed_ && !silent_) {
    if (body_of_ == Verb::other) {
      const std::size_t end = buffer_.find("\r\n", searched_);
      if (end == std::string::npos) {
        searched_ = buffer_.empty() ? 0 : buffer_.size() - 1;
        return;
      }
      const std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 2);
      searched_ = 0;
      command(line);
    } else {
      const std::size_t end = buffer_.find("\r\n.\r\n", searched_);
      if (end == std::string::npos) {
        searched_ = buffer_.size() < 4 ? 0 : buffer_.size() - 4;
        return;
      }
      const std::string text = buffer_.substr(0, end + 5);
      buffer_.erase(0, end + 5);
      searched_ = 0;
      body(text);
    }
  }
}

ArticleNumber PeerSession::article_of(std::string_view argument, std::string_view line) {
  const auto number = peer_.articles_.by_message_id(argument);
  if (!number) {
    throw Failure(cat("C5: the program offers what innd never fed: `", core::escaped(line), "`"));
  }
  return *number;
}

void PeerSession::command(std::string_view line) {
  if (ihave_unanswered_) {
    throw Failure(
        cat("C5: a command behind an IHAVE that is not answered yet: `", core::escaped(line), "`"));
  }
  const std::size_t space = line.find(' ');
  const std::string_view verb = line.substr(0, space);
  const std::string_view argument =
      space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  if (line == "CAPABILITIES") {
    say(strikes(200) ? std::string("500 What?\r\n")
                     : cat("101 Here\r\nVERSION 2\r\nIHAVE\r\n",
                           peer_.stage_.options.peer.streams ? "STREAMING\r\n" : "", ".\r\n"));
  } else if (line == "MODE STREAM") {
    mode_stream();
  } else if (line == "QUIT") {
    say("205 Bye\r\n", true);
  } else if (verb == "CHECK" && streaming_) {
    check(article_of(argument, line));
  } else if (verb == "TAKETHIS" && streaming_) {
    body_number_ = article_of(argument, line);
    body_of_ = Verb::takethis;
  } else if (verb == "IHAVE") {
    ihave(article_of(argument, line));
  } else {
    throw Failure(cat("C5: not a command that may be sent here: `", core::escaped(line), "`"));
  }
}

void PeerSession::greet() {
  if (!strikes(peer_.stage_.options.peer.bad_greetings)) {
    say(dice_.coin() ? "200 sim.example ready\r\n" : "201 sim.example ready\r\n");
    return;
  }
  switch (dice_.below(6)) {
    case 0:
      return say("400 too many connections\r\n", true);
    case 1:
      return say("502 who are you?\r\n", true);
    case 2:
      return say("220 mail.example ESMTP\r\n");
    case 3:
      return say(std::string(2000, 'x'));
    case 4:
      silent_ = true;
      return;
    default:
      return say({}, true);
  }
}

void PeerSession::mode_stream() {
  if (strikes(peer_.stage_.options.peer.bad_modes)) {
    constexpr std::array<std::string_view, 6> texts{"400 no\r\n", "480 log in\r\n", "502 no\r\n",
                                                    "999\r\n",    "\r\n",           "203"};
    const std::string_view text = dice_.pick(texts);
    say(std::string(text), dice_.coin());
    return;
  }
  streaming_ = peer_.stage_.options.peer.streams;
  if (streaming_) {
    say("203 Streaming is OK\r\n");
  } else {
    say(dice_.coin() ? "500 What?\r\n" : "501 Bad subcommand\r\n");
  }
}

// ---------------------------------------------------------------- judging

bool PeerSession::upset(Verb verb, ArticleNumber number) {
  const PeerOptions& o = peer_.stage_.options.peer;
  if (strikes(o.leaves)) {
    answer(verb, number, 400, true);
  } else if (strikes(o.misconfigured)) {
    constexpr std::array codes{401, 480, 483, 502};
    answer(verb, number, dice_.pick(codes));
  } else if (strikes(o.nonsense)) {
    nonsense(verb, number);
  } else if (strikes(o.chatter)) {
    say("199 nobody asked\r\n");
  } else {
    return false;
  }
  return true;
}

void PeerSession::nonsense(Verb verb, ArticleNumber number) {
  const std::string& id = peer_.articles_[number].message_id;
  const bool check = verb == Verb::check;
  Reply reply{.verb = verb, .number = number};
  switch (dice_.below(7)) {
    case 0:
      reply.text = check ? "238 <wrong@sim.example>\r\n" : "239 <wrong@sim.example>\r\n";
      break;
    case 1:
      reply.text = check ? "438 <wrong@sim.example>\r\n" : "439 <wrong@sim.example>\r\n";
      break;
    case 2:
      reply.text = cat(check ? "239 " : "238 ", id, "\r\n");
      break;
    case 3:
      reply.text = cat("111 ", id, "\r\n");
      break;
    case 4:
      reply.text = cat("238 ", std::string(2000, 'y'), "\r\n");
      break;
    case 5:
      reply.text = std::string("\0\0\0\0\xff\xfe\r\n", 8);
      break;
    default:
      reply.text = "23\r\n";
      break;
  }
  // IHAVE's own replies bear no id; there only the malformed ones are nonsense.
  if (verb == Verb::ihave || verb == Verb::ihave_body) reply.text = "111 what\r\n";
  replies_.push_back(std::move(reply));
}

bool PeerSession::treats_all_alike(Verb verb, ArticleNumber number) {
  const bool body = verb == Verb::takethis || verb == Verb::ihave_body;
  switch (peer_.mood_) {
    case Peer::Mood::fair:
      return false;
    case Peer::Mood::defers:
      answer(verb, number, dice_.coin() ? 431 : 436);
      return true;
    case Peer::Mood::rejects:
      // As a full disk makes a real server do: it asks for everything and keeps nothing.
      if (!body) return false;
      peer_.ledger_.settle(number, verb == Verb::takethis ? 439 : 437);
      answer(verb, number, verb == Verb::takethis ? 439 : 437);
      return true;
    case Peer::Mood::refuses:
      answer(verb, number, 503);
      return true;
  }
  return false;
}

bool PeerSession::oddity(Verb verb, ArticleNumber number) {
  if (treats_all_alike(verb, number)) return true;
  const PeerOptions& o = peer_.stage_.options.peer;
  if (strikes(o.refuses_one)) {
    constexpr std::array codes{501, 503, 599};
    answer(verb, number, dice_.pick(codes));
    return true;
  }
  if (strikes(o.odd_answers)) {
    constexpr std::array codes{403, 404, 435, 437, 438, 439, 450};
    const int code = dice_.pick(codes);
    const bool final = code == 435 || code == 437 || code == 438 || code == 439;
    if (final) peer_.ledger_.settle(number, code);
    answer(verb, number, code);
    return true;
  }
  if (strikes(o.defers)) {
    answer(verb, number, dice_.coin() ? 431 : 436);
    return true;
  }
  return false;
}

void PeerSession::check(ArticleNumber number) {
  forgot_streaming_ = forgot_streaming_ || strikes(peer_.stage_.options.peer.stops_streaming);
  if (forgot_streaming_) {
    answer(Verb::check, number, 500);
    return;
  }
  if (upset(Verb::check, number) || oddity(Verb::check, number)) return;
  if (peer_.opinion(number).has) {
    peer_.ledger_.settle(number, 438);
    answer(Verb::check, number, 438);
  } else {
    answer(Verb::check, number, 238);
  }
}

void PeerSession::ihave(ArticleNumber number) {
  ihave_unanswered_ = true;
  if (upset(Verb::ihave, number) || oddity(Verb::ihave, number)) return;
  if (peer_.opinion(number).has) {
    peer_.ledger_.settle(number, 435);
    answer(Verb::ihave, number, 435);
  } else {
    body_of_ = Verb::ihave_body;
    body_number_ = number;
    answer(Verb::ihave, number, 335);
  }
}

void PeerSession::body(std::string_view text) {
  const Verb verb = body_of_;
  const ArticleNumber number = body_number_;
  body_of_ = Verb::other;
  if (text != peer_.articles_.wire(number)) {
    throw Failure(cat("C5: the article sent for ", peer_.articles_[number].message_id,
                      " is not the one in the spool: `", core::escaped(text), "`"),
                  peer_.articles_[number].message_id);
  }
  const Peer::Opinion opinion = peer_.opinion(number);
  if (opinion.kills || peer_.sick_) {
    peer_.stage_.say("peer", "closes, as it always does on ", peer_.articles_[number].message_id);
    say({}, true);
    return;
  }
  ihave_unanswered_ = verb == Verb::ihave_body;
  if (forgot_streaming_ && verb == Verb::takethis) {
    answer(verb, number, 500);
    return;
  }
  if (upset(verb, number) || oddity(verb, number)) return;
  const bool ihave = verb == Verb::ihave_body;
  const bool rejects = opinion.rejects || (opinion.has && !ihave);
  const int code = rejects ? (ihave ? 437 : 439) : (ihave ? 235 : 239);
  if (!rejects) peer_.accept(number);
  peer_.ledger_.settle(number, code);
  answer(verb, number, code);
}

}  // namespace innduct::sim
