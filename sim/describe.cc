// describe.cc: one line for each kind of event and action.
#include "sim/describe.h"

#include <array>
#include <string_view>

#include "core/cat.h"
#include "core/escape.h"

namespace innduct::sim {
namespace {

using core::cat;
using core::escaped;
using namespace engine;

constexpr std::size_t shown_max = 320;

std::string_view text_of(OpenMode mode) {
  constexpr std::array<std::string_view, 6> texts{
      "read", "update", "append", "append_or_create", "append_exclusive", "replace"};
  return texts[static_cast<std::size_t>(mode)];
}

std::string_view text_of(FlushOutcome outcome) {
  constexpr std::array<std::string_view, 5> texts{"ok", "no_such_site", "unreachable", "unknown",
                                                  "refused"};
  return texts[static_cast<std::size_t>(outcome)];
}

std::string_view text_of(FetchOutcome outcome) {
  constexpr std::array<std::string_view, 6> texts{"ready", "absent",  "unknown",
                                                  "other", "damaged", "trouble"};
  return texts[static_cast<std::size_t>(outcome)];
}

std::string_view text_of(Level level) {
  constexpr std::array<std::string_view, 6> texts{"debug",   "info",  "notice",
                                                  "warning", "error", "critical"};
  return texts[static_cast<std::size_t>(level)];
}

std::string text_of(const FileStat& stat) {
  constexpr std::array<std::string_view, 4> types{"", " directory", " symlink", " other"};
  return cat("inode ", stat.inode, " size ", stat.size, " links ", stat.links,
             types[static_cast<std::size_t>(stat.type)]);
}

// A stretch of bytes, blanks counted rather than shown.
std::string text_of(std::string_view bytes) {
  if (!bytes.empty() && bytes.find_first_not_of(' ') == std::string_view::npos) {
    return cat(bytes.size(), " blanks");
  }
  return cat('`', escaped(bytes, shown_max), '`');
}

struct ActionText {
  std::string operator()(const OpenFile& a) const {
    return cat("OpenFile op ", a.op.value, " file ", a.file.value, ' ', a.name, ' ',
               text_of(a.mode), a.follow ? " follow" : "");
  }
  std::string operator()(const CloseFile& a) const {
    return cat("CloseFile op ", a.op.value, " file ", a.file.value);
  }
  std::string operator()(const StatName& a) const {
    return cat("StatName op ", a.op.value, ' ', a.name, a.follow ? " follow" : "");
  }
  std::string operator()(const StatFile& a) const {
    return cat("StatFile op ", a.op.value, " file ", a.file.value);
  }
  std::string operator()(const Read& a) const {
    return cat("Read op ", a.op.value, " file ", a.file.value, " at ", a.offset, " up to ",
               a.length);
  }
  std::string operator()(const Overwrite& a) const {
    return cat("Overwrite op ", a.op.value, " file ", a.file.value, " at ", a.offset, ": ",
               text_of(a.bytes));
  }
  std::string operator()(const Append& a) const {
    return cat("Append op ", a.op.value, " file ", a.file.value, ": ", text_of(a.bytes));
  }
  std::string operator()(const Truncate& a) const {
    return cat("Truncate op ", a.op.value, " file ", a.file.value, " to ", a.size);
  }
  std::string operator()(const Sync& a) const {
    return cat("Sync op ", a.op.value, " file ", a.file.value);
  }
  std::string operator()(const SyncDirectory& a) const {
    return cat("SyncDirectory op ", a.op.value);
  }
  std::string operator()(const Link& a) const {
    return cat("Link op ", a.op.value, ' ', a.from, " -> ", a.to);
  }
  std::string operator()(const Unlink& a) const {
    return cat("Unlink op ", a.op.value, ' ', a.name);
  }
  std::string operator()(const List& a) const {
    return cat("List op ", a.op.value, ' ', a.prefix, '*');
  }
  std::string operator()(const ProveUnwritten& a) const {
    return cat("ProveUnwritten op ", a.op.value, ' ', a.name);
  }
  std::string operator()(const Watch& a) const { return cat("Watch file ", a.file.value); }
  std::string operator()(const Flush& a) const { return cat("Flush op ", a.op.value); }
  std::string operator()(const ForgetFlush& a) const { return cat("ForgetFlush op ", a.op.value); }
  std::string operator()(const Fetch& a) const {
    return cat("Fetch article ", a.article.value, ' ', a.locator, ' ', a.message_id,
               a.probe ? " as a probe" : "");
  }
  std::string operator()(const Release& a) const {
    return cat("Release article ", a.article.value);
  }
  std::string operator()(const ReopenStore& a) const { return cat("ReopenStore op ", a.op.value); }
  std::string operator()(const ReadMarks& a) const { return cat("ReadMarks op ", a.op.value); }
  std::string operator()(const ClearMarks& a) const { return cat("ClearMarks op ", a.op.value); }
  std::string operator()(const Resolve& a) const { return cat("Resolve op ", a.op.value); }
  std::string operator()(const Connect& a) const {
    return cat("Connect conn ", a.conn.value, ' ', a.address);
  }
  std::string operator()(const Send& a) const {
    return cat("Send conn ", a.conn.value, ' ', text_of(a.text),
               a.article ? cat(" and article ", a.article.value) : std::string());
  }
  std::string operator()(const Disconnect& a) const {
    return cat("Disconnect conn ", a.conn.value, a.gracefully ? " gracefully" : "");
  }
  std::string operator()(const Answer& a) const {
    return cat("Answer client ", a.client.value, ' ', text_of(a.text));
  }
  std::string operator()(const AnswerJson& a) const {
    return cat("AnswerJson client ", a.client.value);
  }
  std::string operator()(const AnswerTrace& a) const {
    return cat("AnswerTrace op ", a.op.value, " client ", a.client.value, ' ', text_of(a.text));
  }
  std::string operator()(const Hangup& a) const { return cat("Hangup client ", a.client.value); }
  std::string operator()(const Note& a) const {
    return cat("Note ", text_of(a.level), ": ", a.text);
  }
  std::string operator()(const Outcome& a) const { return cat("Outcome ", a.line); }
  std::string operator()(const Tell& a) const { return cat("Tell ", a.text); }
  std::string operator()(const Exit& a) const {
    return cat("Exit ", a.code, a.signal != 0 ? cat(" by signal ", a.signal) : std::string());
  }
};

struct EventText {
  std::string operator()(const Opened& e) const {
    return cat("Opened op ", e.op.value, ' ', text_of(e.stat));
  }
  std::string operator()(const Statted& e) const {
    return cat("Statted op ", e.op.value, ' ', text_of(e.stat));
  }
  std::string operator()(const ReadDone& e) const {
    return cat("ReadDone op ", e.op.value, ' ', e.bytes.size(), " bytes ", text_of(e.bytes));
  }
  std::string operator()(const Listed& e) const {
    std::string text = cat("Listed op ", e.op.value);
    for (const ListedName& name : e.names) text += cat(' ', name.name);
    return text;
  }
  std::string operator()(const Done& e) const { return cat("Done op ", e.op.value); }
  std::string operator()(const Failed& e) const {
    return cat("Failed op ", e.op.value, " errno ", e.error, ' ', e.text);
  }
  std::string operator()(const Grew& e) const { return cat("Grew file ", e.file.value); }
  std::string operator()(const Flushed& e) const {
    return cat("Flushed op ", e.op.value, ' ', text_of(e.outcome), ' ', e.text);
  }
  std::string operator()(const Fetched& e) const {
    return cat("Fetched article ", e.article.value, ' ', text_of(e.outcome), " size ", e.size, ' ',
               e.message_id, ' ', e.text);
  }
  std::string operator()(const Marks& e) const {
    std::string text =
        cat("Marks op ", e.op.value, e.crashed ? " after a crash of run " : " run ", e.run, ":");
    for (const Mark& mark : e.marks) text += cat(' ', mark.text, mark.probe ? " (probe)" : "");
    return text;
  }
  std::string operator()(const Resolved& e) const {
    return cat("Resolved op ", e.op.value, ' ', e.addresses.size(), " addresses");
  }
  std::string operator()(const Connected& e) const { return cat("Connected conn ", e.conn.value); }
  std::string operator()(const Received& e) const {
    return cat("Received conn ", e.conn.value, ' ', text_of(e.bytes));
  }
  std::string operator()(const Sent& e) const {
    return cat("Sent conn ", e.conn.value, ' ', e.bytes, " bytes");
  }
  std::string operator()(const Lost& e) const {
    return cat("Lost conn ", e.conn.value, " errno ", e.error, ' ', e.text);
  }
  std::string operator()(const Joined& e) const { return cat("Joined client ", e.client.value); }
  std::string operator()(const Asked& e) const {
    return cat("Asked client ", e.client.value, ' ', text_of(e.line));
  }
  std::string operator()(const Left& e) const { return cat("Left client ", e.client.value); }
  std::string operator()(const Stop& e) const { return cat("Stop signal ", e.signal); }
};

// Everything of an event or action that its text shows, but faster.
struct Mixer {
  Recorder& record;

