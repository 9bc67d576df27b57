// engine_answers.cc: what becomes of the things that the engine asks for, well or badly.
#include <algorithm>
#include <array>
#include <cerrno>

#include "core/cat.h"
#include "engine_world.h"

namespace innduct::fuzz {

using namespace engine;

namespace {

// What keeps an action in order: its file; 0 for nothing.
FileId file_of(const Action& action) {
  return std::visit(
      [](const auto& a) {
        if constexpr (requires { a.file; }) {
          return a.file;
        } else {
          return FileId{};
        }
      },
      action);
}

}  // namespace

bool World::may_happen_now(std::size_t index) const {
  const Action& action = pending_[index].action;
  const FileId file = file_of(action);
  const bool reopens = std::holds_alternative<ReopenStore>(action);
  const bool fetches = std::holds_alternative<Fetch>(action);
  return std::all_of(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(index),
                     [&](const Pending& before) {
                       const bool same_file = file && file_of(before.action) == file;
                       const bool store =
                           (fetches && std::holds_alternative<ReopenStore>(before.action)) ||
                           (reopens && std::holds_alternative<Fetch>(before.action));
                       return !same_file && !store;
                     });
}

void World::happen(std::size_t index, bool well) {
  const Pending pending = std::move(pending_[index]);
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
  std::visit(
      [&]<class A>(const A& a) {
        if constexpr (is_answered<A>) {
          act(a, pending, well);
        }
      },
      pending.action);
}

void World::answer_at_random() {
  std::vector<std::size_t> able;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (may_happen_now(i)) {
      able.push_back(i);
    }
  }
  if (able.empty()) {
    return turn(events_.size());
  }
  const std::uint8_t choice = input_.byte();
  happen(able[choice / 2 % able.size()], choice % 2 == 0);
}

int World::any_error() {
  constexpr std::array<int, 16> errors{ENOENT, EIO,    ENOSPC, EDQUOT, EACCES, EEXIST,
                                       ELOOP,  EROFS,  EMFILE, ENOMEM, EISDIR, ENXIO,
                                       ESTALE, ERANGE, EAGAIN, EFBIG};
  return errors[input_.below(errors.size())];
}

void World::fail(OpId op) { tell(Failed{op, any_error(), "it failed"}); }

void World::done_or(OpId op, int error) {
  if (error == 0) {
    tell(Done{op});
  } else {
    tell(Failed{op, error, "it cannot be"});
  }
}

std::string_view World::odd_bytes(std::size_t size_max) {
  return keep(input_.bytes(std::min<std::size_t>(input_.number(), size_max)));
}

World::FilePtr World::find(const std::string& name, bool follow) const {
  auto found = names_.find(name);
  for (int links = 0; found != names_.end() && links < 8; ++links) {
    if (!follow || found->second->stat.type != FileType::symlink) {
      return found->second;
    }
    found = names_.find(found->second->target);
  }
  return nullptr;
}

World::FilePtr World::make_file(const std::string& name) {
  auto file = std::make_shared<File>();
  file->stat = {.device = 1, .inode = ++inodes_, .links = 1, .size = 0, .modified = now_.wall};
  names_[name] = file;
  return file;
}

FileStat World::stat_of(const File& file, bool truly) {
  FileStat stat = file.stat;
  stat.size = file.bytes.size();
  if (!truly) {
    switch (input_.below(6)) {
      case 0:
        stat.size = input_.number();
        break;
      case 1:
        stat.size = 0;
        break;
      case 2:
        stat.inode = input_.below(8);
        break;
      case 3:
        stat.type = static_cast<FileType>(input_.below(4));
        break;
      case 4:
        stat.modified += std::chrono::seconds(input_.number()) - std::chrono::hours(9);
        break;
      default:
        stat.size = std::uint64_t{1} << input_.below(21);
        break;
    }
  }
  return stat;
}

