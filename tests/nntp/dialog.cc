// dialog.cc: the dialogs' language and the one who speaks it.
#include "dialog.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "core/escape.h"

namespace innduct::nntp {
namespace {

// \xHH becomes its byte.
std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\x") {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

std::string repeated(std::string_view text, long count) {
  std::string all;
  for (long i = 0; i < count; ++i) {
    all += text;
  }
  return all;
}

// What the peer sends by a step `S...: rest`.
std::string sent_by(const Step& step) {
  const std::string bytes = unescaped(step.rest);
  if (step.word == "S") {
    return bytes + "\r\n";
  }
  if (step.word == "S lf") {
    return bytes + "\n";
  }
  if (step.word == "S raw") {
    return bytes;
  }
  return repeated(bytes, std::stol(step.word.substr(2)));
}

Step read_step(const std::string& line, int number) {
  const bool speech = line.starts_with("S") || line.starts_with("C:");
  const std::size_t end = line.find(speech ? ':' : ' ');
  if (end == std::string::npos) {
    return {number, line, ""};
  }
  std::size_t start = end + 1;
  if (speech && line.substr(start, 1) == " ") {
    ++start;
  }
  return {number, line.substr(0, end), line.substr(start)};
}

// `dialog` and then what a line `S? reply => event` says.
Dialog with_ending(Dialog dialog, const std::string& line, int number) {
  const std::size_t arrow = line.find(" => ");
  if (arrow == std::string::npos) {
    throw std::runtime_error(dialog.file + ":" + std::to_string(number) + ": an ending has a =>");
  }
  dialog.steps.push_back({number, "S", line.substr(3, arrow - 3)});
  dialog.steps.push_back({number, "event", line.substr(arrow + 4)});
  return dialog;
}

const char* name(Outcome outcome) {
  constexpr std::array names = {"accepted", "unwanted", "rejected", "deferred"};
  return names.at(static_cast<std::size_t>(outcome));
}

const char* name(EndReason reason) {
  constexpr std::array names = {"closing", "configuration", "protocol", "unusable", "goodbye"};
  return names.at(static_cast<std::size_t>(reason));
}

std::string text_of(const Event& event) {
  if (const auto* answered = std::get_if<Answered>(&event)) {
    return core::escaped(answered->text);
  }
  if (const auto* ended = std::get_if<Ended>(&event)) {
    return core::escaped(ended->text);
  }
  return {};
}

class Player {
 public:
  Player(const Dialog& dialog, Split split)
      : dialog_(dialog), split_(split), session_(dialog.may_stream) {}

  void play() {
    for (const Step& step : dialog_.steps) {
      line_ = step.line;
      if (step.word.starts_with("S")) {
        pieces_.push_back(sent_by(step));
      } else {
        deliver();
        take(step);
      }
    }
    deliver();
    expect("no further event", next_event(), "");
    expect("no further output", out_, "");
  }

 private:
  void deliver() {
    std::string whole;
    for (const std::string& piece : pieces_) {
      whole += piece;
      if (split_ == Split::lines) {
        session_.receive(std::string(piece), out_);
      }
    }
    if (split_ == Split::whole && !whole.empty()) {
      session_.receive(whole, out_);
    }
    if (split_ == Split::bytes) {
      for (const char byte : whole) {
        session_.receive(std::string(1, byte), out_);
      }
    }
    pieces_.clear();
  }

  void take(const Step& step) {
    if (step.word == "C") {
      const std::size_t end = out_.find('\n');
      const std::string line = out_.substr(0, end == std::string::npos ? end : end + 1);
      expect("output", line, step.rest + "\r\n");
      out_.erase(0, line.size());
    } else if (step.word == "event") {
      const bool with_text = step.rest.find(" | ") != std::string::npos;
      expect("event", next_event(with_text), step.rest);
    } else if (step.word == "state") {
      expect("state", state(), step.rest);
    } else if (step.word == "begin") {
      begin(step.rest);
    } else if (step.word == "body") {
      session_.ihave_body();
    } else if (step.word == "quit") {
      session_.quit(out_);
    } else {
      offer(step);
    }
  }

