// dialog.h: recorded conversations, replayed against a Session.
//
// A file of dialogs/ holds several; each is a title and steps, one a line:
//
//   == 238, then 239             a new session begins
//   ihave only                   before the first step: the session is told not to stream
//   begin streaming              short for the greeting up to Ready (or: begin ihave)
//   S: 238 <a@b>                 the peer sends this line and CRLF; \xHH is a byte
//   S lf: 238 <a@b>              the same with LF
//   S raw: 238                   the same with nothing behind it
//   S 1000 times: x              as raw, that often
//   C: CHECK <a@b>               the session has written this line
//   check 1 <a@b>                the caller's verbs; a number is a tag
//   take 1 <a@b>                 a TAKETHIS that no CHECK preceded
//   take granted 1 <a@b>
//   ihave 1 <a@b>
//   body
//   quit
//   event answered 1 accepted 239 after_grant | 239 <a@b>      the next event, with or without
//                                                              its text
//   state ready streaming unanswered=1 takes=0
//   S? 238 => granted 1          one ending of several: the dialog is played with each
//   # a comment
//
// What the peer sends between two other steps reaches the session in one piece, line by line or
// byte by byte. At the end no event and no output may be left.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "nntp/session.h"

namespace innduct::nntp {

struct Step {
  int line = 0;
  std::string word;  // up to the first space or, for S and C, the colon
  std::string rest;
};

struct Dialog {
  std::string file;
  std::string title;
  bool may_stream = true;
  std::vector<Step> steps;
};

enum class Split { whole, lines, bytes };

// The dialogs of a file. Throws std::runtime_error that names the line it cannot read.
std::vector<Dialog> read_dialogs(const std::filesystem::path& file);

// Plays a dialog; each step that does not go as written is a test failure at its line.
void play(const Dialog& dialog, Split split);

// An event as dialogs write it.
std::string described(const Event& event);

}  // namespace innduct::nntp
