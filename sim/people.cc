// people.cc: what administrators do.
#include "sim/people.h"

#include <array>
#include <vector>

#include "core/cat.h"
#include "sim/names.h"

namespace innduct::sim {

using namespace std::chrono_literals;
using core::cat;

// F_bad is full at 1,000,000 bytes.
constexpr std::size_t bad_size_max = 999'900;
// What people find too much, when they tidy up.
constexpr std::size_t bad_size_to_see_to = 300'000;

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
  plan(o.batches_grown, &People::grow_batch);
  plan(o.batches_replaced, &People::replace_batch);
  plan(o.judgements, &People::judge_quarantine);
  plan(o.oddities, &People::make_oddity);
  plan(o.feed_moved, &People::move_feed);
  plan(o.feed_removed, &People::remove_feed);
  plan(o.feed_emptied, &People::empty_feed);
  if (o.bad_full) fill_bad();
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
  for (const auto& [key, file] : world_.disk.files()) world_.disk.lock(key, false);
  empty_bad();
}

void People::empty_bad() {
  const FileKey bad = world_.disk.find(names::bad);
  if (bad == 0 || world_.disk.file(bad).image.size() < bad_size_to_see_to) return;
  if (world_.disk.file(bad).handles > 0) {
    stage_.time.after(10s, [this] { empty_bad(); });
    return;
  }
  stage_.say("people", "have looked at ", names::bad, " and remove it");
  world_.ledger.have_seen(world_.disk.file(bad).image);
  world_.disk.unlink(names::bad);
}

void People::some_command() {
  constexpr std::array<std::string_view, 14> lines{"h",
                                                   "show json",
                                                   "flush",
                                                   "logstats",
                                                   "show",
                                                   "dump q",
                                                   "dump a",
                                                   "next blscan",
                                                   "next conn",
                                                   "quarantine",
                                                   "quarantine retry",
                                                   "bogus",
                                                   "",
                                                   "dump \x80\xff and more of it"};
  command(dice_.pick(lines));
}

engine::ClientId People::command(std::string_view line) {
  if (!shell_.alive()) return {};
  const engine::ClientId client{++clients_};
  stage_.say("people", "type `", line, "`");
  shell_.tell({.event = engine::Joined{client}});
  shell_.tell({.event = engine::Asked{client, {}}, .bytes = std::string(line)});
  if (dice_.coin()) shell_.tell({.event = engine::Left{client}});
  return client;
}

void People::keep_retrying() {
  command("quarantine retry all");
  stage_.time.after(dice_.evenly(100s, 1000s), [this] { keep_retrying(); });
}

void People::judge_quarantine() {
  const FileKey file = world_.disk.find(names::quarantine);
  if (file == 0 || !shell_.alive()) return;
  switch (dice_.below(5)) {
    case 0: {
      world_.ledger.excuse_all_in(file, "people dropped it from the quarantine");
      world_.judge.people_drop(command("quarantine drop all"));
      return;
    }
    case 1: {
      const std::string name = cat(names::backlog_prefix, ".judged", ++batches_);
      stage_.say("people", "rename the quarantine to ", name);
      world_.disk.rename(std::string(names::quarantine), name);
      world_.judge.people_renamed(file);
      world_.ledger.read_twice(file);             // as what it was, and as what it is now
      world_.disk.sync_names(world_.disk.now());  // else a power cut might take both names
      return;
    }
    case 2: {
      if (world_.articles.size() == 0) return;
      const auto number = static_cast<ArticleNumber>(dice_.below(world_.articles.size()));
      command(cat("quarantine retry ", world_.articles[number].message_id));
      return;
    }
    default:
      command("quarantine retry all");
  }
}

// A file of articles that nobody knows yet, outside the feed directory.
People::Batch People::make_batch(std::size_t articles) {
  Batch batch{.made_as = cat("/admin/batch", ++batches_)};
  batch.file = world_.disk.create(batch.made_as);
  const bool bare = dice_.one_in(3);
  if (bare) world_.ledger.allow_bare_tokens(batch.file);
  std::string text;
  for (; articles > 0; --articles) {
    const ArticleNumber number = add_article(batch);
    text += bare ? world_.articles[number].token : world_.articles[number].record;
    text += '\n';
    if (dice_.one_in(10)) text += "\n     \n";
  }
  if (dice_.permille(stage_.options.people.foreign)) {
    for (int i = 0; i < 50; ++i) text += "somebody's notes, which are no feed file\n";
  }
  if (dice_.permille(stage_.options.people.bad_lines)) {
    const std::string bad = cat("batch ", batches_, " of people who cannot type");
    world_.ledger.plant_bad_line(bad);
    text += bad + "\n";
  }
  if (text.ends_with(">\n") && dice_.one_in(4)) text.pop_back();
  world_.disk.append(batch.file, text);
  if (dice_.coin()) world_.disk.sync(batch.file, world_.disk.now());
  const core::Duration far = dice_.one_in(10) ? core::Duration(1'000'000s) : 1000s;
  world_.disk.set_modified(batch.file, stage_.time.now().wall + dice_.evenly(0s, 2 * far) - far);
  world_.disk.lock(batch.file, dice_.permille(stage_.options.people.batches_locked));
  return batch;
}

