// printed.cc: one line for each action.
#include "printed.h"

#include <array>
#include <system_error>
#include <type_traits>

#include "core/cat.h"
#include "core/escape.h"
#include "core/token.h"

namespace innduct::engine {
namespace {

using core::cat;

constexpr std::array<std::string_view, 6> modes{
    "read", "update", "append", "append_or_create", "append_exclusive", "replace"};

// Runs of spaces as their number, everything else as it is.
std::string runs(std::string_view bytes) {
  std::string text;
  std::size_t spaces = 0;
  for (const char c : bytes) {
    if (c == ' ') {
      ++spaces;
      continue;
    }
    text += spaces > 0 ? std::to_string(spaces) : "";
    text += core::escaped({&c, 1});
    spaces = 0;
  }
  return spaces > 0 ? text + std::to_string(spaces) : text;
}

struct Printer {
  Known& known;

  std::string operator()(const OpenFile& a) const {
    known.files[a.file] = a.name;
    return cat("open ", a.name, " ", modes[static_cast<std::size_t>(a.mode)],
               a.follow ? " follow" : "");
  }
  std::string operator()(const CloseFile& a) const { return cat("close ", known.files[a.file]); }
  std::string operator()(const StatName& a) const {
    return cat(a.follow ? "stat " : "lstat ", a.name);
  }
  std::string operator()(const StatFile& a) const { return cat("fstat ", known.files[a.file]); }
  std::string operator()(const Read& a) const {
    return cat("read ", known.files[a.file], " ", a.offset);
  }
  std::string operator()(const Overwrite& a) const {
    return cat("blank ", known.files[a.file], " ", a.offset, " \"", runs(a.bytes), "\"");
  }
  std::string operator()(const Append& a) const {
    return cat("append ", known.files[a.file], " \"", readable(a.bytes), "\"");
  }
  std::string operator()(const Truncate& a) const {
    return cat("truncate ", known.files[a.file], " ", a.size);
  }
  std::string operator()(const Sync& a) const { return cat("sync ", known.files[a.file]); }
  std::string operator()(const SyncDirectory&) const { return "sync directory"; }
  std::string operator()(const Link& a) const { return cat("link ", a.from, " ", a.to); }
  std::string operator()(const Unlink& a) const { return cat("unlink ", a.name); }
  std::string operator()(const List& a) const { return cat("list ", a.prefix); }
  std::string operator()(const ProveUnwritten& a) const { return cat("prove unwritten ", a.name); }
  std::string operator()(const Watch& a) const {
    return cat("watch ", a.file ? known.files[a.file] : "nothing");
  }
  std::string operator()(const Flush&) const { return "flush"; }
  std::string operator()(const ForgetFlush&) const { return "forget flush"; }
  std::string operator()(const Fetch& a) const {
    return cat("fetch ", readable(a.locator), a.message_id.empty() ? "" : " ", a.message_id,
               a.probe ? " as a probe" : "");
  }
  std::string operator()(const ReadMarks&) const { return "read marks"; }
  std::string operator()(const ClearMarks&) const { return "clear marks"; }
  std::string operator()(const Release&) const { return "release"; }
  std::string operator()(const ReopenStore&) const { return "reopen store"; }
  std::string operator()(const Resolve&) const { return "resolve"; }
  std::string operator()(const Connect& a) const {
    known.connections.emplace(a.conn, cat("C", known.connections.size() + 1));
    return cat("connect ", known.connections[a.conn], " ", a.address);
  }
  std::string operator()(const Send& a) const {
    return cat("send ", known.connections[a.conn], " \"", core::escaped(a.text), "\"",
               a.article ? " and an article" : "");
  }
  std::string operator()(const Disconnect& a) const {
    return cat("disconnect ", known.connections[a.conn], a.gracefully ? " gracefully" : "");
  }
  std::string operator()(const Answer& a) const { return cat("answer \"", a.text, "\""); }
  std::string operator()(const AnswerJson&) const { return "answer json"; }
  std::string operator()(const AnswerTrace& a) const {
    return cat("trace for ", a.client.value, " \"", a.text, "\"");
  }
  std::string operator()(const Hangup&) const { return "hang up"; }
  std::string operator()(const Note& a) const { return cat("note ", a.text); }
  std::string operator()(const Outcome& a) const { return cat("outcome ", a.line); }
  std::string operator()(const Tell& a) const { return cat("tell ", a.text); }
  std::string operator()(const Exit& a) const {
    return a.signal != 0 ? cat("exit by signal ", a.signal) : cat("exit ", a.code);
  }
};

}  // namespace

std::string printed(const Action& action, Known& known) {
  return std::visit(Printer{known}, action);
}

std::optional<OpId> op_of(const Action& action) {
  return std::visit(
      []<class A>(const A& a) -> std::optional<OpId> {
        if constexpr (std::is_same_v<A, ForgetFlush>) {
          return {};
        } else if constexpr (requires { a.op; }) {
          return a.op;
        } else {
          return {};
        }
      },
      action);
}

std::string readable(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const std::string_view rest = bytes.substr(at);
    if (core::is_token(rest.substr(0, core::token_size))) {
      const auto digits = rest.find_first_not_of('0', 1);
      text += '@';
      text += rest.substr(digits, core::token_size - digits);
      at += core::token_size - 1;
    } else {
      text += bytes[at];
    }
  }
  return core::escaped(text, 4000);
}

std::string error_text(int error) { return std::generic_category().message(error); }

}  // namespace innduct::engine
