// troubles.cc: one line for each thing that is not well.
#include "engine/troubles.h"

#include "core/cat.h"
#include "core/escape.h"

namespace innduct::engine {

std::vector<std::string> troubles(const Status& status) {
  std::vector<std::string> all;
  if (status.state == FeedState::waiting) {
    all.emplace_back("there is no feed file: is innd running, is the site in newsfeeds?");
  }
  if (status.state == FeedState::flushfail) {
    all.emplace_back("innd does not begin a new feed file");
  }
  if (status.connect_failures > 0) {
    all.push_back(core::cat("the peer cannot be reached: ", core::escaped(status.connect_failure)));
  }
  if (status.store_in_trouble) {
    all.emplace_back("the article store is in trouble");
  }
  if (status.backlog_unreadable > 0) {
    all.push_back(core::cat(status.backlog_unreadable, " backlog file",
                            status.backlog_unreadable == 1 ? "" : "s", " cannot be read"));
  }
  if (status.in_quarantine > 0) {
    all.push_back(core::cat(status.in_quarantine, " article",
                            status.in_quarantine == 1 ? " is" : "s are", " in the quarantine"));
  }
  return all;
}

}  // namespace innduct::engine
