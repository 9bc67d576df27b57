// trace.h: `trace`: what is said to the peer and by it, or what becomes of one article, told to the
// control clients that asked for it, as it happens.
//
//   2026-11-25T10:31:40.120Z - * read from F, byte 0: @0300...@ <a@b>
//   2026-11-25T10:31:40.121Z 1/192.0.2.1 > CHECK <a@b>
//   2026-11-25T10:31:40.125Z 1/192.0.2.1 < 238 <a@b>
//   2026-11-25T10:31:40.126Z 1/192.0.2.1 > TAKETHIS <a@b>
//   2026-11-25T10:31:40.126Z 1/192.0.2.1 > article, 1234 bytes
//
// Time; connection, `new` instead of its number until it is ready, or `-`; then what we said (>),
// what the peer said (<), or what happened (*). The manual page promises this format.
//
// A client is sent one piece at a time, and the next one when it has taken that in. Lines that
// happen meanwhile are kept up to a limit; beyond it they are counted, and the count is told. So
// nobody who reads slowly delays the feed or costs memory; and without a trace, this costs a look.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/cat.h"
#include "core/time.h"
#include "engine/entries.h"
#include "engine/port.h"

namespace innduct::engine {

struct Connection;
struct Turn;

class Trace {
 public:
  // What is kept for a client that has not taken in the last piece. A piece is as long at most, and
  // one line.
  static constexpr std::size_t kept_bytes_max = 128 * 1024;
  // Of a line, without time and connection.
  static constexpr std::size_t line_shown_max = 512;

  void begin_turn(core::WallTime now) { now_ = now; }

  // ---- who is told
  // From now on this client is told that, and nothing else: of the dialogue, or of one article.
  void begin_dialogue(ClientId client) { begin(client, {}); }
  void begin_article(ClientId client, std::string_view message_id) { begin(client, message_id); }
  // Ends it, and says so.
  std::string end(Turn& turn, ClientId client);
  void left(ClientId client);
  bool runs_for(ClientId client) const;
  // A client has taken in its piece.
  void on(const Event& event);
  // Sends what happened in the turn.
  void flush(Turn& turn);

  // ---- what they are told
  bool wanted() const { return !listeners_.empty(); }
  // A line of the dialogue, ours (>) or the peer's (<).
  void dialogue(const Connection& connection, char whose, std::string_view line,
                std::string_view message_id) {
    if (wanted()) {
      tell_dialogue(connection, whose, line, message_id);
    }
  }
  // An article's text, in the place of which its size is told.
  void text_sent(const Connection& connection, const Entry& entry) {
    if (wanted()) {
      tell_size(connection, entry);
    }
  }
  // What happens to a connection.
  template <class... Parts>
  void connection(const Connection& connection, const Parts&... parts) {
    if (wanted()) {
      tell_dialogue(connection, happened, core::cat(parts...), {});
    }
  }
  // What becomes of an article, perhaps on a connection.
  template <class... Parts>
  void article(const Entry& entry, const Parts&... parts) {
    if (wanted() && follows(entry)) {
      tell_article(entry, nullptr, core::cat(parts...));
    }
  }
  template <class... Parts>
  void article_on(const Connection& connection, const Entry& entry, const Parts&... parts) {
    if (wanted() && follows(entry)) {
      tell_article(entry, &connection, core::cat(parts...));
    }
  }
  // The article's line is to be blanked; and is.
  void blanks(const Entry& entry) {
    if (wanted() && follows(entry)) {
      await_blank(entry);
    }
  }
  void blanked(std::string_view file, Slot slot, const Span& span);
  // What the log says, to all. Already escaped.
  void logged(std::string_view text);

 private:
  static constexpr char happened = '*';
  static constexpr std::size_t awaited_max = 16;
  enum class What : std::uint8_t { nothing, dialogue, article };
  struct Blank {
    Slot slot = no_source;
    std::uint64_t offset = 0;
  };
  struct Listener {
    ClientId client;
    What what = What::nothing;
    std::string message_id;
    std::vector<Blank> awaited;  // of its article, not yet blanked; the oldest are given up
    OpId under_way;              // a piece that the client has not taken in
    std::string kept;
    std::uint64_t lines = 0;   // in `kept`
    std::uint64_t unkept = 0;  // behind it

    bool follows(const Entry& entry) const {
      return what == What::article && message_id == entry.message_id();
    }
    bool concerns(std::string_view its_message_id) const {
      return what == What::dialogue || (what == What::article && message_id == its_message_id);
    }
  };

  void begin(ClientId client, std::string_view message_id);
  Listener* find(ClientId client);
  bool follows(const Entry& entry) const;
  void tell_dialogue(const Connection& connection, char sign, std::string_view text,
                     std::string_view message_id);
  void tell_size(const Connection& connection, const Entry& entry);
  void tell_article(const Entry& entry, const Connection* connection, std::string_view text);
  void await_blank(const Entry& entry);
  void tell(Listener& listener, const Connection* connection, char sign, std::string_view text);
  bool begin_line(Listener& listener, const Connection* connection, char sign);
  static void send(Turn& turn, Listener& listener);

  core::WallTime now_{};
  std::vector<Listener> listeners_;
};

}  // namespace innduct::engine
