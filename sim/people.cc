// people.cc: what administrators do.
#include "sim/people.h"

#include <array>
#include <vector>

#include "core/cat.h"
#include "sim/names.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using core::cat;

void People::plan(unsigned count, void (People::*deed)()) {
  for (unsigned i = 0; i < count; ++i) {
    stage_.time.after(dice_.evenly(0s, stage_.options.cruelty), [this, deed] {
      if (!stage_.mercy) (this->*deed)();
    });
  }
}

void People::start() {
  const PeopleOptions& o = stage_.options.people;
  plan(o.commands, &People::some_command);
  plan(o.batches, &People::drop_batch);
  plan(o.batches_removed, &People::remove_batch);
  plan(o.oddities, &People::make_oddity);
  plan(o.feed_moved, &People::move_feed);
  plan(o.feed_removed, &People::remove_feed);
  plan(o.feed_emptied, &People::empty_feed);
}

void People::tidy() {
  std::vector<std::string> dangling;
  for (const auto& [name, key] : world_.disk.names()) {
    const FileKey target = world_.disk.follow(name);
    if (names::is_backlog(name) &&
        (target == 0 || world_.disk.file(target).type != engine::FileType::plain)) {
      dangling.push_back(name);
    }
  }
  for (const std::string& name : dangling) world_.disk.unlink(name);
}

void People::some_command() {
  constexpr std::array<std::string_view, 11> lines{"h",
                                                   "flush",
                                                   "logstats",
                                                   "show",
                                                   "dump q",
                                                   "dump a",
                                                   "next blscan",
                                                   "next conn",
                                                   "bogus",
                                                   "",
                                                   "dump \x80\xff and more of it"};
  command(dice_.pick(lines));
}

void People::command(std::string_view line) {
  if (!shell_.alive()) return;
  const engine::ClientId client{++clients_};
  stage_.say("people", "type `", line, "`");
  shell_.tell({.event = engine::Joined{client}});
  shell_.tell({.event = engine::Asked{client, {}}, .bytes = std::string(line)});
  if (dice_.coin()) shell_.tell({.event = engine::Left{client}});
}

void People::drop_batch() {
  const std::string made = cat("/admin/batch", ++batches_);
  const FileKey file = world_.disk.create(made);
  const bool bare = dice_.one_in(3);
  if (bare) world_.ledger.allow_bare_tokens(file);
  std::vector<ArticleNumber> numbers;
  std::string text;
  for (std::uint64_t count = dice_.below(30); count > 0; --count) {
    const ArticleNumber number = world_.articles.add(false);
    world_.spool.store(number);
    numbers.push_back(number);
    text += bare ? world_.articles[number].token : world_.articles[number].record;
    text += '\n';
    if (dice_.one_in(10)) text += "\n     \n";
  }
  if (dice_.permille(stage_.options.people.bad_lines)) {
    const std::string bad = cat("batch ", batches_, " of people who cannot type");
    world_.judge.plant_bad_line(bad);
    text += bad + "\n";
  }
  world_.disk.append(file, text);
  if (dice_.coin()) world_.disk.sync(file, world_.disk.now());
  world_.disk.set_modified(file, stage_.time.now().wall + dice_.evenly(0s, 2000s) - 1000s);

  constexpr std::array<std::string_view, 3> ignored{"#note", "~", ".old~"};
  const bool is_ignored = dice_.one_in(5);
  const std::string name = cat(names::backlog_prefix, '.', "admin", batches_,
                               is_ignored ? dice_.pick(ignored) : std::string_view());
  if (!is_ignored && dice_.one_in(3)) {
    world_.disk.make_symlink(name, made);
  } else {
    world_.disk.rename(made, name);
  }
  stage_.say("people", "drop in ", name, " (file ", file, ") with ", numbers.size(), " articles");
  world_.ledger.look(file);
  if (is_ignored) return;
  for (const ArticleNumber number : numbers) world_.ledger.feed(number);
}

void People::remove_batch() {
  std::vector<std::string> backlogs;
  for (const auto& [name, key] : world_.disk.names()) {
    if (names::is_backlog(name)) backlogs.push_back(name);
  }
  if (backlogs.empty()) return;
  const std::string& name = backlogs[dice_.below(backlogs.size())];
  stage_.say("people", "remove ", name);
  world_.ledger.excuse_all_in(world_.disk.follow(name), "people removed its backlog file");
  world_.disk.unlink(name);
  world_.faults.count_trouble();
}

void People::make_oddity() {
  constexpr std::array types{engine::FileType::directory, engine::FileType::other};
  const std::string name = cat(names::backlog_prefix, "-odd", ++batches_);
  if (dice_.one_in(3)) {
    world_.disk.make_symlink(name, "/admin/nowhere");
  } else {
    world_.disk.set_type(world_.disk.create(name), dice_.pick(types));
  }
  stage_.say("people", "make ", name, ", which is no file");
}

void People::remove_feed() {
  const FileKey feed = world_.disk.find(names::feed);
  if (feed == 0 || world_.disk.find(names::flushing) == feed) return;
  stage_.say("people", "remove ", names::feed);
  world_.ledger.excuse_all_in(feed, "people removed the feed file");
  world_.disk.unlink(names::feed);
  world_.faults.count_trouble();
}

void People::move_feed() {
  const FileKey feed = world_.disk.find(names::feed);
  // While the program moves the file itself, both would be at fault.
  if (feed == 0 || world_.disk.find(names::flushing) == feed) return;
  const std::string to = cat("/admin/moved", ++batches_);
  stage_.say("people", "move ", names::feed, " to ", to);
  world_.ledger.excuse_all_in(feed, "people moved the feed file away");
  world_.disk.rename(names::feed, to);
  world_.faults.count_trouble();
  if (dice_.coin()) stage_.time.after(dice_.widely(1ms, 100s), [this] { world_.innd.flush(); });
}

void People::empty_feed() {
  const FileKey feed = world_.disk.find(names::feed);
  if (feed == 0 || world_.disk.find(names::flushing) == feed) return;
  stage_.say("people", "empty ", names::feed);
  world_.ledger.excuse_all_in(feed, "people emptied the feed file");
  world_.disk.truncate(feed, 0);
  world_.ledger.cut(feed, 0);
  // What is written before the program can have noticed stands where it believes to have read
  // already; so innd is quiet for so long, and what it cannot hold back may be lost.
  const core::Instant noticed =
      stage_.time.now().monotonic + stage_.options.config.period * 3 + 1000s;
  world_.innd.be_quiet_until(noticed);
  world_.judge.excuse_overwrites_in(feed);
  shell_.grew(feed);
}

}  // namespace innduct::sim