void World::act(const OpenFile& a, const Pending& p, bool well) {
  if (!well && input_.below(2) == 0) {
    return fail(a.op);
  }
  FilePtr file = find(p.text, a.follow);
  if (file == nullptr && !creates(a.mode)) {
    return done_or(a.op, ENOENT);
  }
  if (file != nullptr && a.mode == OpenMode::append_exclusive) {
    return done_or(a.op, EEXIST);
  }
  if (file != nullptr && file->stat.type == FileType::symlink) {
    return done_or(a.op, ELOOP);
  }
  file = file != nullptr ? file : make_file(p.text);
  if (a.mode == OpenMode::replace) {
    file->bytes.clear();
  }
  open_[a.file] = {file, a.mode};
  tell(Opened{a.op, stat_of(*file, well)});
}

void World::act(const CloseFile& a, const Pending&, bool well) {
  open_.erase(a.file);
  well ? done_or(a.op, 0) : fail(a.op);
}

void World::act(const StatName& a, const Pending& p, bool well) {
  if (!well && input_.below(2) == 0) {
    return fail(a.op);
  }
  const FilePtr file = find(p.text, a.follow);
  if (file == nullptr) {
    return done_or(a.op, ENOENT);
  }
  tell(Statted{a.op, stat_of(*file, well)});
}

void World::act(const StatFile& a, const Pending&, bool well) {
  if (!well && input_.below(2) == 0) {
    return fail(a.op);
  }
  tell(Statted{a.op, stat_of(*open_.at(a.file).file, well)});
}

void World::act(const Read& a, const Pending&, bool well) {
  const std::string& bytes = open_.at(a.file).file->bytes;
  std::string_view there =
      std::string_view(bytes).substr(std::min<std::size_t>(bytes.size(), a.offset), a.length);
  if (well) {
    return tell(ReadDone{a.op, keep(there)});
  }
  switch (input_.below(3)) {
    case 0:
      return fail(a.op);
    case 1:  // it was cut, and has grown again
      return tell(ReadDone{a.op, keep(there.substr(0, input_.number()))});
    default:
      return tell(ReadDone{a.op, odd_bytes(a.length)});
  }
}

void World::act(const Overwrite& a, const Pending& p, bool well) {
  std::string& bytes = open_.at(a.file).file->bytes;
  if (a.offset > bytes.size() || p.text.size() > bytes.size() - a.offset) {
    return done_or(a.op, ERANGE);
  }
  const std::size_t size = well ? p.text.size() : input_.below(p.text.size());
  bytes.replace(a.offset, size, p.text, 0, size);
  well ? done_or(a.op, 0) : fail(a.op);
}

void World::act(const Append& a, const Pending& p, bool well) {
  const std::size_t size = well ? p.text.size() : input_.below(p.text.size());
  open_.at(a.file).file->bytes.append(p.text, 0, size);
  well ? done_or(a.op, 0) : fail(a.op);
}

void World::act(const Truncate& a, const Pending&, bool well) {
  std::string& bytes = open_.at(a.file).file->bytes;
  bytes.resize(std::min<std::size_t>(bytes.size(), a.size));
  well ? done_or(a.op, 0) : fail(a.op);
}

void World::act(const Sync& a, const Pending&, bool well) { well ? done_or(a.op, 0) : fail(a.op); }

void World::act(const SyncDirectory& a, const Pending&, bool well) {
  well ? done_or(a.op, 0) : fail(a.op);
}

void World::act(const Link& a, const Pending& p, bool well) {
  if (!well) {
    return fail(a.op);
  }
  if (!names_.contains(p.text)) {
    return done_or(a.op, ENOENT);
  }
  done_or(a.op, names_.emplace(p.more, names_[p.text]).second ? 0 : EEXIST);
}

void World::act(const Unlink& a, const Pending& p, bool well) {
  if (!well) {
    return fail(a.op);
  }
  done_or(a.op, names_.erase(p.text) == 1 ? 0 : ENOENT);
}

