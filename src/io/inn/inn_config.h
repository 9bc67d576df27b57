// inn_config.h: the few settings of inn.conf that a feeder needs.
//
// With INN's libraries they come from libinn, so that every INN program on the machine agrees on
// them; without (INNDUCT_WITH_INN=OFF) a small reader of our own serves the same keys.
#pragma once

#include <expected>
#include <string>

namespace innduct::io {

struct InnConfig {
  std::string path_outgoing;    // pathoutgoing: where innd keeps its feed files
  std::string path_run;         // pathrun: innd's control socket, ours too
  std::string path_spool;       // pathspool: where tradspool keeps its map of newsgroups
  std::string path_articles;    // patharticles: the root of every path entry
  std::string path_etc;         // pathetc: storage.conf and the like
  std::string source_address;   // sourceaddress: IPv4 to bind; empty: the system chooses
  std::string source_address6;  // sourceaddress6: likewise for IPv6
  std::string runas_user;       // runasuser: who to become when started as root
  std::string runas_group;      // runasgroup
};

// Reads `file`, or if that is empty $INNCONF, or else INN's compiled-in path. The error is text for
// people that names the file. Sets the environment variables INNCONF and TMPDIR as every INN
// program does, hence: called once, before the first thread.
std::expected<InnConfig, std::string> read_inn_config(const std::string& file);

}  // namespace innduct::io
