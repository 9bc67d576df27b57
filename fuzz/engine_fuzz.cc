// engine_fuzz.cc: the story that an input tells an engine: what happens, in which order, and how
// it ends. What the engine may do about it is demanded in engine_world.cc.
//
// The first bytes choose the configuration and what lies in the feed directory; then each step
// begins with a byte.
#include <algorithm>
#include <array>
#include <cerrno>

#include "core/cat.h"
#include "engine_world.h"

namespace innduct::fuzz {

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t steps_max = 400;
constexpr std::size_t bytes_written_max = 100'000;

std::string token(unsigned number) {
  const std::string digits = std::to_string(number);
  return "@" + std::string(36 - digits.size(), '0') + digits + "@";
}

std::string record(unsigned number) { return core::cat(token(number), " <", number, "@x>"); }

}  // namespace

World::World(Input& input) : input_(input) {
  config_.site = "site";
  config_.fqdn = "peer.example.com";
  config_.feed_path = "/feed/F";
  config_.feed_name = "F";
  const std::uint8_t flags = input_.byte();
  config_.streaming = (flags & 1) == 0;
  config_.watch = (flags & 2) == 0;
  config_.sync_feed = (flags & 4) == 0;
  config_.outcome_log = (flags & 128) == 0;
  config_.headline = true;
  config_.no_check_percent = (flags & 8) == 0 ? 95 : 0;
  config_.low_volume_thresh = (flags & 16) == 0 ? 0 : 3;
  site_is_known_ = (flags & 32) == 0;
  peer_obliges_ = (flags & 64) == 0;
  const std::uint8_t sizes = input_.byte();
  config_.connections_max = std::size_t{1} + sizes % 3;
  config_.queue_per_conn_max = std::size_t{1} + sizes / 4 % 8;
  config_.queue_per_file_max = std::size_t{1} + sizes / 8 % 32;
  config_.flush_size_bytes = 500;
  config_.max_bad_input_init = 3;
  config_.no_check_response_articles = 3;
  now_ = {core::Instant(1h), core::WallTime(std::chrono::days(10'000))};
  for (std::size_t i = input_.below(6); i > 0; --i) {
    somebody_meddles();
  }
}

void World::live() {
  engine_ = std::make_unique<Engine>(config_, 1);
  engine_->start(now_, actions_);
  take_actions();
  for (std::size_t steps = 0; !input_.empty() && !exited_ && steps < steps_max; ++steps) {
    step();
  }
  for (int periods = 0; periods < 10 && !exited_; ++periods) {
    go_well();
    now_.monotonic += config_.period;
    now_.wall += config_.period;
  }
  if (!exited_) {
    tell(Stop{15});
    turn(events_.size());
    core::check(exited_, "who is told to stop stops");
  }
}

void World::step() {
  const std::uint8_t choice = input_.byte();
  switch (choice % 16) {
    case 0:
    case 1:
      return go_well();
    case 2:
    case 3:
    case 4:
      return answer_at_random();
    case 5:
      return turn(events_.size());
    case 6:
      return turn(input_.below(events_.size() + 1));
    case 7:
    case 8:
      return pass_time();
    case 9:
    case 10:
    case 11:
      return peer_speaks();
    case 12:
    case 13:
      return innd_writes();
    case 14:
      return somebody_meddles();
    default:
      return people_ask();
  }
}

void World::pass_time() {
  constexpr std::array<core::Duration, 10> times{1us,   1s,    5s,     30s,      100s,
                                                 1000s, 3600s, 86400s, 100'000s, 0s};
  const core::Duration time = times[input_.below(times.size())];
  now_.monotonic += time;
  now_.wall += time;
  switch (input_.byte()) {  // the wall clock may jump
    case 1:
      now_.wall += std::chrono::days(400);
      break;
    case 2:
      now_.wall -= std::chrono::days(400);
      break;
    default:
      break;
  }
  turn(events_.size());
}

// One line of a feed file, with its newline or not.
std::string World::line() {
  const unsigned number = ++lines_;
  switch (input_.below(12)) {
    default:
      return record(number) + "\n";
    case 4:
      return core::cat("news/x/", number, " <", number, "@x>\n");
    case 5:
      return record(number).substr(0, input_.byte());
    case 6:
      return record(number) + record(++lines_) + "\n";
    case 7:
      return std::string(input_.byte(), '\0') + record(number) + "\n";
    case 8:
      return std::string(input_.byte(), ' ') + "\n";
    case 9:
      return token(number) + "\n";
    case 10:
      return record(1) + "\n";  // once more
    case 11:
      return std::string(input_.bytes(input_.byte())) + "\n";
  }
}

void World::innd_writes() {
  const std::uint8_t choice = input_.byte();
  if (innd_has_ == nullptr || choice % 8 == 7) {
    innd_has_ = find("F", true);
    innd_has_ = innd_has_ != nullptr ? innd_has_ : make_file("F");
  }
  for (std::size_t i = choice / 8 + 1; i > 0 && bytes_written_ < bytes_written_max; --i) {
    const std::string bytes = line();
    innd_has_->bytes += bytes;
    bytes_written_ += bytes.size();
  }
  innd_has_->stat.modified = now_.wall;
  if (choice % 4 != 3 && open_.contains(watched_)) {
    tell(Grew{watched_});
  }
}

void World::people_ask() {
  constexpr std::array<std::string_view, 19> commands{"show",
                                                      "show json",
                                                      "batch",
                                                      "flush",
                                                      "dump a",
                                                      "dump q",
                                                      "next conn",
                                                      "next blscan",
                                                      "logstats",
                                                      "h",
                                                      "quarantine",
                                                      "",
                                                      "quarantine retry all",
                                                      "quarantine drop all",
                                                      "stop",
                                                      "quarantine retry <1@x>",
                                                      "trace peer",
                                                      "trace <1@x>",
                                                      "trace off"};
  const std::uint8_t choice = input_.byte();
  if (clients_.empty() || choice >= 0xf0) {
    const ClientId client{++last_client_};
    clients_.insert(client);
    return tell(Joined{client});
  }
  const ClientId client{1 + choice % last_client_};
  const std::size_t what = input_.below(commands.size() + 2);
  if (what == commands.size()) {
    reading_.erase(client);  // it may come again under its name, which no shell allows
    tell(Left{client});
  } else if (what > commands.size()) {
    tell(Asked{client, odd_bytes(100)});
  } else {
    tell(Asked{client, commands[what]});
  }
}

// An administrator, or a disk, changes what is in the directory.
void World::somebody_meddles() {
  constexpr std::array<const char*, 9> names{
      "F",     "F_flushing",   "F_defer",    "F_backlog", "F_backlog.1.1",
      "F_bad", "F_quarantine", "F_suspects", "F_backlog~"};
  const std::string name = names[input_.below(names.size())];
  const FilePtr file = find(name, false);
  switch (input_.below(file == nullptr ? 3 : 10)) {
    case 0:
    case 1: {
      const FilePtr made = make_file(name);
      for (std::size_t i = input_.below(20); i > 0 && bytes_written_ < bytes_written_max; --i) {
        made->bytes += line();
      }
      bytes_written_ += made->bytes.size();
      return;
    }
    case 2: {
      const FilePtr made = make_file(name);
      made->stat.type = FileType::symlink;
      made->target = names[input_.below(names.size())];
      return;
    }
    case 3:
      names_.erase(name);
      return;
    case 4:
      file->bytes.resize(std::min<std::size_t>(file->bytes.size(), input_.number()));
      return;
    case 5:
      file->stat.type = static_cast<FileType>(input_.below(4));
      return;
    case 6: {
      const std::size_t at = std::min<std::size_t>(file->bytes.size(), input_.number());
      const std::string_view bytes = input_.bytes(input_.below(32));
      file->bytes.replace(at, std::min(bytes.size(), file->bytes.size() - at), bytes);
      return;
    }
    case 7:
      names_[names[input_.below(names.size())]] = file;
      return;
    case 8:
      file->bytes += line();
      return;
    case 9:
      names_[names[input_.below(names.size())]] = file;
      names_.erase(name);
      return;
  }
}

std::string World::reply_to(const std::string& command, std::size_t choice) {
  const std::size_t space = std::min(command.find(' '), command.size());
  const std::string verb = command.substr(0, space);
  const std::string id = command.substr(space);
  const bool check = verb == "CHECK";
  const bool take = verb == "TAKETHIS";
  const bool body = verb == "body";
  switch (choice) {
    default:
      return check             ? "238" + id + "\r\n"
             : take            ? "239" + id + "\r\n"
             : body            ? "235 thanks\r\n"
             : verb == "IHAVE" ? "335 go on\r\n"
             : verb == "MODE"  ? (config_.streaming ? "203 streams\r\n" : "500 what\r\n")
             : verb == "QUIT"  ? "205 bye\r\n"
                               : "101 list\r\nVERSION 2\r\n.\r\n";
    case 4:
      return (check ? "438" + id : take ? "439" + id : body ? "437" : "435") + "\r\n";
    case 5:
      return (check || take ? "431" + id : "436") + "\r\n";
    case 6:
      return "400 bye\r\n";
    case 7:
      return "500 what" + id + "\r\n";
    case 8:
      return "238 <other@x>\r\n";
    case 9:
      return "501" + id + "\r\n";
    case 10:
      return "480 who are you\r\n";
    case 11:
      return "439" + id + "\r\n";
    case 12:
      return "403" + id + "\r\n";
    case 13:
      return std::string(input_.bytes(input_.byte()));
    case 14:
      return "203 streaming\r\n";
  }
}

void World::peer_speaks() {
  std::vector<ConnId> able;
  for (const auto& [id, connection] : connections_) {
    if (connection.connected && !connection.lost) {
      able.push_back(id);
    }
  }
  if (able.empty()) {
    return go_well();
  }
  const ConnId id = able[input_.below(able.size())];
  Connection& connection = connections_[id];
  const std::uint8_t choice = input_.byte();
  if (choice % 16 == 15) {
    connection.lost = true;
    return tell(Lost{id, choice < 0x80 ? 0 : ECONNRESET, "gone"});
  }
  if (choice % 16 == 14) {
    const std::size_t bytes = choice < 0x80 ? connection.unsent : connection.unsent / 2;
    connection.unsent -= bytes;
    return tell(Sent{id, bytes});
  }
  if (choice % 16 == 13) {
    return tell(Received{id, odd_bytes(600)});
  }
  std::string bytes;
  for (std::size_t i = choice % 16 + 1; i > 0 && !connection.commands.empty(); --i) {
    bytes += reply_to(connection.commands.front(), input_.below(16));
    connection.commands.pop_front();
  }
  const std::size_t cut = choice < 0x80 ? bytes.size() : bytes.size() / 2;
  tell(Received{id, keep(std::string_view(bytes).substr(0, cut))});
  if (cut < bytes.size()) {
    tell(Received{id, keep(std::string_view(bytes).substr(cut))});
  }
}

}  // namespace innduct::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  innduct::fuzz::Input input(data, size);
  innduct::fuzz::World(input).live();
  return 0;
}