ArticleNumber People::add_article(Batch& batch) {
  const ArticleNumber number = world_.articles.add(false);
  world_.spool.store(number);
  batch.numbers.push_back(number);
  return number;
}

void People::hand_over(const Batch& batch) {
  world_.ledger.look(batch.file);
  for (const ArticleNumber number : batch.numbers) {
    world_.ledger.account(number).by_people = true;
    world_.ledger.feed(number);
  }
}

void People::drop_batch() {
  const Batch batch = make_batch(dice_.one_in(300) ? 3000 : dice_.below(30));
  constexpr std::array<std::string_view, 3> ignored{"#note", "~", ".old~"};
  const bool is_ignored = dice_.one_in(5);
  const std::string name = cat(names::backlog_prefix, ".admin", batches_,
                               is_ignored ? dice_.pick(ignored) : std::string_view());
  if (!is_ignored && dice_.one_in(3)) {
    world_.disk.make_symlink(name, batch.made_as);
  } else {
    world_.disk.rename(batch.made_as, name);
  }
  stage_.say("people", "drop in ", name, " (file ", batch.file, ") with ", batch.numbers.size(),
             " articles");
  world_.ledger.look(batch.file);
  if (!is_ignored) hand_over(batch);
}

std::string People::some_batch() {
  std::vector<std::string> found;
  for (const auto& [name, key] : world_.disk.names()) {
    const FileKey file = world_.disk.follow(name);
    if (names::is_backlog(name) && name.starts_with(cat(names::backlog_prefix, ".admin")) &&
        file != 0 && world_.disk.file(file).type == engine::FileType::plain) {
      found.push_back(name);
    }
  }
  return found.empty() ? std::string() : found[dice_.below(found.size())];
}

void People::grow_batch() {
  const std::string name = some_batch();
  if (name.empty()) return;
  Batch batch{.file = world_.disk.follow(name)};
  const std::string& before = world_.disk.file(batch.file).image;
  std::string text = before.empty() || before.ends_with('\n') ? "" : "\n";
  for (std::uint64_t count = dice_.between(1, 5); count > 0; --count) {
    text += world_.articles[add_article(batch)].record + "\n";
  }
  stage_.say("people", "append ", batch.numbers.size(), " articles to ", name);
  world_.disk.append(batch.file, text);
  hand_over(batch);
}

void People::replace_batch() {
  const std::string name = some_batch();
  if (name.empty()) return;
  const Batch batch = make_batch(dice_.below(10));
  stage_.say("people", "put another file in the place of ", name);
  world_.ledger.excuse_all_in(world_.disk.follow(name), "people put another file in its place");
  world_.disk.rename(batch.made_as, name);
  hand_over(batch);
}

void People::before_link(std::string_view name) {
  if (stage_.mercy) return;
  if (names::is_backlog(name)) {
    if (dice_.permille(stage_.options.people.names_taken)) perhaps_take(name);
  } else if (dice_.permille(stage_.options.people.feed_raced * 10)) {
    move_feed();
    world_.innd.flush();
  }
}

void People::feed_was_made() {
  if (stage_.mercy || !dice_.permille(stage_.options.people.feed_snatched * 10)) return;
  stage_.time.after(dice_.widely(1ms, 10s), [this] {
    if (!stage_.mercy) remove_feed();
  });
}

void People::perhaps_take(std::string_view name) {
  if (world_.disk.find(name) != 0) return;
  const Batch batch = make_batch(dice_.below(10));
  stage_.say("people", "drop in a file under the very name ", name);
  world_.disk.rename(batch.made_as, name);
  hand_over(batch);
}

void People::fill_bad() {
  const FileKey file = world_.disk.create(names::bad);
  world_.disk.claim(file);
  std::string text;
  while (text.size() < bad_size_max)
    text += "what was bad long ago, and is kept here for a person\n";
  world_.disk.append(file, text);
  world_.disk.sync(file, world_.disk.now());
  world_.disk.sync_names(world_.disk.now());
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
  // already; so innd is quiet for so long.
  const core::Instant noticed =
      stage_.time.now().monotonic + stage_.options.config.period * 3 + 1000s;
  world_.innd.be_quiet_until(noticed);
  world_.judge.excuse_overwrites_in(feed);
  shell_.grew(feed);
}

}  // namespace innduct::sim
