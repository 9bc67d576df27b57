// port.h: the boundary between judgement and hands: the engine is told Events and asks for Actions.
//
// Everything the engine may know of the world is an Event, everything it may do to the world
// is an Action; the daemon (io/) and the simulator are two shells around it. The rules:
//
//  * One action has at most one durable effect. Nothing clever lies below this line, because
//    what lies below it is not simulated.
//  * A shell decides nothing. It retries EINTR and continues short transfers; everything else
//    it reports, with errno, and the engine decides.
//  * perform() keeps the order of actions on the same FileId, of those on the same ConnId, and of
//    answers to the same ClientId. Nothing else: what must follow something is asked for after
//    that one's Done.
//  * Every action with an OpId is answered by exactly one event with that OpId.
//  * Names are base names within the feed directory; the shell knows the directory.
//  * Views in an event are valid for the turn in which it is told; views in an action until the
//    shell has performed the turn's actions. Whoever needs the bytes longer copies them.
//  * Time is told, never asked for; there is one deadline, a function of the engine's state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "core/time.h"
#include "engine/ids.h"

namespace innduct::engine {

struct Status;

// ---------------------------------------------------------------- files

enum class FileType : std::uint8_t { plain, directory, symlink, other };

// What lstat, stat or fstat said.
struct FileStat {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t links = 0;
  std::uint64_t size = 0;
  core::WallTime modified{};
  FileType type = FileType::plain;