  template <class Kind>
  void put(const Id<Kind>& id) const {
    record.mix(id.value);
  }
  void put(std::string_view text) const { record.mix(text); }
  void put(std::uint64_t number) const { record.mix(number); }
  void put(const FileStat& s) const {
    record.mix(s.inode);
    record.mix(s.size);
    record.mix(static_cast<std::uint64_t>(s.modified.time_since_epoch().count()));
  }
  template <class... Parts>
  void all(const Parts&... parts) const {
    (put(parts), ...);
  }

  void operator()(const OpenFile& a) const {
    all(a.op, a.file, a.name, static_cast<std::uint64_t>(a.mode));
  }
  void operator()(const CloseFile& a) const { all(a.op, a.file); }
  void operator()(const StatName& a) const { all(a.op, a.name); }
  void operator()(const StatFile& a) const { all(a.op, a.file); }
  void operator()(const Read& a) const { all(a.op, a.file, a.offset, std::uint64_t{a.length}); }
  void operator()(const Overwrite& a) const { all(a.op, a.file, a.offset, a.bytes); }
  void operator()(const Append& a) const { all(a.op, a.file, a.bytes); }
  void operator()(const Truncate& a) const { all(a.op, a.file, a.size); }
  void operator()(const Sync& a) const { all(a.op, a.file); }
  void operator()(const SyncDirectory& a) const { all(a.op); }
  void operator()(const Link& a) const { all(a.op, a.from, a.to); }
  void operator()(const Unlink& a) const { all(a.op, a.name); }
  void operator()(const List& a) const { all(a.op, a.prefix); }
  void operator()(const ProveUnwritten& a) const { all(a.op, a.name); }
  void operator()(const Watch& a) const { all(a.file); }
  void operator()(const Flush& a) const { all(a.op); }
  void operator()(const ForgetFlush& a) const { all(a.op); }
  void operator()(const Fetch& a) const {
    all(a.article, a.locator, a.message_id, a.mark, std::uint64_t{a.probe});
  }
  void operator()(const ReadMarks& a) const { all(a.op); }
  void operator()(const ClearMarks& a) const { all(a.op); }
  void operator()(const Release& a) const { all(a.article); }
  void operator()(const ReopenStore& a) const { all(a.op); }
  void operator()(const Resolve& a) const { all(a.op); }
  void operator()(const Connect& a) const { all(a.conn, a.address); }
  void operator()(const Send& a) const { all(a.conn, a.text, a.article); }
  void operator()(const Disconnect& a) const { all(a.conn, std::uint64_t{a.gracefully}); }
  void operator()(const Answer& a) const { all(a.client, a.text); }
  void operator()(const AnswerJson& a) const { all(a.client); }
  void operator()(const AnswerTrace& a) const { all(a.op, a.client, a.text); }
  void operator()(const Hangup& a) const { all(a.client); }
  void operator()(const Note& a) const { all(a.text); }
  void operator()(const Outcome& a) const { all(a.line); }
  void operator()(const Tell& a) const { all(a.text); }
  void operator()(const Exit& a) const {
    all(static_cast<std::uint64_t>(a.code), static_cast<std::uint64_t>(a.signal));
  }