void World::act(const List& a, const Pending& p, bool well) {
  if (!well && input_.below(2) == 0) {
    return fail(a.op);
  }
  auto& listing = listings_.emplace_back();
  for (const auto& [name, file] : names_) {
    if (!name.starts_with(p.text) || (!well && input_.below(2) == 0)) {
      continue;
    }
    ListedName listed{.name = keep(name), .self = stat_of(*file, well), .target = {}};
    const FilePtr target = find(name, true);
    if (target != nullptr && target != file) {
      listed.target = stat_of(*target, well);
    }
    listing.push_back(listed);
  }
  tell(Listed{a.op, listing});
}

void World::act(const ProveUnwritten& a, const Pending&, bool well) {
  well ? done_or(a.op, 0) : fail(a.op);
}

void World::act(const Flush& a, const Pending&, bool well) {
  const auto best = site_is_known_ ? FlushOutcome::ok : FlushOutcome::no_such_site;
  const auto outcome = well ? best : static_cast<FlushOutcome>(input_.below(5));
  const bool obeys = well ? site_is_known_ : input_.below(2) == 0;
  if (obeys) {
    innd_has_ = find("F", true);
    innd_has_ = innd_has_ != nullptr ? innd_has_ : make_file("F");
  }
  tell(Flushed{a.op, outcome, "innd said so"});
}

void World::act(const Fetch& a, const Pending& p, bool well) {
  const auto outcome = well ? FetchOutcome::ready : static_cast<FetchOutcome>(input_.below(6));
  Fetched fetched{.article = a.article, .outcome = outcome};
  if (outcome == FetchOutcome::ready) {
    articles_.at(a.article) = Article::held;
    fetched.size = well ? article_size : std::size_t{5} << input_.below(24);
    fetched.message_id = p.text.empty() ? keep(core::cat("<", ++lines_, "@y>")) : "";
  } else {
    fetched.text = "it cannot be had";
  }
  tell(fetched);
}

void World::act(const ReopenStore& a, const Pending&, bool well) {
  well ? done_or(a.op, 0) : fail(a.op);
}

void World::act(const ReadMarks& a, const Pending&, bool well) {
  auto& marks = mark_lists_.emplace_back();
  for (std::size_t i = well ? 0 : input_.below(8); i > 0; --i) {
    marks.push_back({i % 2 == 0 ? keep(core::cat("<", i, "@x>")) : odd_bytes(mark_size_max),
                     input_.below(2) == 0});
  }
  tell(Marks{a.op, !well && input_.below(4) != 0, 1, marks});
}

void World::act(const AnswerTrace& a, const Pending&, bool) {
  reading_.erase(a.client);
  tell(Done{a.op});
}
void World::act(const ClearMarks& a, const Pending&, bool) { done_or(a.op, 0); }

void World::act(const Resolve& a, const Pending&, bool well) {
  constexpr std::array<std::string_view, 3> all{"192.0.2.1", "2001:db8::2", "192.0.2.3"};
  if (!well && input_.below(2) == 0) {
    return fail(a.op);
  }
  const std::size_t count = well ? 1 : input_.below(4);
  auto& list = address_lists_.emplace_back(all.begin(), all.begin() + count);
  addresses_.insert(list.begin(), list.end());
  tell(Resolved{a.op, list});
}

void World::act(const Connect& a, const Pending&, bool well) {
  const auto found = connections_.find(a.conn);
  if (found == connections_.end()) {
    return;  // given back before it came to be
  }
  if (!well && input_.below(2) == 0) {
    found->second.lost = true;
    return tell(Lost{a.conn, ECONNREFUSED, "refused"});
  }
  found->second.connected = true;
  tell(Connected{a.conn});
  if (well) {
    tell(Received{a.conn, "200 hello\r\n"});
  }
}

}  // namespace innduct::fuzz
