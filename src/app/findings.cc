// findings.cc: one function for each thing that --check looks at.
#include "app/findings.h"

#include <algorithm>
#include <utility>

#include "core/cat.h"
#include "core/escape.h"

namespace innduct::app {
namespace {

using core::cat;
using core::escaped;
using Remedy = std::vector<std::string>;

constexpr std::size_t line_shown_max = 4000;

Finding good(std::string what, std::string text) {
  return {true, std::move(what), std::move(text), {}};
}

Finding bad(std::string what, std::string text, Remedy remedy) {
  return {false, std::move(what), std::move(text), std::move(remedy)};
}

Finding inn_conf(const Seen& seen) {
  if (seen.inn_conf_trouble.empty()) {
    return good("inn.conf", seen.inn_conf);
  }
  return bad("inn.conf", seen.inn_conf_trouble,
             {"correct it (inncheck finds mistakes), or name another one with --inndconf"});
}

Finding user(const Seen& seen) {
  if (seen.user_trouble.empty()) {
    return good("user", seen.user);
  }
  return bad("user", seen.user_trouble,
             {cat("start innduct, and this check, as root or as ", escaped(seen.runas_user))});
}

// The line that newsfeeds should hold: the site's own as far as it has one.
std::string wanted_line(const Seen& seen) {
  if (seen.entries.empty()) {
    return cat(seen.site, ":*:Tf,Wnm:");
  }
  const io::NewsfeedsEntry& entry = seen.entries.front();
  std::string line = cat(entry.site, entry.exclusions, ":", entry.patterns, ":Tf,Wnm");
  for (const std::string& flag : entry.flags) {
    if (!flag.empty() && !flag.starts_with('T') && !flag.starts_with('W')) {
      line += cat(",", flag);
    }
  }
  // What another kind of feed has there is no file.
  return escaped(cat(line, ":", entry.type() == 'f' ? entry.parameter : ""), line_shown_max);
}

Finding newsfeeds(const Seen& seen) {
  const std::string& path = seen.newsfeeds.path;
  const Remedy change = {cat(seen.entries.empty() ? "add this line" : "make it this line",
                             ", then: ctlinnd reload newsfeeds 'feed ", seen.site, "'"),
                         cat("  ", wanted_line(seen))};
  if (!seen.newsfeeds.trouble.empty()) {
    return bad("newsfeeds", seen.newsfeeds.trouble,
               {"it has to be there, and to be readable for user " + escaped(seen.runas_user)});
  }
  if (seen.entries.empty()) {
    return bad("newsfeeds", cat(path, " has no entry for the site ", seen.site), change);
  }
  const auto fits = [](const io::NewsfeedsEntry& entry) {
    return entry.type() == 'f' && entry.items() == "nm";
  };
  const auto found = std::ranges::find_if(seen.entries, fits);
  if (found == seen.entries.end()) {
    const io::NewsfeedsEntry& entry = seen.entries.front();
    const char type = entry.type();
    return bad("newsfeeds",
               cat(path, ":", entry.line, ": the entry of ", seen.site, " has the flags T",
                   escaped({&type, 1}), ",W", escaped(entry.items()), ", not Tf,Wnm"),
               change);
  }
  std::string file = found->parameter.empty() ? found->site : found->parameter;
  if (!file.starts_with('/')) {
    file = cat(seen.path_outgoing, "/", file);
  }
  if (file != seen.feed_file) {
    return bad("newsfeeds",
               cat(path, ":", found->line, ": innd writes to ", escaped(file), ", innduct reads ",
                   escaped(seen.feed_file)),
               {cat("start innduct with --feedfile=", escaped(file))});
  }
  return good("newsfeeds", cat(path, ":", found->line));
}

Finding nntpsend(const Seen& seen) {
  if (seen.nntpsend_line == 0) {
    return good("nntpsend", cat("has nothing to do with ", seen.site));
  }
  return bad(
      "nntpsend",
      cat(seen.nntpsend.path, ":", seen.nntpsend_line, ": it works on ", seen.site, ", too, ",
          "and renames its feed file"),
      {"take that line out, and the files that nntpsend left become backlog: see \"Coming from",
       "nntpsend\" in innduct's operating.md"});
}

// Something that is not where it is looked for since a directory above it is closed, has this
// remedy.
std::optional<Remedy> let_in(const Seen& seen, const Seen::Path& what) {
  if (what.closed.empty()) {
    return std::nullopt;
  }
  return Remedy{cat("let user ", escaped(seen.runas_user), " enter ", escaped(what.closed),
                    ": chmod a+x ", escaped(what.closed))};
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

// What gives a file or directory to those who need it.
std::string ownership(const Seen& seen, std::string_view path) {
  return cat("chown ", escaped(seen.runas_user), ":", escaped(seen.runas_group), " ",
             escaped(path));
}

Finding feed_file(const Seen& seen) {
  const bool innd_runs = seen.innd_trouble.empty();
  if (seen.feed_file_there || !innd_runs) {
    return good("feed file",
                cat(escaped(seen.feed_file), seen.feed_file_there ? "" : " (not there yet)"));
  }
  return bad("feed file", cat(escaped(seen.feed_file), " is not there, though innd runs"),
             {cat("have innd read newsfeeds: ctlinnd reload newsfeeds 'feed ", seen.site, "'")});
}

Finding directory(const Seen& seen) {
  const std::string path = escaped(seen.directory.path);
  if (seen.directory.trouble.empty()) {
    return good("directory", path);
  }
  return bad("directory", cat(path, ": ", seen.directory.trouble),
             let_in(seen, seen.directory)
                 .value_or(Remedy{cat("it has to be there, and be ", escaped(seen.runas_user),
                                      "'s: ", ownership(seen, seen.directory.path),
                                      " && chmod u+rwx ", path)}));
}

void files(const Seen& seen, std::vector<Finding>& findings) {
  std::size_t well = 0;
  for (const Seen::Path& file : seen.files) {
    if (file.trouble.empty()) {
      ++well;
    } else if (!file.plain) {
      findings.push_back(bad("file", cat(escaped(file.path), ": ", file.trouble),
                             {"find out whose it is, and take it away: innd and innduct make "
                              "their files themselves"}));
    } else {
      findings.push_back(
          bad("file", cat(escaped(file.path), ": ", file.trouble),
              {cat("it has to be a plain file of ", escaped(seen.runas_user),
                   "'s: ", ownership(seen, file.path), " && chmod u+rw ", escaped(file.path))}));
    }
  }
  if (seen.files.empty()) {
    findings.push_back(good("files", "none of the feed is there yet"));
  } else if (well > 0) {
    findings.push_back(good("files", cat(well, " of the feed can be read and written")));
  }
}

Finding lock(const Seen& seen) {
  if (!seen.lock_trouble.empty()) {
    return bad("lock", seen.lock_trouble, {"find out what that file is, and remove it"});
  }
  return good("lock", seen.lock_holder
                          ? cat("held: the feed is being worked on, by process ", *seen.lock_holder)
                          : "free");
}

Finding run_directory(const Seen& seen) {
  const std::string path = escaped(seen.run_directory.path);
  if (seen.run_directory.trouble.empty()) {
    return good("pathrun", path);
  }
  return bad("pathrun", cat(path, ": ", seen.run_directory.trouble),
             let_in(seen, seen.run_directory)
                 .value_or(Remedy{cat(
                     "innd and innduct make their sockets there; it has to be there, "
                     "and be ",
                     escaped(seen.runas_user), "'s: ", ownership(seen, seen.run_directory.path))}));
}

Finding control(const Seen& seen) {
  if (seen.control.path.empty()) {
    return good("control", "none is wanted (--cli=none)");
  }
  const std::string path = escaped(seen.control.path);
  if (seen.control.trouble.empty()) {
    return good("control", cat("socket in ", path, seen.control.there ? "" : " (to be made)"));
  }
  const std::string& given =
      seen.control.there ? seen.control.path : directory_of(seen.control.path);
  return bad("control", cat("socket in ", path, ": ", seen.control.trouble),
             let_in(seen, seen.control)
                 .value_or(Remedy{cat("give another place with --cli, or make ",
                                      seen.control.there ? "this one " : "the one it is made in ",
                                      escaped(seen.runas_user), "'s: ", ownership(seen, given))}));
}

Finding outcome_log(const Seen& seen) {
  const std::string path = escaped(seen.outcome_log.path);
  if (seen.outcome_log.trouble.empty()) {
    return good("outcome log", cat(path, seen.outcome_log.there ? "" : " (to be made)"));
  }
  return bad("outcome log", cat(path, ": ", seen.outcome_log.trouble),
             {cat("it has to be ", escaped(seen.runas_user),
                  "'s, in a directory where that user may write; or leave --outcome-log out")});
}

Finding status_page(const Seen& seen) {
  switch (seen.http_place.is) {
    case io::HttpPlace::Is::free:
      return good("status page", cat(seen.http, " is free"));
    case io::HttpPlace::Is::ours:
      return good("status page", cat(seen.http, ": this feed's innduct serves it"));
    case io::HttpPlace::Is::taken:
      return bad("status page", cat(seen.http, ": ", seen.http_place.why),
                 {"give another place with --http; each feed needs its own"});
    case io::HttpPlace::Is::impossible:
      break;
  }
  return bad("status page", cat(seen.http, ": ", seen.http_place.why),
             {cat("give --http an address of this host and a port above 1023, or a path in a ",
                  "directory where ", escaped(seen.runas_user), " may write")});
}

Finding innd(const Seen& seen) {
  if (seen.innd_trouble.empty()) {
    return good("innd", cat("listens at ", escaped(seen.innd_channel)));
  }
  return bad("innd", seen.innd_trouble,
             {"start innd; if it runs, name the inn.conf that it uses with --inndconf"});
}

Finding store(const Seen& seen) {
  if (!seen.store_trouble.empty()) {
    return bad("articles", seen.store_trouble,
               {"correct storage.conf, or what the text names (inncheck finds mistakes)"});
  }
  if (!seen.sample) {
    return good("articles", "the store could be opened; no article waits to be tried");
  }
  const Seen::Sample& sample = *seen.sample;
  const std::string name = escaped(sample.message_id.empty() ? sample.locator : sample.message_id);
  switch (sample.outcome) {
    case engine::FetchOutcome::ready:
      return good("articles", cat("the store could be opened, and ", name, " be read"));
    case engine::FetchOutcome::absent:
      return good("articles", cat("the store could be opened; ", name, " has left it"));
    case engine::FetchOutcome::other:
    case engine::FetchOutcome::damaged:
      return good("articles", cat("the store could be opened; ", name, " is damaged, and will be ",
                                  "set aside: ", sample.text));
    case engine::FetchOutcome::unknown:
    case engine::FetchOutcome::trouble:
      break;
  }
  return bad("articles",
             cat(name, " (", escaped(sample.locator), ") cannot be read: ", sample.text),
             {"see that storage.conf is right, that the spool is mounted and readable for user " +
                  escaped(seen.runas_user) + ",",
              "and that this innduct was built against the INN that runs"});
}

// What to do about a peer that answers, and will not have articles. An answer begins with its code.
std::string remedy_for(std::string_view answer) {
  const std::string_view code = answer.substr(0, 3);
  if (code == "400") {
    return "it is busy, full or closed for now: try again later, or ask the peer's people";
  }
  if (code == "401" || code == "480" || code == "483") {
    return "it wants a password or TLS, which innduct cannot: ask the peer's people to let this "
           "host "
           "in by its address";
  }
  if (code == "502") {
    return "ask the peer's people to let this host in; they need its address";
  }
  return "is that a news server, and the port right (--port)?";
}

void peer(const Seen& seen, std::vector<Finding>& findings) {
  const std::string name = cat(escaped(seen.fqdn), " port ", seen.port);
  if (seen.met.empty()) {
    findings.push_back(
        bad("peer", cat("the name ", escaped(seen.fqdn), " has no address: ", seen.peer_unknown),
            {"correct the name (the second argument), or the DNS"}));
    return;
  }
  std::string ready;
  std::string others;
  const std::string* answer = nullptr;
  bool streams = true;
  for (const auto& met : seen.met) {
    if (met.ready) {
      ready += cat(ready.empty() ? "" : ", ", met.address);
      streams = streams && met.streaming;
    } else {
      others += cat(others.empty() ? "" : "; ", met.address, ": ", met.why_not);
      answer = met.answer.empty() ? answer : &met.answer;
    }
  }
  if (ready.empty() && answer != nullptr) {
    findings.push_back(
        bad("peer", cat(name, " takes no articles from us: ", others), {remedy_for(*answer)}));
    return;
  }
  if (ready.empty()) {
    findings.push_back(bad("peer", cat("cannot be reached at ", name, ": ", others),
                           {"is the port right (--port)? is this host let in by the peer, and by "
                            "firewalls? ask the peer's people"}));
    return;
  }
  findings.push_back(good("peer", cat(name, " (", ready, ") takes articles",
                                      others.empty() ? "" : "; not so ", others)));
  if (!seen.may_stream) {
    findings.push_back(good("streaming", "is not wanted (--no-streaming)"));
  } else if (streams) {
    findings.push_back(good("streaming", "the peer streams"));
  } else {
    findings.push_back(
        bad("streaming", "the peer does not stream: one article at a time on each connection",
            {"ask the peer's people to allow it, or accept it with --no-streaming"}));
  }
}

}  // namespace

std::vector<Finding> judge(const Seen& seen) {
  std::vector<Finding> findings{inn_conf(seen)};
  if (!findings.front().good) {
    return findings;
  }
  findings.push_back(user(seen));
  findings.push_back(newsfeeds(seen));
  findings.push_back(nntpsend(seen));
  if (seen.listed) {
    findings.push_back(feed_file(seen));
  }
  findings.push_back(directory(seen));
  if (seen.listed) {
    files(seen, findings);
    findings.push_back(lock(seen));
  }
  findings.push_back(run_directory(seen));
  findings.push_back(control(seen));
  if (!seen.outcome_log.path.empty()) {
    findings.push_back(outcome_log(seen));
  }
  if (!seen.http.empty()) {
    findings.push_back(status_page(seen));
  }
  findings.push_back(innd(seen));
  findings.push_back(store(seen));
  peer(seen, findings);
  return findings;
}

std::string render(const std::vector<Finding>& findings, bool colour) {
  constexpr std::string_view green = "\033[32m";
  constexpr std::string_view red = "\033[31m";
  constexpr std::string_view plain = "\033[0m";
  std::size_t width = 0;
  for (const Finding& finding : findings) {
    width = std::max(width, finding.what.size());
  }
  std::string text;
  for (const Finding& finding : findings) {
    const std::string_view word = finding.good ? "ok  " : "FAIL";
    text += colour ? cat(finding.good ? green : red, word, plain) : std::string(word);
    text += cat("  ", finding.what, std::string(width - finding.what.size() + 2, ' '), finding.text,
                "\n");
    for (const std::string& line : finding.remedy) {
      text += cat(std::string(6, ' '), line, "\n");
    }
  }
  return text;
}

}  // namespace innduct::app
