// verdict.h: what each reply code means as the answer to each command. The one table.
//
// A peer may answer any command with almost any code (RFC 3977 3.2.1), and peers do. Whatever
// is said about a code is said here; session.h only carries it out.
#pragma once

#include <cstdint>

#include "nntp/command.h"

namespace innduct::nntp {

enum class Verdict : std::uint8_t {
  // Before the first article.
  welcome,        // the greeting: commands may be sent
  list_follows,   // 101: lines follow, up to one with a single dot
  passed_over,    // any other answer to CAPABILITIES: a peer from before RFC 3977
  streaming,      // 203
  not_streaming,  // any other answer to MODE STREAM: the peer knows IHAVE only
  unusable,       // the session cannot be used

  // For an article; the session goes on.
  granted,        // send it
  accepted,       // the peer has taken it
  unwanted,       // the peer has it already
  rejected,       // the peer will never take it
  deferred,       // later
  suspicious,     // deferred, and the article may be what the peer stumbles over
  check_unknown,  // 500 to CHECK: the peer cannot stream after all

  // The end of the session.
  closing,        // 400: the peer goes away
  configuration,  // an administrator must act; no article is to blame
  nonsense,       // the conversation can no longer be trusted; the evidence points to the article
  goodbye,        // the answer to QUIT, whatever it is
};

// What `code` means as the answer to `verb`. Code 0 stands for a reply that has none.
Verdict verdict(Verb verb, int code);

}  // namespace innduct::nntp