  bool same_file(const FileStat& other) const {
    return device == other.device && inode == other.inode;
  }
};

enum class OpenMode : std::uint8_t {
  read,              // read only
  update,            // read and overwrite; must exist
  append,            // read and append; must exist
  append_or_create,  // read and append; created with mode 0664 if absent
  append_exclusive,  // read and append; created with mode 0664, EEXIST if there
  replace,           // write; created with mode 0664, emptied if there
};

// Opens `name` and calls it `file`. Without `follow`, a symbolic link is ELOOP. Never blocks on a
// fifo. Answered by Opened or Failed; after Failed the FileId is void.
struct OpenFile {
  OpId op;
  FileId file;
  std::string_view name;
  OpenMode mode{};
  bool follow = false;
};
// Gives `file` back. Answered by Done or Failed (a close after writing can fail).
struct CloseFile {
  OpId op;
  FileId file;
};
// stat (follow) or lstat of a name. Answered by Statted or Failed.
struct StatName {
  OpId op;
  std::string_view name;
  bool follow = false;
};
// fstat. Answered by Statted or Failed.
struct StatFile {
  OpId op;
  FileId file;
};
// Reads up to `length` bytes at `offset`. Answered by ReadDone (fewer bytes only at the end of
// the file, none at or behind it) or Failed.
struct Read {
  OpId op;
  FileId file;
  std::uint64_t offset = 0;
  std::size_t length = 0;
};
// Overwrites bytes that exist; never makes the file longer (Failed with ERANGE if it would).
// Answered by Done or Failed.
struct Overwrite {
  OpId op;
  FileId file;
  std::uint64_t offset = 0;
  std::string_view bytes;
};
// Appends. Answered by Done, or Failed: then any part of `bytes` may have been written.
struct Append {
  OpId op;
  FileId file;
  std::string_view bytes;
};
// Cuts the file to `size`. Answered by Done or Failed.
struct Truncate {
  OpId op;
  FileId file;
  std::uint64_t size = 0;
};
// fdatasync. Answered by Done or Failed.
struct Sync {
  OpId op;
  FileId file;
};
// fsync of the feed directory. Answered by Done or Failed.
struct SyncDirectory {
  OpId op;
};
// link(2): `to` becomes another name of `from`. Answered by Done or Failed.
struct Link {
  OpId op;
  std::string_view from;
  std::string_view to;
};
struct Unlink {
  OpId op;
  std::string_view name;
};
// Lists the names that start with `prefix`. Answered by Listed or Failed.
struct List {
  OpId op;
  std::string_view prefix;
};
// Asks whether some process has `name` open for writing (a read lease cannot be had then).
// Answered by Done (nobody), or Failed: EAGAIN (somebody), anything else (cannot tell here).
struct ProveUnwritten {
  OpId op;
  std::string_view name;
};
// From now on Grew is told when `file` changes size. A zero FileId ends it. A new watch replaces
// the old one.
struct Watch {
  FileId file;
};

// ---------------------------------------------------------------- innd

// Asks innd to flush the feed file of the site. Answered by Flushed, unless forgotten before.
struct Flush {
  OpId op;
};
// The answer no longer matters; a late one must never be taken for that of another flush.
struct ForgetFlush {
  OpId op;
};

// ---------------------------------------------------------------- articles

// What an article may be called in the table of articles in hand, at most.
inline constexpr std::size_t mark_size_max = 256;

// Retrieves an article in wire format, compares its Message-ID with `message_id` (unless that is
// empty) and checks its form. Answered by Fetched. Many may be under way.
//
// From now on the article is in hand: until its retrieval fails, it is released, or a socket has
// accepted its last byte. As long as it is, the shell keeps `mark` and `probe` in a table that the
// next process can read.
struct Fetch {
  ArticleRef article;
  std::string_view locator;  // token, or path below patharticles
  std::string_view message_id;
  std::string_view mark;  // at most mark_size_max bytes
  bool probe = false;
};
// Gives the article back, or abandons its retrieval.
struct Release {
  ArticleRef article;
};
// Shuts the article store down and initialises it anew. Answered by Done or Failed; later
// retrievals see the new store, and earlier ones either: what the old one said comes before Done.
struct ReopenStore {
  OpId op;
};
// Asks for the table of articles in hand as the last process left it. Answered by Marks.
struct ReadMarks {
  OpId op;
};
// Empties the table. From now on a fatal signal of this process is noted in it. Answered by Done.
struct ClearMarks {
  OpId op;
};

// ---------------------------------------------------------------- the peer

// Looks up the peer's addresses. Answered by Resolved or, with a getaddrinfo code, Failed.
struct Resolve {
  OpId op;
};
// Connects to one of the resolved addresses. Answered by Connected or Lost.
struct Connect {
  ConnId conn;
  std::string_view address;
};
// Sends `text`, then the article if there is one; the article is given back by the shell when it
// is sent or the connection is gone. What is sent in one turn leaves in one gathered write.
struct Send {
  ConnId conn;
  std::string_view text;
  ArticleRef article;
};
// Closes at once; what was not yet accepted by the socket is not sent. `gracefully`: first lets
// what was handed over leave, then closes, without telling anything more.
struct Disconnect {
  ConnId conn;
  bool gracefully = false;
};

// ---------------------------------------------------------------- people

// Text for a control client, as it stands.
struct Answer {
  ClientId client;
  std::string_view text;
};
// The state for a control client, as one line of JSON. Keeps its order with Answer.
struct AnswerJson {
  ClientId client;
  const Status* status = nullptr;  // valid until the shell has performed the turn's actions
};
// A piece of a trace for a control client; keeps its order with Answer. Answered by Done when the
// client has taken in all that it was sent, or is gone.
struct AnswerTrace {
  OpId op;
  ClientId client;
  std::string_view text;
};
struct Hangup {
  ClientId client;
};

enum class Level : std::uint8_t { debug, info, notice, warning, error, critical };

// One line for the log. Already escaped.
struct Note {
  Level level{};
  std::string_view text;
};

// One line for the outcome log (outcomes.h), without its newline. Already escaped.
struct Outcome {
  std::string_view line;
};

// What the feed is doing, one line for the service manager. Already escaped.
struct Tell {
  std::string_view text;
};

// The end: no action follows, and nothing more is told. `signal` != 0: die by that signal.
struct Exit {
  int code = 0;
  int signal = 0;
};

using Action =
    std::variant<OpenFile, CloseFile, StatName, StatFile, Read, Overwrite, Append, Truncate, Sync,
                 SyncDirectory, Link, Unlink, List, ProveUnwritten, Watch, Flush, ForgetFlush,
                 Fetch, Release, ReopenStore, ReadMarks, ClearMarks, Resolve, Connect, Send,
                 Disconnect, Answer, AnswerJson, Hangup, Note, Outcome, Tell, Exit, AnswerTrace>;

// ---------------------------------------------------------------- events

struct Opened {
  OpId op;
  FileStat stat;
};
struct Statted {
  OpId op;
  FileStat stat;
};
struct ReadDone {
  OpId op;
  std::string_view bytes;
};
struct ListedName {
  std::string_view name;
  FileStat self;                   // lstat
  std::optional<FileStat> target;  // stat, if `self` is a symbolic link that leads somewhere
};
struct Listed {
  OpId op;
  std::span<const ListedName> names;
};
struct Done {
  OpId op;
};
struct Failed {
  OpId op;
  int error = 0;          // errno (Resolve: a getaddrinfo code)
  std::string_view text;  // what the system calls it
};
// A hint that the watched file changed its size. Losing it may only cost time (I8).
struct Grew {
  FileId file;
};

enum class FlushOutcome : std::uint8_t {
  ok,            // innd says it did
  no_such_site,  // innd does not know the site
  unreachable,   // innd is not running; nothing was asked
  unknown,       // the request may still be carried out
  refused,       // innd answered something else
};
struct Flushed {
  OpId op;
  FlushOutcome outcome{};
  std::string_view text;
};

enum class FetchOutcome : std::uint8_t {
  ready,    // held by the shell under its ArticleRef, `size` bytes with the final dot
  absent,   // the store says there is no such article, and the spool is there
  unknown,  // the store does not know this method, class or buffer: proves nothing at first sight
  other,    // what the token leads to is another valid article
  damaged,  // not fit for the wire: the text says why
  trouble,  // the store could not say: the text says why
};
struct Fetched {
  ArticleRef article;
  FetchOutcome outcome{};
  std::size_t size = 0;
  std::string_view message_id;  // as the article bears it, if the entry had none
  std::string_view text;        // for people
};

struct Mark {
  std::string_view text;
  bool probe = false;
};
struct Marks {
  OpId op;
  // The process that kept the table died of a fatal signal of its own (SIGSEGV and the like, not
  // SIGKILL) since the system was booted.
  bool crashed = false;
  std::uint64_t run = 0;        // which process it was, as long as `crashed`: no two are the same
  std::span<const Mark> marks;  // in no order
};

struct Resolved {
  OpId op;
  std::span<const std::string_view> addresses;  // fit for Connect and for logs, in order
};
struct Connected {
  ConnId conn;
};
struct Received {
  ConnId conn;
  std::string_view bytes;
};
// The socket accepted so many bytes more.
struct Sent {
  ConnId conn;
  std::size_t bytes = 0;
};
// The connection is gone, or never came to be. The ConnId is given back by this event.
struct Lost {
  ConnId conn;
  int error = 0;  // errno; 0: the peer closed in good order
  std::string_view text;
};

struct Joined {
  ClientId client;
};
struct Asked {
  ClientId client;
  std::string_view line;  // without its newline
};
struct Left {
  ClientId client;
};
// A signal asks us to end.
struct Stop {
  int signal = 0;
};

using Event =
    std::variant<Opened, Statted, ReadDone, Listed, Done, Failed, Grew, Flushed, Fetched, Marks,
                 Resolved, Connected, Received, Sent, Lost, Joined, Asked, Left, Stop>;

}  // namespace innduct::engine
