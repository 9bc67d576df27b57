// inbound.cc: commands, articles, and what is wrong with them.
#include "bench/inbound.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace innduct::bench {
namespace {

// An article must fit.
constexpr std::size_t room_size = std::size_t{8} << 20;
constexpr std::size_t read_size_min = std::size_t{256} << 10;
constexpr std::size_t moved_size_max = std::size_t{16} << 10;
constexpr std::size_t command_size_max = 512;
// A message-id of the corpus begins with a number below this.
constexpr std::size_t numbers_max = 20'000'000;

using Bytes [[gnu::vector_size(16)]] = unsigned char;

// Whether one of `size` bytes, several vectors, is a dot that follows a LF. `before` is the byte
// before the first.
bool any_leading_dot(const char* before, std::size_t size) {
  Bytes seen{};
  for (std::size_t i = 0; i < size; i += sizeof seen) {
    Bytes at_before;
    Bytes at;
    std::memcpy(&at_before, before + i, sizeof at_before);
    std::memcpy(&at, before + i + 1, sizeof at);
    seen |= Bytes(at == '.') & Bytes(at_before == '\n');
  }
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), &seen, sizeof seen);
  return (words[0] | words[1]) != 0;
}

// The next dot that follows a LF, at `from` or later; text.size() if there is none. What stands
// before the dot must be part of the text. Most strides have none.
std::size_t find_leading_dot(std::string_view text, std::size_t from) {
  const char* const bytes = text.data();
  for (std::size_t i = from; i < text.size();) {
    constexpr std::size_t stride = 256;
    if (i + stride <= text.size() && !any_leading_dot(bytes + i - 1, stride)) {
      i += stride;
    } else if (i + sizeof(Bytes) <= text.size() && !any_leading_dot(bytes + i - 1, sizeof(Bytes))) {
      i += sizeof(Bytes);
    } else if (bytes[i] != '.' || bytes[i - 1] != '\n') {
      ++i;
    } else {
      return i;
    }
  }
  return text.size();
}

// The value of the header Message-ID, as it stands; empty if there is none.
std::string_view message_id_of(std::string_view article) {
  constexpr std::string_view name = "Message-ID: ";
  while (!article.starts_with("\r\n")) {
    const std::size_t end = article.find("\r\n");
    if (end == article.npos) {
      break;
    }
    if (article.starts_with(name)) {
      return article.substr(name.size(), end - name.size());
    }
    article.remove_prefix(end + 2);
  }
  return {};
}

}  // namespace

// ---------------------------------------------------------------- tally

void Tally::arrived(std::string_view message_id, std::size_t bytes, std::int64_t now) {
  ++articles_;
  bytes_ += bytes;
  last_ = now;
  std::size_t number = numbers_max;
  if (message_id.starts_with('<')) {
    std::from_chars(message_id.data() + 1, message_id.data() + message_id.size(), number);
  }
  if (number >= numbers_max) {
    fault("this message-id is none of the corpus: " + std::string(message_id));
    return;
  }
  if (number >= times_.size()) {
    times_.resize(std::max(number + 1, 2 * times_.size()));
  }
  if (std::exchange(times_[number], now) == 0) {
    ++distinct_;
  }
}

void Tally::fault(std::string_view what) {
  if (++faults_ == 1) {
    first_fault_ = what;
  }
}

std::string Tally::report() const {
  std::string text =
      "articles=" + std::to_string(articles_) + " distinct=" + std::to_string(distinct_) +
      " bytes=" + std::to_string(bytes_) + " checks=" + std::to_string(checks_) +
      " first_ns=" + std::to_string(first_) + " last_ns=" + std::to_string(last_) +
      " connections=" + std::to_string(connections_) + " opened_ns=" + std::to_string(opened_) +
      " before=" + std::to_string(articles_before_) + " faults=" + std::to_string(faults_);
  return first_fault_.empty() ? text : text + " fault=" + first_fault_;
}

// ---------------------------------------------------------------- one connection

Inbound::Inbound(Tally& tally)
    : tally_(tally), bytes_(std::make_unique_for_overwrite<char[]>(room_size)) {}

std::span<char> Inbound::room() {
  // What is left of a small article is moved to the front each time: the buffer stays in the cache.
  if (end_ - next_ < moved_size_max || room_size - end_ < read_size_min) {
    std::memmove(bytes_.get(), bytes_.get() + next_, end_ - next_);
    scanned_ = in_article_ ? scanned_ - next_ : 0;
    end_ -= std::exchange(next_, 0);
  }
  return {bytes_.get() + end_, std::min(room_size - end_, read_size_min)};
}

void Inbound::filled(std::size_t bytes, std::int64_t now, std::string& answers) {
  end_ += bytes;
  while (!ended_ && next_ < end_ &&
         (in_article_ ? take_article(now, answers) : take_command(now, answers))) {
  }
  if (!ended_ && end_ - next_ + read_size_min > room_size) {
    give_up("an article is too large");
  }
}

// False: it is not there as a whole yet.
bool Inbound::take_command(std::int64_t now, std::string& answers) {
  const std::string_view text(bytes_.get() + next_, end_ - next_);
  const std::size_t end = text.find("\r\n");
  if (std::min(end, text.size()) > command_size_max) {
    give_up("a command line is too long");
    return false;
  }
  if (end == text.npos) {
    return false;
  }
  next_ += end + 2;
  obey(text.substr(0, end), now, answers);
  return true;
}

void Inbound::obey(std::string_view line, std::int64_t now, std::string& answers) {
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view verb = line.substr(0, blank);
  const std::string_view argument = line.substr(std::min(blank + 1, line.size()));
  if (verb == "TAKETHIS" || verb == "IHAVE") {
    tally_.began(now);
    awaited_ = argument;
    by_ihave_ = verb == "IHAVE";
    in_article_ = true;
    scanned_ = next_;
    answers += by_ihave_ ? "335 send it\r\n" : "";
  } else if (verb == "CHECK") {
    tally_.began(now);
    tally_.checked();
    answers.append("238 ").append(argument).append("\r\n");
  } else if (verb == "MODE" && argument == "STREAM") {
    answers += "203 streaming\r\n";
  } else if (verb == "QUIT") {
    answers += "205 bye\r\n";
    ended_ = true;
  } else {
    answers += "500 what?\r\n";
  }
}

// False: its end is not there yet.
bool Inbound::take_article(std::int64_t now, std::string& answers) {
  const std::string_view text(bytes_.get() + next_, end_ - next_);
  // No article is so short that its first line could be its last.
  std::size_t dot = find_leading_dot(text, std::max<std::size_t>(scanned_ - next_, 2));
  while (dot + 2 < text.size()) {
    if (text[dot + 1] == '\r' && text[dot + 2] == '\n' && text[dot - 2] == '\r') {
      const std::string_view article = text.substr(0, dot + 3);
      if (message_id_of(article) != awaited_) {
        tally_.fault("another article came than was announced: " + awaited_);
      }
      answers.append(by_ihave_ ? "235 " : "239 ").append(awaited_).append("\r\n");
      tally_.arrived(awaited_, article.size(), now);
      next_ += article.size();
      in_article_ = false;
      return true;
    }
    if (text[dot + 1] != '.') {
      tally_.fault("a leading dot is not doubled: " + awaited_);
    }
    dot = find_leading_dot(text, dot + 1);
  }
  scanned_ = next_ + std::min(dot, text.size());
  return false;
}

void Inbound::give_up(std::string_view what) {
  tally_.fault(what);
  ended_ = true;
}

}  // namespace innduct::bench