  void operator()(const Opened& e) const { all(e.op, e.stat); }
  void operator()(const Statted& e) const { all(e.op, e.stat); }
  void operator()(const ReadDone& e) const { all(e.op, e.bytes); }
  void operator()(const Listed& e) const {
    put(e.op);
    for (const ListedName& name : e.names) all(name.name, name.self);
  }
  void operator()(const Done& e) const { all(e.op); }
  void operator()(const Failed& e) const { all(e.op, static_cast<std::uint64_t>(e.error)); }
  void operator()(const Grew& e) const { all(e.file); }
  void operator()(const Flushed& e) const { all(e.op, static_cast<std::uint64_t>(e.outcome)); }
  void operator()(const Fetched& e) const {
    all(e.article, static_cast<std::uint64_t>(e.outcome), std::uint64_t{e.size});
  }
  void operator()(const Marks& e) const {
    all(e.op, std::uint64_t{e.crashed}, e.run);
    for (const Mark& mark : e.marks) all(mark.text, std::uint64_t{mark.probe});
  }
  void operator()(const Resolved& e) const { all(e.op, std::uint64_t{e.addresses.size()}); }
  void operator()(const Connected& e) const { all(e.conn); }
  void operator()(const Received& e) const { all(e.conn, e.bytes); }
  void operator()(const Sent& e) const { all(e.conn, std::uint64_t{e.bytes}); }
  void operator()(const Lost& e) const { all(e.conn, static_cast<std::uint64_t>(e.error)); }
  void operator()(const Joined& e) const { all(e.client); }
  void operator()(const Asked& e) const { all(e.client, e.line); }
  void operator()(const Left& e) const { all(e.client); }
  void operator()(const Stop& e) const { all(static_cast<std::uint64_t>(e.signal)); }
};

}  // namespace

std::string to_text(const engine::Action& action) { return std::visit(ActionText{}, action); }
std::string to_text(const engine::Event& event) { return std::visit(EventText{}, event); }

void mix(Recorder& record, const engine::Action& action) {
  record.mix(action.index());
  std::visit(Mixer{record}, action);
}

void mix(Recorder& record, const engine::Event& event) {
  record.mix(event.index() + 100);
  std::visit(Mixer{record}, event);
}

}  // namespace innduct::sim