  void offer(const Step& step) {
    std::string rest = step.rest;
    const bool granted = rest.starts_with("granted ");
    if (granted) {
      rest.erase(0, rest.find(' ') + 1);
    }
    const std::size_t space = rest.find(' ');
    const Tag tag = static_cast<Tag>(std::stoul(rest));
    const std::string message_id = rest.substr(space + 1);
    if (step.word == "check") {
      session_.check(tag, message_id, out_);
    } else if (step.word == "take") {
      session_.take_this(tag, message_id, granted, out_);
    } else if (step.word == "ihave") {
      session_.ihave(tag, message_id, out_);
    } else {
      throw std::runtime_error(dialog_.file + ":" + std::to_string(line_) + ": no such step");
    }
  }

  void begin(const std::string& how) {
    const bool streaming = how == "streaming";
    session_.receive("200 ready\r\n", out_);
    session_.receive("101 what I can\r\nVERSION 2\r\n.\r\n", out_);
    if (dialog_.may_stream) {
      session_.receive(streaming ? "203 stream\r\n" : "500 what?\r\n", out_);
    }
    expect("event", next_event(), streaming ? "ready streaming" : "ready ihave");
    out_.clear();
  }

  std::string next_event(bool with_text = false) {
    const std::optional<Event> event = session_.next_event();
    if (!event) {
      return {};
    }
    return described(*event) + (with_text ? " | " + text_of(*event) : "");
  }

  std::string state() const {
    std::string words;
    words += session_.ready() ? "ready " : "";
    words += session_.streaming() ? "streaming " : "";
    words += session_.quitting() ? "quitting " : "";
    words += session_.ended() ? "ended " : "";
    return words + "unanswered=" + std::to_string(session_.unanswered()) +
           " takes=" + std::to_string(session_.unanswered_takes());
  }

  void expect(const char* what, const std::string& found, const std::string& expected) {
    if (found != expected) {
      ADD_FAILURE_AT(dialog_.file.c_str(), line_)
          << dialog_.title << ": " << what << " is\n  " << core::escaped(found)
          << "\ninstead of\n  " << core::escaped(expected);
    }
  }

  const Dialog& dialog_;
  Split split_;
  Session session_;
  std::string out_;
  std::vector<std::string> pieces_;
  int line_ = 0;
};

}  // namespace

std::vector<Dialog> read_dialogs(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Dialog> dialogs;
  Dialog dialog;
  bool ended = true;  // `dialog` is complete, or stands there with each of its endings
  const auto finish = [&] {
    if (!ended) {
      dialogs.push_back(dialog);
    }
  };
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    if (line.starts_with("== ")) {
      finish();
      dialog = {file.string(), line.substr(3), true, {}};
      ended = false;
    } else if (dialog.title.empty()) {
      throw std::runtime_error(file.string() + ": the first line must be a title");
    } else if (line == "ihave only") {
      dialog.may_stream = false;
    } else if (line.starts_with("S? ")) {
      dialogs.push_back(with_ending(dialog, line, number));
      ended = true;
    } else {
      dialog.steps.push_back(read_step(line, number));
    }
  }
  finish();
  return dialogs;
}

void play(const Dialog& dialog, Split split) { Player(dialog, split).play(); }

std::string described(const Event& event) {
  struct Describe {
    std::string operator()(const Ready& ready) const {
      return ready.streaming ? "ready streaming" : "ready ihave";
    }
    std::string operator()(const Granted& granted) const {
      return "granted " + std::to_string(granted.tag);
    }
    std::string operator()(const Answered& answered) const {
      return "answered " + std::to_string(answered.tag) + " " + name(answered.outcome) + " " +
             std::to_string(answered.code) + (answered.suspicious ? " suspicious" : "") +
             (answered.unchecked ? " unchecked" : "") +
             (answered.after_grant ? " after_grant" : "");
    }
    std::string operator()(const Returned& returned) const {
      return "returned " + std::to_string(returned.tag);
    }
    std::string operator()(const Ended& ended) const {
      return std::string("ended ") + name(ended.reason) + " " + std::to_string(ended.code) +
             (ended.blamed ? " blamed " + std::to_string(*ended.blamed) : "") +
             (ended.no_streaming ? " no_streaming" : "");
    }
  };
  return std::visit(Describe{}, event);
}

}  // namespace innduct::nntp
