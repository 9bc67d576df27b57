// ledger.cc: accounts and places.
#include "sim/ledger.h"

#include <algorithm>

#include "sim/names.h"

namespace innduct::sim {
namespace {

// No record is longer; so much in front of new text may belong to one that it completes.
constexpr std::uint64_t record_size_max = 300;
constexpr std::size_t token_size = 38;

}  // namespace

// ---------------------------------------------------------------- accounts

Account& Ledger::grown(ArticleNumber number) {
  if (number >= accounts_.size()) accounts_.resize(articles_.size());
  return accounts_[number];
}

void Ledger::feed(ArticleNumber number) {
  Account& account = grown(number);
  const bool was_open = account.open();
  if (!account.fed) ++fed_;
  account.fed = true;
  account.fed_at = stage_.time.now().monotonic;
  if (!was_open && account.open()) ++open_;
}

void Ledger::split(ArticleNumber number, Extent head, Extent tail) {
  grown(number).places.push_back({head, tail});
  ++grown(number).records;
  add_to_index(head, number);
  add_to_index(tail, number);
}

void Ledger::settle(ArticleNumber number, int verdict) {
  Account& account = grown(number);
  if (account.open()) --open_;
  if (!account.settled) ++settled_;
  account.settled = true;
  account.verdict = verdict;
}

void Ledger::miss(ArticleNumber number) {
  Account& account = grown(number);
  if (account.open()) --open_;
  account.missing = true;
}

void Ledger::excuse(ArticleNumber number, std::string_view why) {
  Account& account = grown(number);
  if (!account.open()) return;
  --open_;
  account.excused = why;
  stage_.say("ledger", id(number), " is excused: ", why);
}

void Ledger::excuse_all_in(FileKey file, std::string_view why) {
  taken_.insert(file);
  const auto found = index_.find(file);
  if (found == index_.end()) return;
  std::string ids;
  for (const Found& record : found->second.found) {
    Account& account = accounts_[record.number];
    if (!account.open()) continue;
    --open_;
    account.excused = why;
    ids += core::cat(' ', id(record.number));
  }
  stage_.say("ledger", "excused, for ", why, ':', ids);
}

void Ledger::read_twice(FileKey file) {
  for (const Found& record : found_in(file, 0, ~std::uint64_t{0})) ++account(record.number).records;
}

// ---------------------------------------------------------------- places

void Ledger::add_to_index(const Extent& extent, ArticleNumber number) {
  std::vector<Found>& found = index_[extent.file].found;
  const Found entry{number, extent.offset, extent.length};
  const auto before = [](const Found& a, const Found& b) { return a.offset < b.offset; };
  found.insert(std::upper_bound(found.begin(), found.end(), entry, before), entry);
}

void Ledger::look(FileKey key) {
  const std::string& text = disk_.file(key).image;
  Index& index = index_[key];
  // What the program writes for an article of unknown message-id is a token alone, too.
  const bool ours = disk_.file(key).ours;
  const bool bare = ours || bare_.contains(key);
  std::size_t at = index.looked > record_size_max ? index.looked - record_size_max : 0;
  index.looked = text.size();
  for (; (at = text.find('@', at)) != std::string::npos; ++at) {
    const std::string_view rest = std::string_view(text).substr(at);
    const auto number = articles_.by_token(rest.substr(0, token_size));
    if (!number) continue;
    const std::string& record = articles_[*number].record;
    const bool whole = rest.starts_with(record);
    const std::string_view behind = rest.substr(whole ? record.size() : token_size);
    const bool starts = at == 0 || text[at - 1] == '\n' || text[at - 1] == '\0';
    const bool token_alone = bare && starts && (behind.empty() || behind.front() == '\n');
    if (!whole && !token_alone) continue;
    // The program itself takes a record without its newline for half an append.
    if (ours && behind.find('\n') == std::string_view::npos) continue;
    const Extent extent{key, at, whole ? record.size() : token_size};
    const auto known = [&](const Place& p) { return p.head.file == key && p.head.offset == at; };
    Account& account = grown(*number);
    if (std::ranges::any_of(account.places, known)) continue;
    account.places.push_back({extent, {}});
    ++account.records;
    add_to_index(extent, *number);
  }
}

void Ledger::look_again() {
  index_.clear();
  for (Account& account : accounts_) {
    // What stood in two pieces is not found by looking; it stays if it is still there.
    const std::size_t erased = std::erase_if(account.places, [&](const Place& place) {
      return place.tail.file == 0 || !disk_.exists(place.head.file) ||
             !disk_.exists(place.tail.file);
    });
    account.records -= static_cast<unsigned>(erased);  // what is found again counts once
  }
  for (ArticleNumber number = 0; number < accounts_.size(); ++number) {
    for (const Place& place : accounts_[number].places) {
      add_to_index(place.head, number);
      add_to_index(place.tail, number);
    }
  }
  for (const auto& [key, file] : disk_.files()) look(key);
}

void Ledger::cut(FileKey file, std::uint64_t size) {
  Index& index = index_[file];
  index.looked = std::min(index.looked, size);
  const auto beyond = [&](const Extent& e) { return e.file == file && e.offset + e.length > size; };
  for (const Found& record : index.found) {
    std::erase_if(accounts_[record.number].places,
                  [&](const Place& place) { return beyond(place.head) || beyond(place.tail); });
  }
  std::erase_if(index.found, [&](const Found& r) { return r.offset + r.length > size; });
}

// ---------------------------------------------------------------- what is so

bool Ledger::has_name(FileKey file, std::string_view except) const {
  return std::ranges::any_of(disk_.names(), [&](const auto& entry) {
    return entry.first != except && names::keeps_records(entry.first) &&
           disk_.follow(entry.first) == file;
  });
}

bool Ledger::has_sure_name(FileKey file, std::string_view except) const {
  for (const auto& [name, key] : disk_.base_names()) {
    if (name == except || !names::keeps_records(name) || !disk_.name_is_sure(name, key)) continue;
    if (key == file) return true;
    const File& link = disk_.file(key);
    if (link.type == engine::FileType::symlink && disk_.name_is_sure(link.leads_to, file)) {
      return true;
    }
  }
  return false;
}

bool Ledger::intact(const Extent& extent, std::string_view text, bool in_base) const {
  if (!disk_.exists(extent.file)) return false;
  const File& file = disk_.file(extent.file);
  const auto holds = [&](std::string_view content) {
    return extent.offset <= content.size() && content.substr(extent.offset, text.size()) == text;
  };
  return holds(file.image) && (!in_base || holds(file.base));
}

bool Ledger::stands(ArticleNumber number, const Place& place, const Without& without,
                    bool surely) const {
  const std::string_view record = articles_[number].record;
  const auto piece_stands = [&](const Extent& extent, std::string_view text) {
    if (extent.meets(without.file, without.from, without.to)) return false;
    return intact(extent, text, surely) && (surely ? has_sure_name(extent.file, without.name)
                                                   : has_name(extent.file, without.name));
  };
  if (place.tail.file == 0) return piece_stands(place.head, record.substr(0, place.head.length));
  return piece_stands(place.head, record.substr(0, place.head.length)) &&
         piece_stands(place.tail, record.substr(place.head.length));
}

bool Ledger::sure(ArticleNumber number, const Without& without) const {
  return number < accounts_.size() &&
         std::ranges::any_of(accounts_[number].places, [&](const Place& place) {
           return stands(number, place, without, true);
         });
}

bool Ledger::visible(ArticleNumber number, const Without& without) const {
  return number < accounts_.size() &&
         std::ranges::any_of(accounts_[number].places, [&](const Place& place) {
           return stands(number, place, without, false);
         });
}

bool Ledger::is_quarantined(ArticleNumber number) const {
  const FileKey file = disk_.find(names::quarantine);
  return file != 0 && number < accounts_.size() &&
         std::ranges::any_of(accounts_[number].places, [&](const Place& place) {
           return place.head.file == file && stands(number, place, {}, false);
         });
}

std::vector<Ledger::Found> Ledger::found_in(FileKey file, std::uint64_t from,
                                            std::uint64_t to) const {
  std::vector<Found> result;
  const auto index = index_.find(file);
  if (index == index_.end()) return result;
  const std::vector<Found>& found = index->second.found;
  const std::uint64_t start = from > record_size_max ? from - record_size_max : 0;
  auto each = std::ranges::lower_bound(found, start, {}, &Found::offset);
  for (; each != found.end() && each->offset < to; ++each) {
    if (each->offset + each->length <= from) continue;
    for (const Place& place : accounts_[each->number].places) {
      const std::string_view record = articles_[each->number].record;
      const bool is_head = place.head.meets(file, each->offset, each->offset + 1) &&
                           intact(place.head, record.substr(0, place.head.length), false);
      const bool is_tail = place.tail.meets(file, each->offset, each->offset + 1) &&
                           intact(place.tail, record.substr(place.head.length), false);
      if (is_head || is_tail) {
        result.push_back(*each);
        break;
      }
    }
  }
  return result;
}

}  // namespace innduct::sim
