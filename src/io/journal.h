// journal.h: lines of the log for systemd's journal, with fields that can be asked for.
//
//   journalctl INNDUCT_SITE=peer PRIORITY=4
//
// Its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL) is spoken here and not by libsystemd,
// whose sd_journal_sendv(3) waits for a journal that stands still, and opens its socket when there
// may be no descriptor left. This never waits, and needs neither descriptor nor memory for a line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/descriptor.h"

namespace innduct::io {

class Journal {
 public:
  static constexpr std::string_view usual_path = "/run/systemd/journal/socket";

  // The journal, if standard error leads to it: so systemd says in $JOURNAL_STREAM.
  static std::optional<Journal> behind_stderr(std::string_view path = usual_path);

  // Each line names them from now on.
  void set_feed(std::string_view site, std::string_view peer);

  enum class Sent {
    yes,
    no_room,     // it stands still: to wait for it would be to stop the feed
    no_journal,  // it is not there, or does not take such a line
  };
  // `head` and `text` together are the line.
  Sent send(int priority, std::string_view head, std::string_view text) const;

 private:
  Journal(Descriptor socket, std::string path)
      : socket_(std::move(socket)), path_(std::move(path)) {}

  Descriptor socket_;
  std::string path_;
  std::string fields_;  // those that each line has
};

}  // namespace innduct::io
